/* The planner's desk: values behind the map, gaps and hours to go to, and what-if by hand. Needs Leaflet and common.js;
 * the map itself is folium's. */
(() => {
  "use strict";

  const { say, element, named, ask, markAt, makeRoom } = window.Stations;
  const map = window.Stations.deskMap;
  const desk = JSON.parse(document.getElementById("desk").textContent);
  const DAY_MS = 86400000;
  const CLOSE_ZOOM = 14;
  const STEP_PX = 12;
  const ARROWS = { ArrowLeft: [-STEP_PX, 0], ArrowRight: [STEP_PX, 0], ArrowUp: [0, -STEP_PX], ArrowDown: [0, STEP_PX] };

  const byId = (id) => document.getElementById(id);
  const percent = (share) => (share === null ? "–" : `${(share * 100).toFixed(1)} %`);
  const whole = (weight) => Math.round(weight).toLocaleString("en");

  /** The address of the desk's question with other values; null leaves a value out. */
  function address(path, more) {
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...desk.asked, ...more })) {
      for (const one of Array.isArray(value) ? value : [value]) if (one !== null) given.append(name, one);
    }
    return `${path}?${given}`;
  }

  // ---- What stands behind a spot of the map.

  /** Tell the demand at a spot; at a numbered mark also what it is, and where it stands in the lists. */
  async function tell(latlng) {
    const mark = markAt(map, latlng);
    const made = element("div", { role: "status" });
    if (mark) {
      const line = byId(mark.told.line);
      const back = element("a", { href: `#${mark.told.line}` }, say("planner.to_list"));
      back.addEventListener("click", () => line.focus());
      made.append(element("p", {}, named(mark.told.text), element("br"), back));
    }
    const here = element("div", {}, "…");
    made.append(here);
    const popup = L.popup({ maxWidth: 280 }).setLatLng(mark ? mark.getLatLng() : latlng).setContent(made).openOn(map);
    const { lat, lng: lon } = popup.getLatLng();
    const answer = await ask(address("/planner/demand", { lon, lat, within_m: desk.cell_m }));
    if (answer.problem) here.textContent = answer.problem;
    else here.innerHTML = answer.html; // our own template, which escapes every name
    popup.update();
  }

  // ---- What if.

  let candidate = null;
  let reach = null;
  let waiting = false;
  let again = false;
  const changed = new Map();

  function scenario() {
    const changes = [...changed];
    const hours = changes.filter(([, text]) => text !== null);
    const place = candidate && candidate.getLatLng().wrap();
    return {
      ...desk.asked,
      ...(place && { lon: place.lng, lat: place.lat }),
      without: changes.filter(([, text]) => text === null).map(([id]) => id),
      hours_of: hours.map(([id]) => id),
      hours: hours.map(([, text]) => text),
    };
  }

  /** Ask for the scenario as it stands; one question at a time, and once more where it has changed meanwhile. */
  async function weigh() {
    if (waiting) {
      again = true;
      return;
    }
    if (!candidate && !changed.size) {
      show(null);
      return;
    }
    waiting = true;
    const answer = await ask("/api/what-if", scenario());
    waiting = false;
    if (again) {
      again = false;
      weigh();
    } else show(candidate || changed.size ? answer : null);
  }

  function show(answer) {
    if (reach) reach.remove();
    reach = null;
    const outcome = byId("outcome");
    if (!answer || answer.problem) {
      outcome.textContent = answer ? answer.problem : "";
      return;
    }
    const told = answer.properties;
    const lines = [say("planner.outcome", {
      before: percent(told.covered_share_before), after: percent(told.covered_share),
      gained: whole(told.gained), lost: whole(told.lost),
    })];
    if (answer.geometry) {
      reach = L.geoJSON(answer.geometry, { interactive: false, style: { color: "#0b5cad", weight: 2, fillOpacity: 0.15 } }).addTo(map);
      lines.push(say("planner.outcome_candidate", { weight: whole(told.weight_within), area: told.area_km2 }));
    }
    outcome.textContent = lines.join(" · ");
  }

  function move(latlng) {
    candidate.setLatLng(latlng);
    weigh();
  }

  function setCandidate() {
    const icon = L.divIcon({ className: "candidate-icon", iconSize: [28, 28], iconAnchor: [14, 14] });
    candidate = L.marker(map.getCenter(), { icon, draggable: true, autoPan: true, keyboard: true, zIndexOffset: 1000, alt: say("planner.candidate") }).addTo(map);
    candidate.on("drag dragend", weigh);
    const mark = candidate.getElement();
    mark.setAttribute("aria-label", say("planner.candidate"));
    mark.addEventListener("keydown", (event) => {
      const by = ARROWS[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      move(map.containerPointToLatLng(map.latLngToContainerPoint(candidate.getLatLng()).add(by)));
    });
    mark.focus();
    weigh();
  }

  function toggleCandidate() {
    if (candidate) {
      candidate.remove();
      candidate = null;
      weigh();
    } else setCandidate();
    const button = byId("add-candidate");
    button.textContent = say(candidate ? "planner.remove" : "planner.add");
    button.setAttribute("aria-pressed", String(Boolean(candidate)));
  }

  const nameOf = (id) => byId("changed-station").querySelector(`option[value="${CSS.escape(id)}"]`).textContent;

  function listChanges() {
    byId("changes").replaceChildren(...[...changed].map(([id, hours]) => {
      const words = hours === null ? say("planner.off", { station: nameOf(id) }) : say("planner.other_hours", { station: nameOf(id), hours });
      const undo = element("button", { type: "button", class: "button", "aria-label": `${say("planner.undo")}: ${words}` }, say("planner.undo"));
      undo.addEventListener("click", () => change(id, undefined));
      return element("li", {}, words, undo);
    }));
  }

  /** Have a station off (`null`), at other hours, or as it is (`undefined`). */
  function change(id, hours) {
    if (hours === undefined) changed.delete(id);
    else changed.set(id, hours);
    listChanges();
    weigh();
  }

  function changeChosen(hours) {
    const id = byId("changed-station").value;
    if (!id || hours === "") byId("outcome").textContent = say(id ? "planner.give_hours" : "planner.pick_station");
    else change(id, hours);
  }

  function forget() {
    changed.clear();
    listChanges();
    if (candidate) toggleCandidate();
    else weigh();
  }

  function choose(event) {
    const shown = event.popup.getElement().querySelector("[data-station]");
    if (!shown) return;
    byId("changed-station").value = shown.dataset.station;
    offerHours();
  }

  function offerHours() {
    const option = byId("changed-station").selectedOptions[0];
    if (option) byId("changed-hours").value = option.dataset.hours || "";
  }

  // ---- The week: an hour is pointed at, or gone to.

  function hourAt(event) {
    const box = event.currentTarget.firstElementChild.getBoundingClientRect();
    return Math.max(0, Math.min(167, Math.floor(((event.clientX - box.left) / box.width) * 168)));
  }

  function moment(hour) {
    const day = new Date(Date.parse(`${desk.monday}T00:00Z`) + Math.floor(hour / 24) * DAY_MS).toISOString().slice(0, 10);
    return `${day}T${String(hour % 24).padStart(2, "0")}:00`;
  }

  function tellHour(event) {
    const strip = event.currentTarget;
    const hour = hourAt(event);
    const share = strip.dataset.shares.split(" ")[hour];
    byId("hour-told").textContent = say(share === "" ? "planner.hour_missing" : "planner.hour_told", {
      what: strip.parentElement.querySelector("th").textContent, day: say(`planner.weekday_${Math.floor(hour / 24)}`),
      hour: moment(hour).slice(11), share: `${share} %`,
    });
  }

  function goToHour(event) {
    const { key, value } = event.currentTarget.dataset;
    const asked = { need: key === "need" ? value : null, service: key === "service" ? value : null };
    window.location.assign(address("/planner", { ...asked, when: moment(hourAt(event)), week: null }));
  }

  // ---- All of it together.

  map.on("click", ({ latlng }) => (candidate ? move(latlng) : tell(latlng)));
  map.on("zoomend overlayadd", () => makeRoom(map));
  makeRoom(map);
  map.on("popupopen", choose);
  for (const button of document.querySelectorAll(".go")) {
    button.addEventListener("click", () => {
      map.setView([button.dataset.lat, button.dataset.lon], CLOSE_ZOOM, { animate: false });
      map.getContainer().scrollIntoView({ block: "nearest" });
      tell(map.getCenter());
    });
  }
  for (const button of document.querySelectorAll(".try")) {
    button.addEventListener("click", () => {
      map.setView([button.dataset.lat, button.dataset.lon], CLOSE_ZOOM);
      if (candidate) move(map.getCenter());
      else toggleCandidate();
    });
  }
  byId("add-candidate").addEventListener("click", toggleCandidate);
  byId("switch-off").addEventListener("click", () => changeChosen(null));
  byId("change-hours").addEventListener("click", () => changeChosen(byId("changed-hours").value.trim()));
  byId("changed-station").addEventListener("change", offerHours);
  byId("forget").addEventListener("click", forget);
  for (const strip of document.querySelectorAll(".strip")) {
    strip.addEventListener("mousemove", tellHour);
    strip.addEventListener("click", goToHour);
  }
  performance.mark("desk-ready");
})();
