/* The planner's desk: values behind the map, gaps to go to, and what-if by hand. Needs Leaflet and common.js; the map
 * itself is folium's. */
(() => {
  "use strict";

  const { say, element, named, ask, markAt, makeRoom } = window.Stations;
  const map = window.Stations.deskMap;
  const desk = JSON.parse(document.getElementById("desk").textContent);
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
  async function tell(latlng, { byHand = true } = {}) {
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
    if (mark && !byHand) made.querySelector("a").focus({ preventScroll: true });
    const { lat, lng: lon } = popup.getLatLng();
    const answer = await ask(address("/planner/demand", { lon, lat, within_m: desk.cell_m }));
    if (answer.problem) here.textContent = answer.problem;
    else here.innerHTML = answer.html; // our own template, which escapes every name
    const held = made.contains(document.activeElement) ? document.activeElement : null;
    popup.update(); // which takes its content out for a moment, and the focus with it
    if (held) held.focus({ preventScroll: true });
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

  // ---- All of it together.

  map.on("click", ({ latlng }) => (candidate ? move(latlng) : tell(latlng)));
  map.on("zoomend overlayadd", () => makeRoom(map));
  makeRoom(map);
  map.on("popupopen", choose);
  window.matchMedia("print").addEventListener("change", ({ matches }) => { // on paper the map is as on screen, but smaller
    const [box, { x, y }] = [map.getContainer(), map.getSize()];
    const frame = box.parentElement;
    const scale = Math.min(frame.clientWidth / x, frame.clientHeight / y);
    const style = { width: `${x}px`, height: `${y}px`, transform: `scale(${scale})`, transformOrigin: "0 0" };
    for (const name of Object.keys(style)) box.style[name] = matches ? style[name] : "";
  });
  if (window.matchMedia("(pointer: coarse)").matches) { // one finger is for the page, which is longer than the screen
    map.dragging.disable();
    map.on("enterFullscreen", () => map.dragging.enable()).on("exitFullscreen", () => map.dragging.disable());
  }
  /* Lists are replaced while the page is open, so their buttons are listened to from outside. */
  document.addEventListener("click", ({ target }) => {
    const button = target.closest(".go, .try");
    if (!button) return;
    map.setView([button.dataset.lat, button.dataset.lon], CLOSE_ZOOM, { animate: false });
    map.getContainer().scrollIntoView({ block: "nearest" });
    if (button.matches(".go")) tell(map.getCenter(), { byHand: false });
    else if (candidate) move(map.getCenter());
    else toggleCandidate();
  });
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === map.getContainer()) tell(map.getCenter());
  });
  byId("add-candidate").addEventListener("click", toggleCandidate);
  byId("switch-off").addEventListener("click", () => changeChosen(null));
  byId("change-hours").addEventListener("click", () => changeChosen(byId("changed-hours").value.trim()));
  byId("changed-station").addEventListener("change", offerHours);
  byId("forget").addEventListener("click", forget);
})();
