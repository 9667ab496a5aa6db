/* What every page's script shares: the page's own words, symbols, and how a moment or a distance is told. */
(() => {
  "use strict";

  const block = document.getElementById("page");
  const page = block ? JSON.parse(block.textContent) : { words: {}, symbols: {}, marks: {} };
  const SVG = "http://www.w3.org/2000/svg";

  const TURNS = /[\u0590-\u08ff\u200f\u202a-\u202e\ufb1d-\ufdff\ufe70-\ufeff]/;

  /** A value of a sentence; one that is written from right to left is kept from turning the rest of it. */
  const isolated = (text) => (TURNS.test(text) ? `\u2068${text}\u2069` : text);

  /** The sentence `key` with its {names} filled. */
  function say(key, values = {}) {
    const text = page.words[key];
    if (text === undefined) throw new Error(`no words for ${key}`);
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? isolated(String(values[name])) : whole));
  }

  /** A new element; `children` are elements or texts, never markup. */
  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === true) made.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  /** A text from a list: written its own way, whichever that is, without turning what stands beside it. */
  const named = (text) => element("bdi", {}, text);

  function drawing(className, paths) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", className);
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("width", "24");
    svg.setAttribute("height", "24");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("focusable", "false");
    for (const [d, filled] of paths) {
      if (!d) continue;
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("d", d);
      path.setAttribute("class", filled ? "filled" : "stroked");
      svg.append(path);
    }
    return svg;
  }

  const symbol = (key) => drawing("symbol", [[page.symbols[key], false]]);
  const mark = (state) => drawing("mark", [[page.marks[state][0], true], [page.marks[state][1], false]]);

  /* An ISO text bears the region's own offset, so its digits are the region's clock, wherever the phone is. */
  const dayNumber = (iso) => Date.UTC(+iso.slice(0, 4), +iso.slice(5, 7) - 1, +iso.slice(8, 10)) / 86400000;

  /** `iso` as read at `when`: 21:00, 明天 08:30, 周一 08:30, 11月9日 08:30. The midnight that ends a span is 24:00. */
  function momentWords(iso, when, { ending = false } = {}) {
    let time = iso.slice(11, 16);
    let day = dayNumber(iso);
    if (ending && time === "00:00") {
      day -= 1;
      time = "24:00";
    }
    const ahead = day - dayNumber(when);
    if (ahead === 0) return time;
    if (ahead === 1) return say("page.tomorrow", { time });
    const date = new Date(day * 86400000);
    if (ahead > 1 && ahead < 7) return say(`page.weekday_${(date.getUTCDay() + 6) % 7}`, { time });
    return say("page.on_date", { month: date.getUTCMonth() + 1, day: date.getUTCDate(), time });
  }

  const THEN = { closes_before_arrival: "closed" };

  /** The state line of a station found, e.g. 到达时开放，至 21:00; of one told as on setting out, 出发时开放，至 21:00. */
  function arrivalWords(found, when) {
    const { state } = found;
    const leaving = found.state_at === "departure";
    if (state === "unknown") {
      if (found.travel_s === null && !leaving) return say("state.unknown_untimed");
      return say(found.holidays_unconfirmed ? "state.unknown_holiday" : "state.unknown");
    }
    const key = leaving ? `state.leaving_${THEN[state] || state}` : `state.${state}`;
    if (state === "open") {
      if (!found.open_until) return say(key);
      return say(`${key}_until`, { time: momentWords(found.open_until, when, { ending: true }) });
    }
    if (state === "opens_later" && found.usable_in_s !== null && found.travel_s !== null) {
      const minutes = Math.ceil((found.usable_in_s - found.travel_s) / 60);
      if (minutes <= 60) return say("state.opens_in", { minutes });
    }
    if (!found.opens_at) return say(key);
    return say(`${key}_until`, { time: momentWords(found.opens_at, when) });
  }

  /** A service as a rider reads it, counted where it is counted. */
  function serviceWords(service, count) {
    const name = say(`service.${service}`);
    if (count === null) return name;
    const key = `counted.${service}`;
    return key in page.words ? say(key, { count }) : say("counted.other", { service: name, count });
  }

  /** Metres in words: 820 米, 3.2 公里. */
  function distanceWords(metres) {
    if (metres < 995) return say("page.metres", { value: Math.round(metres / 10) * 10 });
    return say("page.kilometres", { value: (Math.floor(metres / 100 + 0.5) / 10).toFixed(1) });
  }

  /** Whole minutes of seconds, rounded up: nobody is promised less than it takes. */
  const minutesOf = (seconds) => Math.ceil(seconds / 60);

  /** Metres between two points of {lon, lat}, on a sphere. */
  function metresBetween(a, b) {
    const rad = Math.PI / 180;
    const half = (degrees) => Math.sin((degrees * rad) / 2) ** 2;
    const part = half(b.lat - a.lat) + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * half(b.lon - a.lon);
    return 2 * 6371008.8 * Math.asin(Math.sqrt(part));
  }

  /* What this phone remembers. Private windows may refuse; then it holds for this page only. */
  const held = new Map();

  function recall(key, missing = null) {
    try {
      const text = localStorage.getItem(key);
      return text === null ? missing : JSON.parse(text);
    } catch {
      return held.has(key) ? held.get(key) : missing;
    }
  }

  function remember(key, value) {
    held.set(key, value);
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // It is held above.
    }
  }

  const LONGEST_WAIT_MS = 8000;

  /** The answer of our server as JSON; `{problem}` in words where there is none, `away` too where it was not reached. */
  async function ask(url, question, { method = "POST", headers = {} } = {}) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), LONGEST_WAIT_MS);
    try {
      const response = await fetch(url, {
        signal: patience.signal,
        ...(question && { method, headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(question) }),
      });
      const json = await response.json().catch(() => ({}));
      if (response.ok) return json;
      const away = response.status === 502 || response.status === 504;
      return { problem: json.error ? json.error.message : say("page.failed"), status: response.status, away };
    } catch {
      return { problem: say("page.failed"), away: true };
    } finally {
      clearTimeout(timer);
    }
  }

  document.documentElement.classList.add("js");
  window.Stations = {
    page, say, element, named, symbol, mark, momentWords, arrivalWords, serviceWords, distanceWords, minutesOf,
    metresBetween, recall, remember, ask, nonce: document.currentScript ? document.currentScript.nonce : "",
  };
})();
