/* The rider's page: what the other files do, tied together: ask, show the list, and the map that shows the same. */
(() => {
  "use strict";

  const { page, say, element, momentWords, ask, needs, place, cards, taps, map, offline } = window.Stations;
  const LIMIT = 20;
  const ROUGH_POSITION_M = 200;
  const MOVED_M = 100;
  const OLD_FIX_MS = 60000;

  const byId = (id) => document.getElementById(id);
  const main = byId("main");
  const list = byId("list");
  const instead = byId("instead");
  const status = byId("status");
  const net = byId("net");
  const placeInput = byId("place");
  const nextInput = byId("next");

  /** What is asked: nothing of it leaves this page but the question itself. `fix` is this phone's own position. */
  const asked = { origin: null, next: null, fix: null, turn: 0, answer: null, located: false, kept: false };

  // ---- Telling ----------------------------------------------------------------------------------------------

  function tell(text, { wrong = false, actions = [] } = {}) {
    status.replaceChildren(text);
    status.classList.toggle("wrong", wrong);
    if (actions.length) status.append(actionRow(actions));
    if (wrong) status.scrollIntoView({ block: "nearest" }); // it stands below the questions
  }

  function actionRow(actions) {
    const row = element("div", { class: "actions" });
    for (const [words, act] of actions) {
      const button = element("button", { type: "button", class: "button" }, words);
      button.addEventListener("click", act);
      row.append(button);
    }
    return row;
  }

  const fromCentre = [
    say("page.from_centre", { region: page.region }),
    () => setOrigin({ lon: page.centre[0], lat: page.centre[1], label: say("page.centre", { region: page.region }) }),
  ];

  function tellNowhere(key) {
    tell(say(key, { region: page.region }), { wrong: true, actions: key === "page.geo_outside" ? [fromCentre] : [] });
  }

  // ---- Where from, and where to next ------------------------------------------------------------------------

  async function locate({ quiet = false } = {}) {
    if (!quiet) tell(say("page.locating"));
    let fix;
    try {
      fix = await place.locate();
    } catch (key) {
      if (!quiet) tellNowhere(key);
      return;
    }
    asked.fix = fix;
    if (!place.insideRegion(fix)) {
      if (!quiet) tellNowhere("page.geo_outside");
      return;
    }
    const moved = !asked.origin || window.Stations.metresBetween(asked.origin, fix) > MOVED_M;
    if (quiet && !moved) {
      if (asked.answer) show(asked.answer);
      return;
    }
    placeInput.value = "";
    asked.located = true;
    const metres = Math.round(fix.accuracy / 50) * 50;
    setOrigin({ ...place.rounded(fix), label: say("page.here"), note: fix.accuracy > ROUGH_POSITION_M ? say("page.geo_rough", { metres }) : "" });
  }

  function setOrigin(origin) {
    asked.origin = origin;
    main.classList.add("answered");
    placeInput.placeholder = placeInput.value ? say("page.place_hint") : origin.label;
    find();
  }

  function setNext(next) {
    asked.next = next;
    needs.showCount();
    if (asked.origin) find();
  }

  function pickOrigin(point) {
    placeInput.value = "";
    asked.located = false;
    setOrigin({ ...place.rounded(point), label: say("page.picked") });
  }

  function pickNext(point) {
    nextInput.value = say("page.next_picked");
    setNext({ ...place.rounded(point), label: nextInput.value });
  }

  // ---- Asking -----------------------------------------------------------------------------------------------

  function question() {
    const { origin, next } = asked;
    const whole = { ...needs.question(), lon: origin.lon, lat: origin.lat, limit: LIMIT };
    return next ? { ...whole, next_lon: next.lon, next_lat: next.lat } : whole;
  }

  async function find({ back = false } = {}) {
    if (!asked.origin) return;
    const turn = (asked.turn += 1);
    const wanted = question();
    if (!asked.answer) tell(say("page.loading"));
    list.setAttribute("aria-busy", "true");
    let answer = await ask("/api/nearest", wanted);
    const away = Boolean(answer.away);
    if (away) answer = (await offline.answer(wanted)) || answer;
    if (turn !== asked.turn) return;
    offline.note(away);
    list.removeAttribute("aria-busy");
    if (answer.problem) showProblem(answer, away);
    else show(answer, { back });
    if (!away) taps.send().then(tellSent);
    if (!asked.kept) {
      asked.kept = true;
      offline.keep();
    }
  }

  function showProblem(answer, away) {
    if (asked.answer && away) {
      tellNet(say("offline.no_list")); // what is on the screen stays usable
      return;
    }
    asked.answer = null;
    list.replaceChildren();
    instead.hidden = true;
    map.show([], asked.origin, asked.next);
    tell(away ? `${answer.problem} ${say("offline.no_list")}` : answer.problem, { wrong: true, actions: [[say("page.retry"), () => find()]] });
  }

  function tellNet(text) {
    net.hidden = !text;
    if (!text) return;
    const again = element("button", { type: "button", class: "button" }, say("offline.retry"));
    again.addEventListener("click", () => find({ back: true }));
    net.replaceChildren(element("b", {}, say("offline.mark")), " ", text, again);
  }

  function tellSent({ sent }) {
    if (sent && asked.turn) tell(`${status.textContent} ${say("offline.sent", { count: sent })}`);
  }

  // ---- The list ---------------------------------------------------------------------------------------------

  function show(answer, { back = false } = {}) {
    asked.answer = answer;
    const drawing = {
      when: answer.when, needs: needs.question().need, mode: answer.mode, fix: asked.fix,
      onRoute: (found) => map.showWay(found, asked.origin, answer.mode),
    };
    const special = insteadGroups(answer);
    const shown = new Set(special.flatMap(([, features]) => features).map(({ id }) => id));
    const rest = answer.features.filter(({ id }) => !shown.has(id));
    showInstead(special, drawing, answer);
    list.replaceChildren(...rest.map((feature) => cards.card(feature, drawing)));
    byId("others").hidden = !(special.length && rest.length);
    byId("others").textContent = say(isOff(answer) ? "page.others_off" : "page.others");
    showDoors(new Set([...shown, ...rest.map(({ id }) => id)]));
    map.show([...special.flatMap(([, features]) => features), ...rest], asked.origin, asked.next);
    tellFound(answer, shown.size + rest.length, back);
    const { offline: estimated } = answer;
    const date = estimated && (estimated.date || say("offline.unknown_date"));
    tellNet(estimated ? say("offline.banner", { factor: estimated.factor, date }) + (answer.stale ? ` ${say("offline.stale")}` : "") : "");
  }

  /** Ask at the door of stations that are here but not among those shown: closed ones, at night, are far down the list. */
  async function showDoors(listed) {
    const doors = byId("doors");
    doors.replaceChildren();
    if (!asked.fix || !asked.located) return;
    const turn = asked.turn;
    const kept = await offline.list();
    if (!kept || turn !== asked.turn) return;
    const here = kept.features.filter(({ id }) => !listed.has(id));
    doors.replaceChildren(...here.map((feature) => taps.doorRow(feature, asked.fix, { named: true })).filter(Boolean));
  }

  /** What stands in for an empty night: [heading, features], each station once. */
  function insteadGroups(answer) {
    const { instead: found } = answer;
    if (!found) return [];
    const groups = [["page.next_to_open", [found.next_to_open]], ["page.nearest_open", [found.nearest_open]], ["page.public", found.public]];
    if (isOff(answer)) groups.push(groups.shift()); // there may well be doors open, only the time is not known
    const seen = new Set();
    return groups
      .map(([key, features]) => [key, features.filter((one) => one && !seen.has(one.id) && seen.add(one.id))])
      .filter(([, features]) => features.length);
  }

  /** Whether no road is near, so that no time is known. */
  const isOff = (answer) => answer.origin.snap_m === null;

  function showInstead(groups, drawing, answer) {
    instead.hidden = !groups.length;
    const title = isOff(answer) ? "page.instead_off" : needs.question().when ? "page.instead_when" : "page.instead";
    instead.replaceChildren(element("h2", { class: "group" }, say(title)), ...groups.flatMap(([key, features]) => [
      element("p", { class: "group-of" }, say(key), key === "page.public" ? element("span", { class: "tag" }, say("page.not_ours")) : null),
      element("ol", { class: "cards" }, ...features.map((feature) => cards.card(feature, drawing))),
    ]));
  }

  function tellFound(answer, count, back) {
    const { need, budget_min: budget, when, ...others } = needs.question();
    const filtered = others.service.length || others.open_on_arrival || others.no_registration || others.always_open;
    const { instead: special } = answer;
    if (!answer.features.length && !(special && (special.next_to_open || special.nearest_open))) {
      const key = budget ? "page.none_budget" : filtered ? "page.none_filters" : need.length ? "page.none" : "page.none_any";
      const actions = [];
      const again = (clear) => () => {
        clear();
        find();
      };
      if (budget) actions.push([say("page.clear_budget"), again(needs.clearBudget)]);
      if (filtered) actions.push([say("page.clear_filters"), again(clearFilters)]);
      if (need.length) actions.push([say("page.clear_needs"), again(needs.clearNeeds)]);
      tell(say(key, { minutes: budget }), { actions });
      return;
    }
    const { origin, next } = asked;
    const words = back ? [say("page.updated")] : [];
    const mode = say("page.mode_option", { mode: say(`mode.${answer.mode}`), speed: page.speeds[answer.mode].speed_kmh });
    words.push(say("page.found", { label: origin.label, count, mode }));
    if (when) words.push(say("page.leaves", { time: momentWords(answer.when, nowLike(answer.when)) }));
    if (next) words.push(say("page.next_label", { label: next.label }));
    if (origin.note) words.push(origin.note);
    if (answer.origin.snap_m === null) words.push(say("page.origin_off"));
    else if (!answer.origin.on_main) words.push(say("page.origin_island"));
    const plain = words.map((one) => one.replace(/[。.]$/, ""));
    tell(plain.join(page.lang === "zh" ? "。" : ". "));
  }

  /** Now as ISO text on the clock that `iso` is told by. */
  function nowLike(iso) {
    const offset = iso.slice(19);
    const minutes = offset && offset !== "Z" ? (offset[0] === "-" ? -1 : 1) * (offset.slice(1, 3) * 60 + +offset.slice(4, 6)) : 0;
    return new Date(Date.now() + minutes * 60000).toISOString();
  }

  function clearFilters() {
    needs.clearFilters();
    asked.next = null;
  }

  function choose(stationId) {
    for (const other of main.querySelectorAll(".chosen")) other.classList.remove("chosen");
    const chosen = byId(`station-${stationId}`);
    if (!chosen) return;
    chosen.classList.add("chosen");
    chosen.scrollIntoView({ block: "start" });
    chosen.focus({ preventScroll: true });
  }

  // ---- Beginning --------------------------------------------------------------------------------------------

  map.listen({ onChoose: choose, onSay: (words) => tell(words) });
  const typedOrigin = place.typedPlace(placeInput, byId("places"), {
    onPick: (picked) => {
      placeInput.blur();
      asked.located = false;
      setOrigin(picked);
    },
    onSay: (words, wrong) => tell(words, { wrong }),
  });
  const typedNext = place.typedPlace(nextInput, byId("next-places"), { onPick: setNext, onSay: (words, wrong) => tell(words, { wrong }) });

  byId("locate").addEventListener("click", () => locate());
  byId("pick").addEventListener("click", () => map.pick(pickOrigin));
  byId("next-pick").addEventListener("click", () => map.pick(pickNext));
  nextInput.addEventListener("change", () => {
    if (!nextInput.value.trim() && asked.next) setNext(null);
  });
  byId("filters-clear").addEventListener("click", () => {
    clearFilters();
    find();
  });
  byId("when-now").addEventListener("click", () => {
    byId("when").value = "";
    needs.showCount();
    find();
  });
  needs.form.addEventListener("change", (event) => {
    if (event.target !== placeInput && event.target !== nextInput) find();
  });
  needs.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (document.activeElement === nextInput) await typedNext.takeBest();
    else if (placeInput.value.trim()) await typedOrigin.takeBest();
    else find();
  });
  offline.onReturn(() => find({ back: true }));
  document.addEventListener("visibilitychange", () => {
    // Back from the navigation app: perhaps at the door by now.
    if (!document.hidden && asked.located && Date.now() - asked.fix.at > OLD_FIX_MS) locate({ quiet: true });
  });

  async function begin() {
    if (map.isWide()) map.open();
    if (!window.isSecureContext) tell(say("page.geo_insecure"), { wrong: true });
    if (placeInput.value.trim() && (await typedOrigin.takeBest())) return;
    if ((await place.mayLocate()) && !asked.origin) locate();
  }

  begin();
})();
