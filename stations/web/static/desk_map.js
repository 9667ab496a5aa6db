/* The marks of the planner's map. folium hands them over as rows of texts and numbers; every text is set as text. */
(() => {
  "use strict";

  const { element, named, symbol } = window.Stations;

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

  /** A numbered mark; what it is stands in words for who cannot see it. */
  function numbered([lat, lon], rank, text, className, size) {
    const face = element("span", {}, element("span", { class: className }, String(rank)), hidden(text));
    return L.marker([lat, lon], { icon: icon("numbered-icon", size, face), zIndexOffset: 500 });
  }

  /** Rows of latitude, longitude, rank and words; a mark leads back to its line of the list. */
  function addGapMarks(group, rows) {
    for (const [lat, lon, rank, text] of rows) {
      const told = () => element("div", {}, named(text), element("br"), element("a", { href: `#gap-${rank}` }, window.Stations.say("planner.to_list")));
      numbered([lat, lon], rank, text, "gap-mark", 26).bindPopup(told, { maxWidth: 280 }).addTo(group);
    }
  }

  Object.assign(window.Stations, { addStationMarks, addGapMarks, numberedMark: numbered });
})();
