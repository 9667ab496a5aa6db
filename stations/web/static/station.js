/* One station's page: a small map with the places from where it is walked to in time, and the text to pass on. */
(() => {
  "use strict";

  const { page, say, element, symbol, mark, ask, nonce } = window.Stations;
  const WALK_MIN = 15;
  const main = document.getElementById("main");
  const note = document.getElementById("map-note");

  function loaded(made) {
    return new Promise((done, failed) => {
      made.addEventListener("load", done);
      made.addEventListener("error", failed);
      document.head.insertBefore(made, document.head.querySelector("style")); // our own rules come after Leaflet's
    });
  }

  const script = (src) => loaded(element("script", { src, nonce }));

  function stationIcon() {
    const { state, kind } = main.dataset;
    const shape = element("span", { class: `station-mark state-${state}` }, symbol(`kind.${kind}`));
    if (state === "opens_later" || state === "unknown") shape.append(element("span", { class: "badge" }, mark(state)));
    return L.divIcon({ className: "station-icon", html: shape, iconSize: [44, 44], iconAnchor: [22, 22] });
  }

  async function drawMap() {
    const { assets } = page;
    await Promise.all([loaded(element("link", { rel: "stylesheet", href: assets.leaflet_css })), script(assets.leaflet)]);
    await script(assets.base_map);
    const at = [Number(main.dataset.lat), Number(main.dataset.lon)];
    const map = L.map("map", { maxZoom: 18, minZoom: 8, zoomControl: false, scrollWheelZoom: false, fadeAnimation: false });
    L.control.zoom({ position: "topright", zoomInTitle: say("page.zoom_in"), zoomOutTitle: say("page.zoom_out") }).addTo(map);
    map.setView(at, 14);
    L.marker(at, { icon: stationIcon(), keyboard: false, interactive: false, alt: document.querySelector("h1").textContent }).addTo(map);
    window.Stations.addBaseMap(map, "/api/basemap");
    const walked = await ask(`/api/catchments?mode=walk&minutes=${WALK_MIN}&station_id=${encodeURIComponent(main.dataset.station)}`);
    if (!walked.features) return;
    const colour = getComputedStyle(main).getPropertyValue("--demand-covered").trim();
    const area = L.geoJSON(walked, { interactive: false, style: { color: colour, weight: 2, fillColor: colour, fillOpacity: 0.18 } }).addTo(map);
    if (area.getBounds().isValid()) map.fitBounds(area.getBounds(), { padding: [12, 12], animate: false });
  }

  const copy = document.getElementById("share-copy");
  const again = window.Stations.handOff.copyButton(say("page.station_share_copy"), document.getElementById("share-text").textContent);
  again.prepend(symbol("page.share"));
  copy.replaceWith(again);

  drawMap().catch(() => {
    note.textContent = say("page.map_failed");
  });
})();
