/* The rider's page: where from, what for, how; the list, and the map that shows the same. */
(() => {
  "use strict";

  const { page, say, element, symbol, mark, arrivalWords, serviceWords, distanceWords, minutesOf } = window.Stations;
  const MODE_KEY = "stations.mode";
  const LIMIT = 20;
  const SERVICES_SHOWN = 8;
  const ROUGH_POSITION_M = 200;
  const TYPING_PAUSE_MS = 200;
  const LINK_KEYS = ["amap", "tencent", "baidu", "geo"];

  const byId = (id) => document.getElementById(id);
  const form = byId("ask");
  const list = byId("list");
  const status = byId("status");
  const start = byId("start");
  const modeSelect = byId("mode");
  const placeInput = byId("place");

  /** What is asked: nothing of it leaves this page but the question itself. */
  const asked = { origin: null, turn: 0 };

  const chosenNeeds = () => [...form.querySelectorAll("input[name=need]:checked")].map((box) => box.value);

  // ---- Telling ----------------------------------------------------------------------------------------------

  function tell(text, { wrong = false, actions = [] } = {}) {
    status.replaceChildren(text);
    status.classList.toggle("wrong", wrong);
    if (!actions.length) return;
    const row = element("div", { class: "actions" });
    for (const [words, act] of actions) {
      const button = element("button", { type: "button", class: "button" }, words);
      button.addEventListener("click", act);
      row.append(button);
    }
    status.append(row);
  }

  const fromCentre = [
    say("page.from_centre", { region: page.region }),
    () => setOrigin({ lon: page.centre[0], lat: page.centre[1], label: say("page.centre", { region: page.region }) }),
  ];

  function tellNowhere(key) {
    start.hidden = asked.origin !== null;
    const values = { region: page.region };
    tell(say(key, values), { wrong: true, actions: key === "page.geo_outside" ? [fromCentre] : [] });
  }

  // ---- Where from -------------------------------------------------------------------------------------------

  function insideRegion(lon, lat) {
    const [west, south, east, north] = page.bounds;
    return lon >= west && lon <= east && lat >= south && lat <= north;
  }

  function locate() {
    if (!window.isSecureContext) return tellNowhere("page.geo_insecure");
    if (!navigator.geolocation) return tellNowhere("page.geo_failed");
    tell(say("page.locating"));
    return navigator.geolocation.getCurrentPosition(located, notLocated, {
      enableHighAccuracy: true, timeout: 15000, maximumAge: 30000,
    });
  }

  function located({ coords }) {
    const { longitude: lon, latitude: lat, accuracy } = coords;
    if (!insideRegion(lon, lat)) return tellNowhere("page.geo_outside");
    const rough = accuracy > ROUGH_POSITION_M ? say("page.geo_rough", { metres: Math.round(accuracy / 50) * 50 }) : "";
    placeInput.value = "";
    return setOrigin({ lon, lat, label: say("page.here"), note: rough });
  }

  function notLocated(problem) {
    tellNowhere(problem.code === problem.PERMISSION_DENIED ? "page.geo_denied" : "page.geo_failed");
  }

  function setOrigin(origin) {
    asked.origin = origin;
    start.hidden = true;
    find();
  }

  // ---- Asking -----------------------------------------------------------------------------------------------

  async function find() {
    const { origin } = asked;
    if (!origin) return;
    const turn = (asked.turn += 1);
    tell(say("page.loading"));
    list.setAttribute("aria-busy", "true");
    const question = {
      lon: origin.lon, lat: origin.lat, mode: modeSelect.value, need: chosenNeeds(), limit: LIMIT, lang: page.lang,
    };
    const answer = await ask("/api/nearest", question);
    if (turn !== asked.turn) return;
    list.removeAttribute("aria-busy");
    if (answer.problem) {
      list.replaceChildren();
      showOnMap([], origin);
      tell(answer.problem, { wrong: true, actions: [[say("page.retry"), find]] });
      return;
    }
    show(answer, origin);
  }

  /** The answer as JSON, or `{problem}` in words. */
  async function ask(url, question) {
    try {
      const response = await fetch(url, question && {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(question),
      });
      const json = await response.json();
      if (response.ok) return json;
      return { problem: json.error ? json.error.message : say("page.failed") };
    } catch {
      return { problem: say("page.failed") };
    }
  }

  // ---- The list ---------------------------------------------------------------------------------------------

  function show(answer, origin) {
    const needs = chosenNeeds();
    list.replaceChildren(...answer.features.map((feature) => card(feature.properties, answer.when, needs)));
    showOnMap(answer.features, origin);
    if (!answer.features.length) {
      const clear = [say("page.clear_needs"), clearNeeds];
      tell(say(needs.length ? "page.none" : "page.none_any"), { actions: needs.length ? [clear] : [] });
      return;
    }
    const words = [say("page.found", { label: origin.label, count: answer.features.length })];
    if (origin.note) words.push(origin.note);
    if (answer.origin.snap_m === null) words.push(say("page.origin_off"));
    else if (!answer.origin.on_main) words.push(say("page.origin_island"));
    tell(words.join(page.lang === "zh" ? "。" : ". "));
  }

  function clearNeeds() {
    for (const box of form.querySelectorAll("input[name=need]:checked")) box.checked = false;
    find();
  }

  function card(found, when, needs) {
    return element("li", { class: "card", id: `station-${found.station_id}`, "data-state": found.state, tabindex: "-1" },
      timesColumn(found),
      element("div", { class: "what" },
        element("p", { class: `state state-${found.state}` }, mark(found.state), arrivalWords(found, when)),
        element("h2", {}, found.name),
        element("p", { class: "kind" }, symbol(`kind.${found.kind}`),
          [say(`kind.${found.kind}`), found.township].filter(Boolean).join(" · ")),
        element("p", { class: "entry" }, symbol("page.door"), entryWords(found)),
        servicesRow(found.services, needs),
        element("p", { class: "muted" }, footWords(found))),
      actionsRow(found));
  }

  function timesColumn(found) {
    if (found.travel_s === null) {
      const [value, unit] = splitUnit(distanceWords(found.straight_line_m));
      return element("div", { class: "times" },
        element("p", { class: "big far" }, element("b", {}, value)),
        element("p", { class: "muted" }, say("page.straight_unit", { unit })));
    }
    const back = found.return_s === null
      ? null
      : element("p", { class: "muted" }, say("page.round_trip", { minutes: minutesOf(found.travel_s + found.return_s) }));
    return element("div", { class: "times" },
      element("p", { class: "big" }, element("b", {}, minutesOf(found.travel_s)), element("span", {}, say("page.min"))),
      back,
      found.to_gate ? element("p", { class: "muted" }, say("page.to_gate")) : null);
  }

  /** "3.2 公里" as number and unit, so that the number can be large. */
  function splitUnit(words) {
    const at = words.lastIndexOf(" ");
    return [words.slice(0, at), words.slice(at + 1)];
  }

  function entryWords(found) {
    const parking = { true: "yes", false: "no", null: "unknown" }[String(found.ebike_parking ?? null)];
    return `${say(`entry.${found.entry}`)} · ${say(`page.parking_${parking}`)}`;
  }

  function footWords(found) {
    const words = [found.verified_on ? say("page.verified", { date: found.verified_on }) : say("page.never_verified")];
    if (found.travel_s === null) words.unshift(say(`reason.${found.travel_reason}`));
    else words.push(say("page.straight_line", { distance: distanceWords(found.straight_line_m) }));
    return words.join(" · ");
  }

  function servicesRow(services, needs) {
    const wanted = new Set(needs.flatMap((need) => page.answers[need]));
    const keys = page.services.filter((key) => key in services);
    keys.sort((a, b) => wanted.has(b) - wanted.has(a));
    if (!keys.length) return element("p", { class: "muted" }, say("page.services_none"));
    const row = element("ul", { class: "services" });
    for (const key of keys.slice(0, SERVICES_SHOWN)) {
      row.append(element("li", { class: wanted.has(key) ? "wanted" : null },
        symbol(`service.${key}`), serviceWords(key, services[key])));
    }
    const rest = keys.length - SERVICES_SHOWN;
    if (rest > 0) row.append(element("li", { class: "muted" }, say("page.services_more", { count: rest })));
    return row;
  }

  function actionsRow(found) {
    const navigate = element("button", { type: "button", class: "button", "aria-label": say("page.navigate_to", { name: found.name }) },
      symbol("page.navigate"), say("page.navigate"));
    navigate.addEventListener("click", () => openHandOff(found));
    const onMap = element("button", { type: "button", class: "button", "aria-label": say("page.on_map_of", { name: found.name }) },
      symbol("page.map"), say("page.on_map"));
    onMap.addEventListener("click", () => focusOnMap(found.station_id));
    const more = element("a", {
      class: "button", href: `/stations/${encodeURIComponent(found.station_id)}?lang=${page.lang}&mode=${modeSelect.value}`,
      "aria-label": say("page.more_of", { name: found.name }),
    }, say("page.more"), symbol("page.more"));
    return element("div", { class: "actions" }, navigate, onMap, more);
  }

  function choose(stationId, { scroll }) {
    for (const other of list.querySelectorAll(".chosen")) other.classList.remove("chosen");
    const chosen = byId(`station-${stationId}`);
    if (!chosen) return;
    chosen.classList.add("chosen");
    if (scroll) {
      chosen.scrollIntoView({ block: "start" });
      chosen.focus({ preventScroll: true });
    }
    drawChosen(stationId);
  }

  // ---- Handing over -----------------------------------------------------------------------------------------

  const dialog = byId("hand-off");

  function openHandOff(found) {
    byId("hand-off-title").textContent = say("page.navigate_to", { name: found.name });
    const links = linkRows(found);
    const body = byId("hand-off-body");
    if (page.sample) {
      const goOn = element("button", { type: "button", class: "button" }, say("page.go_on"));
      goOn.addEventListener("click", () => {
        body.replaceChildren(links);
        links.querySelector("a, button").focus();
      });
      body.replaceChildren(element("p", {}, say("page.sample_ask")), goOn);
    } else {
      body.replaceChildren(links);
    }
    dialog.showModal();
  }

  function linkRows(found) {
    const rows = element("div", { class: "links" });
    if (/MicroMessenger/i.test(navigator.userAgent)) rows.append(element("p", {}, say("page.wechat_note")));
    for (const key of LINK_KEYS) {
      const href = found.links[key];
      if (!href || !/^(https|geo):/.test(href)) continue;
      rows.append(element("a", { class: "button", href, target: key === "geo" ? null : "_blank", rel: "noopener noreferrer" },
        say(`page.${key}`), key === "baidu" ? element("small", {}, say("page.baidu_note")) : null));
    }
    const copy = element("button", { type: "button", class: "button" }, say("page.copy"));
    copy.addEventListener("click", () => copyAddress(found, copy));
    rows.append(copy);
    return rows;
  }

  async function copyAddress(found, button) {
    const text = [found.name, found.township, found.address].filter(Boolean).join(" ");
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = say("page.copied");
    } catch {
      button.replaceWith(element("p", { class: "copy-text" }, say("page.copy_failed", { text })));
    }
  }

  byId("hand-off-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });

  // ---- Typing a place ---------------------------------------------------------------------------------------

  const places = byId("places");
  const typed = { found: [], active: -1, timer: 0, turn: 0 };

  function closePlaces() {
    places.hidden = true;
    typed.active = -1;
    placeInput.setAttribute("aria-expanded", "false");
    placeInput.removeAttribute("aria-activedescendant");
  }

  async function searchPlaces() {
    const query = placeInput.value.trim();
    const turn = (typed.turn += 1);
    if (!query) return closePlaces();
    const answer = await ask(`/api/places?q=${encodeURIComponent(query)}`);
    if (turn !== typed.turn || query !== placeInput.value.trim()) return null;
    typed.found = answer.places || [];
    if (answer.problem) tell(answer.problem, { wrong: true });
    else if (!typed.found.length) tell(say("page.places_none", { query }), { wrong: true });
    else tell(say("page.places_found", { count: typed.found.length }));
    return drawPlaces();
  }

  function drawPlaces() {
    places.replaceChildren(...typed.found.map((place, index) => {
      const row = element("li", { role: "option", id: `place-${index}`, "aria-selected": "false" },
        element("b", {}, place.name), element("span", { class: "muted" }, [place.category, place.township].filter(Boolean).join(" · ")));
      row.addEventListener("pointerdown", (event) => event.preventDefault());
      row.addEventListener("click", () => takePlace(index));
      return row;
    }));
    closePlaces();
    places.hidden = !typed.found.length;
    placeInput.setAttribute("aria-expanded", String(!places.hidden));
  }

  function moveActive(step) {
    const count = typed.found.length;
    if (!count || places.hidden) return;
    typed.active = (typed.active + step + (typed.active < 0 && step < 0 ? 1 : 0) + count) % count;
    [...places.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === typed.active)));
    placeInput.setAttribute("aria-activedescendant", `place-${typed.active}`);
    places.children[typed.active].scrollIntoView({ block: "nearest" });
  }

  function takePlace(index) {
    const place = typed.found[index];
    placeInput.value = place.name;
    typed.turn += 1;
    closePlaces();
    placeInput.blur();
    setOrigin({ lon: place.lon, lat: place.lat, label: place.name });
  }

  placeInput.addEventListener("input", () => {
    clearTimeout(typed.timer);
    typed.timer = setTimeout(searchPlaces, TYPING_PAUSE_MS);
  });
  placeInput.addEventListener("blur", closePlaces);
  placeInput.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      moveActive(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      closePlaces();
    }
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(typed.timer);
    const open = !places.hidden && typed.found.length;
    if (!open && placeInput.value.trim()) await searchPlaces();
    if (typed.found.length && placeInput.value.trim()) takePlace(Math.max(typed.active, 0));
    else find();
  });

  // ---- The map ----------------------------------------------------------------------------------------------

  const sheet = byId("map-sheet");
  const toggle = byId("map-toggle");
  const wide = window.matchMedia("(min-width: 900px)");
  const drawn = { map: null, stations: null, markers: new Map(), features: [], at: null, chosen: null, picking: false };

  function ensureMap() {
    if (drawn.map) return;
    const [west, south, east, north] = page.bounds;
    const bounds = L.latLngBounds([south, west], [north, east]);
    drawn.map = L.map("map", {
      maxZoom: 18, minZoom: 8, maxBounds: bounds.pad(0.5), zoomControl: false, attributionControl: true,
      fadeAnimation: false, markerZoomAnimation: true,
    });
    L.control.zoom({ position: "topright", zoomInTitle: say("page.zoom_in"), zoomOutTitle: say("page.zoom_out") }).addTo(drawn.map);
    drawn.map.setView([page.centre[1], page.centre[0]], 13);
    drawn.stations = L.layerGroup().addTo(drawn.map);
    drawn.map.on("click", (event) => {
      if (drawn.picking) takePoint(event.latlng);
    });
    window.Stations.addBaseMap(drawn.map, "/api/basemap");
  }

  function setSheet(open) {
    sheet.classList.toggle("open", open);
    document.body.classList.toggle("map-open", open);
    toggle.setAttribute("aria-expanded", String(open));
    byId("map-toggle-words").textContent = say(open ? "page.map_close" : "page.map_open");
    if (!open) return setPicking(false);
    ensureMap();
    drawn.map.invalidateSize({ animate: false });
    return drawStations();
  }

  function showOnMap(features, origin) {
    drawn.features = features;
    drawn.at = origin;
    drawn.chosen = null;
    if (drawn.map) drawStations();
  }

  function stationIcon(found, chosen) {
    const shape = element("span", { class: `station-mark state-${found.state}${chosen ? " chosen" : ""}` }, symbol(`kind.${found.kind}`));
    if (found.state === "opens_later" || found.state === "unknown") {
      shape.append(element("span", { class: "badge" }, mark(found.state)));
    }
    return L.divIcon({ className: "station-icon", html: shape, iconSize: [44, 44], iconAnchor: [22, 22] });
  }

  function drawStations() {
    drawn.stations.clearLayers();
    drawn.markers.clear();
    for (const { geometry, properties } of [...drawn.features].reverse()) {
      const [lon, lat] = geometry.coordinates;
      const state = say(`state.${properties.state}`);
      const marker = L.marker([lat, lon], {
        icon: stationIcon(properties, false), title: `${properties.name} · ${state}`, alt: `${properties.name}, ${state}`,
      });
      marker.on("click", () => (drawn.picking ? takePoint(marker.getLatLng()) : choose(properties.station_id, { scroll: true })));
      drawn.markers.set(properties.station_id, { marker, properties });
      drawn.stations.addLayer(marker);
    }
    drawOrigin();
    fitMap();
  }

  function drawOrigin() {
    if (!drawn.at) return;
    const icon = L.divIcon({ className: "origin-icon", html: element("span", { class: "origin-mark" }), iconSize: [24, 24], iconAnchor: [12, 12] });
    const marker = L.marker([drawn.at.lat, drawn.at.lon], { icon, title: say("page.origin"), alt: say("page.origin"), keyboard: false, interactive: false, zIndexOffset: 1000 });
    drawn.stations.addLayer(marker);
  }

  function fitMap() {
    if (!drawn.at) return;
    const nearest = drawn.features.slice(0, 6).map(({ geometry }) => [geometry.coordinates[1], geometry.coordinates[0]]);
    drawn.map.fitBounds([[drawn.at.lat, drawn.at.lon], ...nearest], { padding: [36, 36], maxZoom: 16, animate: false });
  }

  function drawChosen(stationId) {
    for (const id of [drawn.chosen, stationId]) {
      const drawnMark = id && drawn.markers.get(id);
      if (drawnMark) drawnMark.marker.setIcon(stationIcon(drawnMark.properties, id === stationId)).setZIndexOffset(id === stationId ? 500 : 0);
    }
    drawn.chosen = stationId;
  }

  function focusOnMap(stationId) {
    setSheet(true);
    choose(stationId, { scroll: !wide.matches });
    const found = drawn.markers.get(stationId);
    drawn.map.setView(found.marker.getLatLng(), Math.max(drawn.map.getZoom(), 16), { animate: false });
  }

  function setPicking(on) {
    drawn.picking = on;
    sheet.classList.toggle("picking", on);
    byId("pick-bar").hidden = !on;
    if (on) byId("pick-here").focus();
  }

  function startPicking() {
    setSheet(true);
    setPicking(true);
    tell(say("page.pick_hint"));
    sheet.scrollIntoView({ block: "nearest" });
  }

  function takePoint({ lat, lng }) {
    setPicking(false);
    placeInput.value = "";
    setOrigin({ lon: lng, lat, label: say("page.picked") });
  }

  toggle.addEventListener("click", () => {
    setSheet(!sheet.classList.contains("open"));
    // Half the screen is left for the list: begin it there, not with the questions.
    if (sheet.classList.contains("open") && drawn.features.length && window.scrollY < list.offsetTop) list.scrollIntoView();
  });
  byId("pick-here").addEventListener("click", () => takePoint(drawn.map.getCenter()));
  byId("pick-cancel").addEventListener("click", () => {
    setPicking(false);
    tell("");
  });

  // ---- Beginning --------------------------------------------------------------------------------------------

  function remember(mode) {
    try {
      localStorage.setItem(MODE_KEY, mode);
    } catch {
      // Private windows may refuse; the choice then holds for this page only.
    }
  }

  function recalledMode() {
    try {
      return localStorage.getItem(MODE_KEY);
    } catch {
      return null;
    }
  }

  async function locateIfAllowed() {
    if (!window.isSecureContext || !navigator.permissions || !navigator.geolocation) return;
    try {
      const permission = await navigator.permissions.query({ name: "geolocation" });
      if (permission.state === "granted" && !asked.origin) locate();
    } catch {
      // A browser that cannot tell waits for the button.
    }
  }

  for (const button of document.querySelectorAll("[data-act=locate]")) button.addEventListener("click", locate);
  for (const button of document.querySelectorAll("[data-act=pick]")) button.addEventListener("click", startPicking);
  form.addEventListener("change", (event) => {
    if (event.target === modeSelect) remember(modeSelect.value);
    if (event.target !== placeInput) find();
  });
  const mode = recalledMode();
  if (mode && [...modeSelect.options].some((option) => option.value === mode)) modeSelect.value = mode;
  const follow = () => setSheet(wide.matches);
  wide.addEventListener("change", follow);
  if (wide.matches) follow();
  locateIfAllowed();
})();
