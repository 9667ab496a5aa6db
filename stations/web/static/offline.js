/* What this phone keeps: the service worker that keeps the page, and the list that is searched without a net. */
(() => {
  "use strict";

  const RETRY_MS = 30000;
  const LIST_LASTS_MS = 600000;
  const MOST_PLACES = 10;
  const UNIT = 1e-5;
  const kept = { list: null, at: 0, base: null };
  const state = { away: false, timer: 0, listeners: [] };

  async function fetched(url) {
    try {
      const response = await fetch(url);
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  /** The list of stations, from the net or as it is kept; null where neither is there. */
  async function list() {
    const old = Date.now() - kept.at > LIST_LASTS_MS;
    if (!kept.list || (old && !state.away)) {
      kept.list = (await fetched("/api/stations")) || kept.list;
      kept.at = Date.now();
    }
    return kept.list;
  }

  /** The answer to a question from the kept list; null where no list is kept. */
  async function answer(question) {
    const { search, instantOf } = window.Stations.search;
    const stations = await list();
    if (!stations || !stations.hours) return null;
    return search(stations, question, question.when ? instantOf(question.when, stations.hours.from) : Date.now());
  }

  /** Places of the kept base map whose name holds `query`. */
  async function findPlaces(query) {
    kept.base = kept.base || (await fetched("/api/basemap"));
    if (!kept.base) return [];
    const wanted = query.toLowerCase();
    const names = (kept.base.places || []).map(([name, , lon, lat]) => ({ name, lon: lon * UNIT, lat: lat * UNIT }));
    const roads = Object.values(kept.base.road_names || {}).flat()
      .map(([name, lon, lat]) => ({ name, category: "road", lon: lon * UNIT, lat: lat * UNIT }));
    const seen = new Set();
    return [...names, ...roads]
      .filter(({ name }) => name.toLowerCase().includes(wanted) && !seen.has(name) && seen.add(name))
      .sort((a, b) => a.name.indexOf(wanted) - b.name.indexOf(wanted) || a.name.length - b.name.length)
      .slice(0, MOST_PLACES);
  }

  /** Note that the server was, or was not, reached; those who listen are told when it is there again. */
  function note(away) {
    clearTimeout(state.timer);
    const back = state.away && !away;
    state.away = away;
    if (away) state.timer = setTimeout(retry, RETRY_MS);
    if (back) for (const tell of state.listeners) tell();
  }

  async function retry() {
    if (document.hidden) state.timer = setTimeout(retry, RETRY_MS);
    else note(!(await reached()));
  }

  async function reached() {
    try {
      return (await fetch("/healthz", { cache: "no-store" })).ok;
    } catch {
      return false;
    }
  }

  /** Keep the page and the list for later; asked for after the first answer, so that it never waits for this. */
  async function keep() {
    if (window.isSecureContext && "serviceWorker" in navigator) {
      await navigator.serviceWorker.register("/sw.js").catch(() => {});
    }
    await list();
  }

  window.addEventListener("online", retry);
  window.Stations.offline = {
    answer, findPlaces, list, note, keep, retry,
    isAway: () => state.away,
    onReturn: (tell) => state.listeners.push(tell),
  };
})();
