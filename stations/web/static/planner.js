/* The planner's desk: values behind the map, and gaps to go to. Needs Leaflet, common.js, desk_map.js and what_if.js;
 * the map itself is folium's. */
(() => {
  "use strict";

  const { say, element, named, ask, desk, address, markAt, makeRoom, whatIf, deskMap: map } = window.Stations;
  const CLOSE_ZOOM = 14;

  const byId = (id) => document.getElementById(id);

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

  // ---- All of it together.

  map.on("click", ({ latlng }) => whatIf.take(latlng) || tell(latlng));
  map.on("zoomend overlayadd", () => makeRoom(map));
  makeRoom(map);
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
    else whatIf.lay(JSON.parse(button.dataset.changes));
  });
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === map.getContainer()) tell(map.getCenter());
  });
})();
