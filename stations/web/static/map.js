/* The map: a sheet at the foot that slides up over half the screen. Leaflet is loaded when the map is first opened, so
 * that a list costs no map, and a map that fails costs no list. It shows what the list shows. */
(() => {
  "use strict";

  const { page, say, element, named, symbol, mark, ask, minutesOf, distanceWords, nonce } = window.Stations;
  const byId = (id) => document.getElementById(id);
  const sheet = byId("map-sheet");
  const toggle = byId("map-toggle");
  const wide = window.matchMedia("(min-width: 900px)");
  const BADGED = new Set(["opens_later", "unknown", "locked"]);
  const shown = { features: [], origin: null, next: null };
  const drawn = { map: null, stations: null, way: null, markers: new Map(), chosen: null, picking: null, loading: null, before: null };
  const told = { onChoose: () => {}, onSay: () => {} };

  // ---- Loading ----------------------------------------------------------------------------------------------

  function loaded(made) {
    return new Promise((done, failed) => {
      made.addEventListener("load", done);
      made.addEventListener("error", failed);
      document.head.insertBefore(made, document.head.querySelector("style")); // our own rules come after Leaflet's
    });
  }

  const script = (src) => loaded(element("script", { src, nonce }));

  async function load() {
    const assets = page.assets;
    await Promise.all([loaded(element("link", { rel: "stylesheet", href: assets.leaflet_css })), script(assets.leaflet)]);
    await script(assets.base_map);
    draw();
  }

  /** A promise of whether the map is there; it is tried again when it failed before. */
  async function ensure() {
    if (drawn.map) return true;
    drawn.loading = drawn.loading || load();
    try {
      await drawn.loading;
      return true;
    } catch {
      drawn.loading = null;
      return false;
    }
  }

  function draw() {
    const [west, south, east, north] = page.bounds;
    const bounds = L.latLngBounds([south, west], [north, east]);
    drawn.map = L.map("map", {
      maxZoom: 18, minZoom: 8, maxBounds: bounds.pad(0.5), zoomControl: false, attributionControl: true,
      fadeAnimation: false, markerZoomAnimation: true,
    });
    L.control.zoom({ position: "topright", zoomInTitle: say("page.zoom_in"), zoomOutTitle: say("page.zoom_out") }).addTo(drawn.map);
    drawn.map.setView([page.centre[1], page.centre[0]], 13);
    drawn.way = L.layerGroup().addTo(drawn.map);
    drawn.stations = L.layerGroup().addTo(drawn.map);
    drawn.map.on("click", (event) => {
      if (drawn.picking) take(event.latlng);
    });
    window.Stations.addBaseMap(drawn.map, "/api/basemap").then(() => sheet.classList.add("based"));
  }

  // ---- The sheet --------------------------------------------------------------------------------------------

  /** Open or close the sheet; a promise of whether the map can be looked at. */
  async function setSheet(open) {
    sheet.classList.toggle("open", open);
    document.body.classList.toggle("map-open", open);
    toggle.setAttribute("aria-expanded", String(open));
    byId("map-toggle-words").textContent = say(open ? "page.map_close" : "page.map_open");
    if (!open) {
      stopPicking();
      return false;
    }
    byId("map-note").textContent = drawn.map ? "" : say("page.map_loading");
    const there = await ensure();
    byId("map-note").textContent = there ? "" : say("page.map_failed");
    if (!there) return false;
    drawn.map.invalidateSize({ animate: false });
    drawStations();
    return true;
  }

  // ---- Stations ---------------------------------------------------------------------------------------------

  function stationIcon(found, chosen) {
    const state = window.Stations.cards.shownState(found);
    const shape = element("span", { class: `station-mark state-${state}${chosen ? " chosen" : ""}` }, symbol(`kind.${found.kind}`));
    if (BADGED.has(state)) shape.append(element("span", { class: "badge" }, mark(state)));
    return L.divIcon({ className: "station-icon", html: shape, iconSize: [44, 44], iconAnchor: [22, 22] });
  }

  function drawStations() {
    drawn.stations.clearLayers();
    drawn.markers.clear();
    for (const { geometry, properties } of [...shown.features].reverse()) {
      const [lon, lat] = geometry.coordinates;
      const state = say(`state.${window.Stations.cards.shownState(properties)}`);
      const marker = L.marker([lat, lon], {
        icon: stationIcon(properties, false), title: `${properties.name} · ${state}`,
        keyboard: false, // its card says and does the same; marks lie over one another and would be tabbed through in vain
      });
      marker.on("click", () => (drawn.picking ? take(marker.getLatLng()) : choose(properties.station_id)));
      drawn.markers.set(properties.station_id, { marker, properties });
      drawn.stations.addLayer(marker);
    }
    drawPoint(shown.origin, "origin", say("page.origin"));
    drawPoint(shown.next, "next", say("page.next_mark"));
    if (drawn.chosen) markChosen(drawn.chosen);
    fit();
  }

  function drawPoint(point, kind, words) {
    if (!point) return;
    const inside = kind === "next" ? symbol("page.next") : null;
    const icon = L.divIcon({ className: `${kind}-icon`, html: element("span", { class: `${kind}-mark` }, inside), iconSize: [24, 24], iconAnchor: [12, 12] });
    const marker = L.marker([point.lat, point.lon], { icon, title: words, alt: words, keyboard: false, interactive: false, zIndexOffset: 1000 });
    drawn.stations.addLayer(marker);
  }

  function fit() {
    if (!shown.origin || drawn.way.getLayers().length) return;
    const points = [shown.origin, shown.next].filter(Boolean).map(({ lat, lon }) => [lat, lon]);
    const nearest = shown.features.slice(0, 6).map(({ geometry }) => [geometry.coordinates[1], geometry.coordinates[0]]);
    drawn.map.fitBounds([...points, ...nearest], { padding: [36, 36], maxZoom: 16, animate: false });
  }

  function markChosen(stationId) {
    for (const id of [drawn.chosen, stationId]) {
      const one = id && drawn.markers.get(id);
      if (one) one.marker.setIcon(stationIcon(one.properties, id === stationId)).setZIndexOffset(id === stationId ? 500 : 0);
    }
    drawn.chosen = stationId;
  }

  function choose(stationId) {
    markChosen(stationId);
    told.onChoose(stationId);
  }

  /** Show what the list shows. */
  function show(features, origin, next) {
    Object.assign(shown, { features, origin, next });
    drawn.chosen = null;
    closeWay();
    if (drawn.map) drawStations();
  }

  // ---- The way to one of them -------------------------------------------------------------------------------

  function closeWay() {
    byId("way-bar").hidden = true;
    if (drawn.way) drawn.way.clearLayers();
  }

  function drawLine(points, straight) {
    drawn.way.clearLayers();
    const colour = getComputedStyle(sheet).getPropertyValue("--link").trim();
    const ground = getComputedStyle(sheet).getPropertyValue("--ground").trim();
    if (!straight) L.polyline(points, { color: ground, weight: 9, opacity: 0.9, interactive: false }).addTo(drawn.way);
    L.polyline(points, { color: colour, weight: 5, dashArray: straight ? "2 10" : null, interactive: false }).addTo(drawn.way);
    drawn.map.fitBounds(points, { padding: [36, 36], maxZoom: 17, animate: false });
  }

  /** Draw the way from where the list was asked from to one of its stations, with minutes and metres. */
  async function showWay(found, origin, mode) {
    drawn.before = document.activeElement;
    if (!(await setSheet(true))) return;
    choose(found.station_id);
    const answer = await ask("/api/route", { lon: origin.lon, lat: origin.lat, mode, station_id: found.station_id, lang: page.lang });
    if (drawn.chosen !== found.station_id) return;
    const one = drawn.markers.get(found.station_id);
    let words;
    if (answer.away && one) {
      const { lat, lng } = one.marker.getLatLng();
      drawLine([[origin.lat, origin.lon], [lat, lng]], true);
      words = say("page.route_straight");
    } else if (answer.problem) {
      words = say("page.route_failed", { problem: answer.problem });
    } else {
      const ends = one ? [one.marker.getLatLng()] : [];
      drawLine([[origin.lat, origin.lon], ...answer.geometry.coordinates.map(([lon, lat]) => [lat, lon]), ...ends], false);
      const { travel_s: seconds, length_m: metres } = answer.properties;
      words = say("page.route_words", { minutes: minutesOf(seconds), distance: distanceWords(metres) });
    }
    byId("way-words").replaceChildren(element("b", {}, words), " ", named(found.name));
    byId("way-bar").hidden = false;
    byId("way-close").focus({ preventScroll: true });
  }

  // ---- Picking a point --------------------------------------------------------------------------------------

  function stopPicking() {
    drawn.picking = null;
    sheet.classList.remove("picking");
    byId("pick-bar").hidden = true;
  }

  function take({ lat, lng }) {
    const { onPick } = drawn.picking;
    stopPicking();
    onPick({ lon: lng, lat });
  }

  /** Let a point be picked; `onPick({lon, lat})` gets it. */
  async function pick(onPick) {
    if (!(await setSheet(true))) return told.onSay(say("page.map_failed"));
    drawn.picking = { onPick };
    closeWay();
    sheet.classList.add("picking");
    byId("pick-bar").hidden = false;
    told.onSay(say("page.pick_hint"));
    return byId("pick-here").focus();
  }

  toggle.addEventListener("click", async () => {
    const open = !sheet.classList.contains("open");
    const there = await setSheet(open);
    const list = byId("answer");
    // Half the screen is left for the list: begin it there, not with the questions.
    if (there && shown.features.length && window.scrollY < list.offsetTop) list.scrollIntoView();
  });
  byId("pick-here").addEventListener("click", () => take(drawn.map.getCenter()));
  byId("pick-cancel").addEventListener("click", () => {
    stopPicking();
    told.onSay("");
  });
  byId("way-close").addEventListener("click", () => {
    closeWay();
    fit();
    if (drawn.before && drawn.before.isConnected) drawn.before.focus({ preventScroll: true });
  });
  wide.addEventListener("change", () => setSheet(wide.matches));

  window.Stations.map = {
    show, showWay, pick, isWide: () => wide.matches, open: () => setSheet(true),
    listen: (given) => Object.assign(told, given),
  };
})();
