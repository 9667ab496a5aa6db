/* What if, by hand: new sites on the map, stations off or changed; weighed at once, and saved as a scenario by who is
 * logged in. Needs Leaflet, common.js and desk_map.js; planner.js tells it of clicks. */
(() => {
  "use strict";

  const { say, element, named, ask, desk, address, deskMap: map } = window.Stations;
  const STEP_PX = 12;
  const ARROWS = { ArrowLeft: [-STEP_PX, 0], ArrowRight: [STEP_PX, 0], ArrowUp: [0, -STEP_PX], ArrowDown: [0, STEP_PX] };
  const REACH = { color: "#0b5cad", weight: 2, fillOpacity: 0.15 };

  const byId = (id) => document.getElementById(id);
  const percent = (share) => (share === null ? "–" : `${(share * 100).toFixed(1)} %`);
  const whole = (weight) => Math.round(weight).toLocaleString("en");

  let opened = JSON.parse(byId("scenario").textContent); // the saved scenario that is changed here, null where none is
  const names = new Map(Object.entries(opened ? opened.names : {}));
  const sites = []; // {marker, name, hours, services}; the last one is the one that was moved last
  const stations = new Map(); // by id: {off, hours, services, waived}
  const overMap = element("p", { class: "over-map", "aria-hidden": "true", hidden: "" });
  map.getContainer().append(overMap);
  let moved = null; // the site that a click on the map moves
  let reach = null;
  let waiting = false;
  let again = false;

  // ---- What is changed.

  const changedStations = (pick) => [...stations].filter(([, one]) => pick(one));

  function changes() {
    const placed = sites.map(({ marker, name, hours, services }) => {
      const { lat, lng: lon } = marker.getLatLng().wrap();
      return { lon, lat, name, hours, services };
    });
    return {
      sites: placed,
      without: changedStations((one) => one.off).map(([id]) => id),
      hours: Object.fromEntries(changedStations((one) => one.hours).map(([id, one]) => [id, one.hours])),
      services: Object.fromEntries(changedStations((one) => one.services.size).map(([id, one]) => [id, [...one.services]])),
      no_registration: changedStations((one) => one.waived).map(([id]) => id),
    };
  }

  const isChanged = () => sites.length > 0 || stations.size > 0;

  /** Ask for the changes as they stand; one question at a time, and once more where they have changed meanwhile. */
  async function weigh() {
    if (waiting) {
      again = true;
      return;
    }
    if (!isChanged()) {
      show(null);
      return;
    }
    waiting = true;
    const answer = await ask("/api/what-if", { ...desk.asked, changes: changes() });
    waiting = false;
    if (again) {
      again = false;
      weigh();
    } else show(isChanged() ? answer : null);
  }

  function show(answer) {
    if (reach) reach.remove();
    reach = null;
    if (!answer || answer.problem) {
      report(answer ? answer.problem : "");
      return;
    }
    const told = answer.properties;
    const lines = [say("planner.outcome", {
      before: percent(told.covered_share_before), after: percent(told.covered_share),
      gained: whole(told.gained), lost: whole(told.lost),
    })];
    if (answer.geometry) {
      reach = L.geoJSON(answer.geometry, { interactive: false, style: REACH }).addTo(map);
      lines.push(say("planner.outcome_candidate", { weight: whole(told.weight_within), area: told.area_km2 }));
    }
    report(lines.join(" · "));
  }

  /** Say the outcome below the map, and over it for who looks there. */
  function report(words) {
    byId("outcome").textContent = words;
    overMap.textContent = words;
    overMap.hidden = !words;
  }

  function changed() {
    listChanges();
    weigh();
  }

  // ---- New sites.

  const labelOf = (site) => site.name || say("planner.candidate");

  function choose(site) {
    if (moved) moved.marker.getElement().classList.remove("moved");
    moved = site;
    if (!site) return;
    site.marker.getElement().classList.add("moved");
    sites.push(...sites.splice(sites.indexOf(site), 1)); // the last is searched anew at every step
  }

  /** Have a site stand elsewhere; a name that was given to a place does not go with it. */
  function move(site, latlng) {
    choose(site);
    site.marker.setLatLng(latlng);
    rename(site);
    weigh();
  }

  function rename(site) {
    if (!site.name) return;
    site.name = "";
    site.marker.getElement().setAttribute("aria-label", labelOf(site));
    listChanges();
  }

  function addSite({ lat, lon, name = "", hours = null, services = null }) {
    const icon = L.divIcon({ className: "candidate-icon", iconSize: [28, 28], iconAnchor: [14, 14] });
    const marker = L.marker([lat, lon], { icon, draggable: true, autoPan: true, keyboard: true, zIndexOffset: 1000, alt: say("planner.candidate") }).addTo(map);
    const site = { marker, name, hours, services };
    sites.push(site);
    const mark = marker.getElement();
    mark.setAttribute("aria-label", labelOf(site));
    marker.on("click", () => choose(moved === site ? null : site));
    marker.on("dragstart", () => { choose(site); rename(site); });
    marker.on("drag dragend", weigh);
    mark.addEventListener("keydown", (event) => {
      const by = ARROWS[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      move(site, map.containerPointToLatLng(map.latLngToContainerPoint(marker.getLatLng()).add(by)));
    });
    return site;
  }

  function removeSite(site) {
    if (moved === site) moved = null;
    site.marker.remove();
    sites.splice(sites.indexOf(site), 1);
    changed();
  }

  function addHere() {
    const { lat, lng: lon } = map.getCenter();
    const site = addSite({ lat, lon });
    choose(site);
    site.marker.getElement().focus();
    changed();
  }

  // ---- Stations.

  function nameOf(id) {
    const option = byId("changed-station").querySelector(`option[value="${CSS.escape(id)}"]`);
    return option ? option.textContent : names.get(id) || id;
  }

  const serviceName = (key) => byId("added-service").querySelector(`option[value="${key}"]`).textContent;

  function change(id, values) {
    const before = stations.get(id) || { off: false, hours: "", services: new Set(), waived: false };
    stations.set(id, { ...before, ...values });
  }

  /** Change the station that is chosen, where one is, by what `values` makes of what it already is. */
  function changeChosen(values) {
    const id = byId("changed-station").value;
    if (!id) {
      byId("outcome").textContent = say("planner.pick_station");
      return;
    }
    change(id, values(stations.get(id)));
    changed();
  }

  function changeHours() {
    const hours = byId("changed-hours").value.trim();
    if (hours) changeChosen(() => ({ hours }));
    else byId("outcome").textContent = say(byId("changed-station").value ? "planner.give_hours" : "planner.pick_station");
  }

  function offerHours() {
    const option = byId("changed-station").selectedOptions[0];
    if (option) byId("changed-hours").value = option.dataset.hours || "";
  }

  function wordsOf(id, one) {
    const station = nameOf(id);
    if (one.off) return [say("planner.off", { station })];
    return [
      one.hours && say("planner.other_hours", { station, hours: one.hours }),
      one.services.size && say("planner.more_services", { station, services: [...one.services].map(serviceName).join(", ") }),
      one.waived && say("planner.waived", { station }),
    ].filter(Boolean);
  }

  function listChanges() {
    const line = (words, undo) => {
      const button = element("button", { type: "button", class: "button", "aria-label": `${say("planner.undo")}: ${words}` }, say("planner.undo"));
      button.addEventListener("click", undo);
      return element("li", {}, named(words), button);
    };
    byId("changes").replaceChildren(
      ...sites.map((site, number) => line(`${say("planner.candidate")} ${site.name || number + 1}`, () => removeSite(site))),
      ...[...stations].map(([id, one]) => line(wordsOf(id, one).join(" · "), () => { stations.delete(id); changed(); })),
    );
  }

  function forget() {
    for (const site of sites.splice(0)) site.marker.remove();
    moved = null;
    stations.clear();
    changed();
  }

  // ---- Scenarios.

  /** Lay the changes of a scenario, or of a suggestion, beside those that are there. */
  function lay(scenario) {
    const there = new Set(changes().sites.map(({ lon, lat }) => `${lon},${lat}`));
    for (const site of scenario.sites || []) if (!there.has(`${site.lon},${site.lat}`)) addSite(site);
    for (const id of scenario.without || []) change(id, { off: true });
    for (const [id, hours] of Object.entries(scenario.hours || {})) change(id, { hours });
    for (const [id, keys] of Object.entries(scenario.services || {})) {
      const before = stations.get(id);
      change(id, { services: new Set([...(before ? before.services : []), ...keys]) });
    }
    for (const id of scenario.no_registration || []) change(id, { waived: true });
    changed();
  }

  /** Save what is changed: under a name of its own, or in the place of the scenario that is open. */
  async function save(event) {
    event.preventDefault();
    const form = event.currentTarget;
    const over = event.submitter && event.submitter.value === "over";
    const told = byId("saved");
    const url = `/api/scenarios${over ? `/${opened.scenario_id}` : ""}?lang=${desk.asked.lang}`;
    const body = { name: form.elements.name.value, changes: changes(), ...(over && { version: opened.version }) };
    const answer = await ask(url, body, { method: over ? "PUT" : "POST", headers: { "X-CSRFToken": form.elements.csrf_token.value } });
    if (answer.problem) {
      told.textContent = answer.problem;
      return;
    }
    opened = { ...answer, names: {} };
    desk.asked.scenario = answer.scenario_id;
    byId("save-over").hidden = false;
    byId("save-over").textContent = say("planner.save_over", { name: answer.name });
    told.replaceChildren(say("planner.saved", { name: answer.name }), " ", element("a", { href: address("/planner/scenarios") }, say("planner.compare")));
  }

  // ---- All of it together.

  byId("add-candidate").addEventListener("click", addHere);
  byId("switch-off").addEventListener("click", () => changeChosen(() => ({ off: true })));
  byId("change-hours").addEventListener("click", changeHours);
  byId("add-service").addEventListener("click", () => changeChosen((before) => ({ services: new Set([...(before ? before.services : []), byId("added-service").value]) })));
  byId("waive").addEventListener("click", () => changeChosen(() => ({ waived: true })));
  byId("changed-station").addEventListener("change", offerHours);
  byId("forget").addEventListener("click", forget);
  if (byId("save")) byId("save").addEventListener("submit", save);
  map.on("popupopen", ({ popup }) => {
    const shown = popup.getElement().querySelector("[data-station]");
    if (!shown) return;
    byId("changed-station").value = shown.dataset.station;
    offerHours();
  });
  if (opened) lay(opened.applies);
  window.Stations.whatIf = {
    lay,
    /** Have the site that is chosen stand where the map was clicked; false where none is. */
    take(latlng) {
      if (!moved) return false;
      move(moved, latlng);
      return true;
    },
  };
})();
