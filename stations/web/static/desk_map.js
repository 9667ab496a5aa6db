/* What the scripts of the planner's desk share: what is asked, and the marks of the map. folium hands those over as rows
 * of texts and numbers; every text is set as text. */
(() => {
  "use strict";

  const { element, named, symbol } = window.Stations;
  const desk = JSON.parse(document.getElementById("desk").textContent);

  /** The address that asks the desk's question with other values; null leaves a value out. */
  function address(path, more = {}) {
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...desk.asked, ...more })) {
      for (const one of [value].flat()) if (one !== null) given.append(name, one);
    }
    return `${path}?${given}`;
  }

  const MARK_PX = 26;
  const icon = (className, size, html) => L.divIcon({ className, html, iconSize: [size, size], iconAnchor: [size / 2, size / 2] });
  const hidden = (text) => element("span", { class: "visually-hidden" }, text);

  /** Rows of latitude, longitude, id, kind, name and what else there is to say. */
  function addStationMarks(cluster, rows) {
    cluster.addLayers(rows.map(([lat, lon, id, kind, ...lines]) => {
      const face = element("span", {}, element("span", { class: "station-mark", title: lines[0] }, symbol(`kind.${kind}`)), hidden(lines[0]));
      const told = () => element("div", { "data-station": id }, ...lines.flatMap((line, at) => [at ? element("br") : null, named(line)]));
      return L.marker([lat, lon], { icon: icon("station-icon", 28, face) }).bindPopup(told, { maxWidth: 280 });
    }));
  }

  /* Numbered marks, the most important first. They are no targets of their own, for they may lie on stations: a click
   * on the map asks `markAt`. One that would lie over another waits until the map is closer. */
  const marks = [];

  function makeRoom(map) {
    const taken = [];
    for (const mark of marks) {
      const shown = mark.getElement();
      if (!shown) continue;
      const at = map.latLngToLayerPoint(mark.getLatLng());
      shown.hidden = taken.some((other) => other.distanceTo(at) < MARK_PX);
      if (!shown.hidden) taken.push(at);
    }
  }

  /** The mark under a point of the map, if there is one. */
  function markAt(map, latlng) {
    const at = map.latLngToLayerPoint(latlng);
    const shown = marks.filter((mark) => mark.getElement() && !mark.getElement().hidden);
    return shown.find((mark) => map.latLngToLayerPoint(mark.getLatLng()).distanceTo(at) < MARK_PX / 2 + 4);
  }

  /** A mark with its rank; `text` is what it is, `line` the id of its line of the page. */
  function addNumbered(layer, place, rank, { className, text, line, first = false }) {
    const face = element("span", {}, element("span", { class: className }, String(rank)), hidden(text));
    const mark = L.marker(place, { icon: icon("numbered-icon", MARK_PX, face), interactive: false, keyboard: false, zIndexOffset: first ? 700 : 500 });
    mark.told = { text, line };
    if (first) marks.unshift(mark);
    else marks.push(mark);
    return mark.addTo(layer);
  }

  /** Rows of latitude, longitude, rank and words. */
  function addGapMarks(group, rows) {
    for (const [lat, lon, rank, text] of rows) addNumbered(group, [lat, lon], rank, { className: "gap-mark", text, line: `gap-${rank}` });
  }

  Object.assign(window.Stations, { desk, address, addStationMarks, addGapMarks, addNumbered, makeRoom, markAt });
})();
