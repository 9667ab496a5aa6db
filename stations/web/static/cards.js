/* The cards of the list: minutes there and back, the door on arrival, how to get in, what is inside, what to do. */
(() => {
  "use strict";

  const { page, say, element, named, symbol, mark, arrivalWords, serviceWords, distanceWords, minutesOf } = window.Stations;
  const SERVICES_SHOWN = 6;

  /** "3.2 公里" as number and unit, so that the number can be large. */
  function splitUnit(words) {
    const at = words.lastIndexOf(" ");
    return [words.slice(0, at), words.slice(at + 1)];
  }

  /** The line of a straight distance, its number and unit on one line. */
  function straightLine(metres) {
    const [before, after] = say("page.straight_line", { distance: "|" }).split("|");
    return element("p", { class: "muted" }, before, element("span", { class: "nowrap" }, distanceWords(metres)), after);
  }

  function timesColumn(found) {
    if (found.travel_s === null) {
      const [value, unit] = splitUnit(distanceWords(found.straight_line_m));
      return element("div", { class: "times" },
        element("p", { class: "big far" }, element("b", {}, value)),
        element("p", { class: "muted" }, say("page.straight_unit", { unit })));
    }
    const lines = [];
    const spare = found.spare_s !== null && found.spare_s !== undefined; // told beside it, with the same minutes
    if (!spare && found.onward_s !== null && found.onward_s !== undefined) {
      lines.push(say("page.onward", { minutes: minutesOf(found.travel_s + found.onward_s) }));
    } else if (!spare && found.return_s !== null) {
      lines.push(say("page.round_trip", { minutes: minutesOf(found.travel_s + found.return_s) }));
    }
    const gate = found.to_gate ? element("p", { class: "muted" }, say("page.to_gate")) : null;
    return element("div", { class: "times" },
      element("p", { class: "big" }, element("b", {}, minutesOf(found.travel_s)), element("span", {}, say("page.min"))),
      ...lines.map((words) => element("p", { class: "muted" }, words)), straightLine(found.straight_line_m), gate);
  }

  /** 来回 8 分钟，可歇 12 分钟; with a next stop the detour, too. */
  function spareLine(found) {
    const words = [];
    const onward = found.onward_s !== null && found.onward_s !== undefined;
    if (found.spare_s !== null && found.spare_s !== undefined) {
      const home = onward ? found.onward_s : found.return_s;
      words.push(say(onward ? "page.spare_next" : "page.spare", {
        minutes: minutesOf(found.travel_s + home), spare: Math.max(0, Math.floor(found.spare_s / 60)),
      }));
    }
    if (found.detour_s !== null && found.detour_s !== undefined) {
      const minutes = minutesOf(found.detour_s);
      words.push(minutes ? say("page.detour", { minutes }) : say("page.detour_none"));
    }
    if (!words.length) return null;
    return element("p", { class: "spare" }, symbol("page.clock"), words.join(" · "));
  }

  /** How to get in, and for those who come by e-bike whether it can stand there. */
  function entryWords(found, mode) {
    if (mode !== "ebike") return say(`entry.${found.entry}`);
    const parking = { true: "yes", false: "no", null: "unknown" }[String(found.ebike_parking ?? null)];
    return `${say(`entry.${found.entry}`)} · ${say(`page.parking_${parking}`)}`;
  }

  function ageWords(minutes) {
    if (minutes < 60) return say("page.minutes_ago", { count: minutes });
    if (minutes < 48 * 60) return say("page.hours_ago", { count: Math.floor(minutes / 60) });
    return say("page.days_ago", { count: Math.floor(minutes / 1440) });
  }

  function tapWords({ taps }) {
    if (!taps) return [];
    const last = taps.last_got_in_min;
    const known = last !== null && last !== undefined;
    if (taps.got_in_today) {
      const today = say("page.got_in", { count: taps.got_in_today });
      return known ? [today, say("page.got_in_last", { time: ageWords(last) })] : [today];
    }
    return known ? [say("page.got_in_before", { time: ageWords(last) })] : [];
  }

  function footWords(found) {
    const words = tapWords(found);
    if (found.travel_s === null) words.push(say(`reason.${found.travel_reason}`));
    if (found.estimated) words.push(say("offline.estimate"));
    const date = (found.verified_on || "").replaceAll("-", "\u2060-\u2060"); // not broken over two lines
    words.push(date ? say("page.verified", { date }) : say("page.never_verified"));
    return words.join(" · ");
  }

  function servicesRow(services, needs) {
    const wanted = new Set(needs.flatMap((need) => page.answers[need]));
    const keys = page.services.filter((key) => key in services);
    keys.sort((a, b) => wanted.has(b) - wanted.has(a));
    if (!keys.length) return element("p", { class: "muted" }, say("page.services_none"));
    const row = element("ul", { class: "services" });
    const count = keys.length > SERVICES_SHOWN + 1 ? SERVICES_SHOWN : keys.length; // "1 more" takes as much room as it
    for (const key of keys.slice(0, count)) {
      row.append(element("li", { class: wanted.has(key) ? "wanted" : null },
        symbol(`service.${key}`), serviceWords(key, services[key])));
    }
    const rest = keys.length - count;
    if (rest) row.append(element("li", { class: "muted" }, say("page.services_more", { count: rest })));
    return row;
  }

  function button(key, words, label, act) {
    const made = element("button", { type: "button", class: "button", "aria-label": label }, symbol(`page.${key}`), words);
    made.addEventListener("click", act);
    return made;
  }

  const isPhone = (text) => /^\+?[\d\s-]{5,20}$/.test(text || "");

  function actionsRow(found, { mode, onRoute }) {
    const { name } = found;
    const route = found.travel_s === null ? null
      : button("route", say("page.route"), say("page.route_of", { name }), () => onRoute(found));
    const navigate = button("navigate", say("page.navigate"), say("page.navigate_to", { name }), () => window.Stations.handOff.open(found));
    const call = !isPhone(found.phone) ? null : element("a", {
      class: "button", href: `tel:${found.phone.replace(/[^\d+]/g, "")}`, "aria-label": say("page.call_of", { name }),
    }, symbol("page.call"), say("page.call"));
    const more = element("a", {
      class: "button", href: `/stations/${encodeURIComponent(found.station_id)}?lang=${page.lang}&mode=${mode}`,
      "aria-label": say("page.more_of", { name }),
    }, say("page.more"), symbol("page.more"));
    return element("div", { class: "actions" }, route, navigate, call, more);
  }

  const isLocked = (found) => Boolean(found.taps && found.taps.reported_locked);

  /** The state that a mark shows: what riders found at the door beats what is posted there. */
  const shownState = (found) => (isLocked(found) && found.state !== "closed" ? "locked" : found.state);

  function kindLine({ kind, township }) {
    const words = [say(`kind.${kind}`), kind === "public_place" ? say("page.not_ours") : null].filter(Boolean).join(" · ");
    return element("p", { class: "kind" }, symbol(`kind.${kind}`), element("span", {}, words, ...(township ? [" · ", named(township)] : [])));
  }

  /** One card; `asked` bears when, needs, mode, fix (this phone's own position) and onRoute. */
  function card(feature, asked) {
    const found = feature.properties;
    return element("li", { class: "card", id: `station-${found.station_id}`, "data-state": shownState(found), tabindex: "-1" },
      timesColumn(found),
      element("div", { class: "what" },
        isLocked(found) ? element("p", { class: "state state-locked" }, mark("locked"), say("state.locked")) : null,
        element("p", { class: `state state-${found.state}` }, mark(found.state), arrivalWords(found, asked.when)),
        spareLine(found),
        element("h3", {}, named(found.name)),
        kindLine(found),
        element("p", { class: "entry" }, symbol("page.door"), entryWords(found, asked.mode)),
        servicesRow(found.services, asked.needs),
        element("p", { class: "muted" }, footWords(found))),
      window.Stations.taps.doorRow(feature, asked.fix),
      actionsRow(found, asked));
  }

  window.Stations.cards = { card, shownState };
})();
