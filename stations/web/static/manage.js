/* The office's pages: where a list moves stations, the pins of a station's form, its week of hours, how far a job is. */
(() => {
  "use strict";

  const { page, say, element } = window.Stations;

  /* Symbols of our own in place of Leaflet's pictures. */
  const pinIcon = (name) => L.divIcon({ className: `pin ${name}`, iconSize: [28, 28], iconAnchor: [14, 14] });

  function newMap(id, options = {}) {
    const frame = document.getElementById(id);
    if (!frame || !window.L) return null;
    const map = L.map(frame, { minZoom: 9, maxZoom: 18, ...options });
    const [west, south, east, north] = page.bounds;
    map.fitBounds([[south, west], [north, east]]);
    window.Stations.addBaseMap(map, "/api/basemap");
    return map;
  }

  /* Where a list puts stations: new ones as dots, moved ones with a line from where they were. */
  function showMoves() {
    const block = document.getElementById("moves");
    const map = block && newMap("moves-map");
    if (!map) return;
    const renderer = L.canvas({ padding: 0.5 });
    const shown = L.featureGroup();
    for (const move of JSON.parse(block.textContent)) {
      const to = [move.to[1], move.to[0]];
      const label = document.createElement("span");
      label.textContent = `${move.id} ${move.name}`;
      if (move.from) {
        const from = [move.from[1], move.from[0]];
        L.polyline([from, to], { renderer, color: "#b3261e", weight: 2 }).addTo(shown);
        L.circleMarker(from, { renderer, radius: 3, color: "#57606a", weight: 1.5, fillOpacity: 0 }).addTo(shown);
      }
      const colour = move.from ? "#b3261e" : "#0b5cad";
      L.circleMarker(to, { renderer, radius: 5, color: "#ffffff", weight: 1, fillColor: colour, fillOpacity: 1 })
        .bindTooltip(label)
        .addTo(shown);
    }
    shown.addTo(map);
    if (shown.getLayers().length) map.fitBounds(shown.getBounds().pad(0.1), { maxZoom: 15 });
  }

  /* The pins of one station: the door, and the entrance where there is one; fields and pins follow one another. */
  function showPins() {
    const map = newMap("pin-map");
    if (!map) return;
    const fields = (prefix) => ["lon", "lat"].map((name) => document.querySelector(`input[name=${prefix}${name}]`));
    const readOnly = fields("")[0].matches(":disabled");
    const datum = document.querySelector("select[name=datum]");
    const placeOf = (inputs) => {
      const [lon, lat] = inputs.map((input) => (input.value.trim() === "" ? NaN : Number(input.value)));
      return Number.isFinite(lon) && Number.isFinite(lat) && Math.abs(lat) <= 90 ? [lat, lon] : null;
    };
    const write = (inputs, { lat, lng }) => {
      inputs[0].value = lng.toFixed(6);
      inputs[1].value = lat.toFixed(6);
    };
    const pins = {};
    /* A pin is WGS 84: once it is moved, so are all coordinates of the form. */
    const backToPins = () => {
      if (datum.value === "wgs84") return;
      datum.value = "wgs84";
      for (const prefix of ["", "entrance_"]) {
        if (pins[prefix]) write(fields(prefix), pins[prefix].getLatLng());
        else for (const input of fields(prefix)) input.value = "";
      }
    };
    const show = (prefix) => {
      if (datum.value !== "wgs84") return null; // what is typed is converted by the server; the pins stay where they are
      const inputs = fields(prefix);
      const place = placeOf(inputs);
      if (!place) {
        if (pins[prefix]) pins[prefix].remove();
        delete pins[prefix];
      } else if (pins[prefix]) {
        pins[prefix].setLatLng(place);
      } else {
        const title = say(prefix ? "field.entrance_lon" : "field.lon").split(" ")[0];
        pins[prefix] = L.marker(place, { draggable: !readOnly, icon: pinIcon(prefix ? "entrance" : "door"), title, keyboard: false });
        pins[prefix].on("dragend", () => { backToPins(); write(inputs, pins[prefix].getLatLng()); }).addTo(map);
      }
      return place;
    };
    for (const prefix of ["", "entrance_"]) {
      for (const input of fields(prefix)) input.addEventListener("change", () => show(prefix));
    }
    const door = show("");
    show("entrance_");
    if (door) map.setView(door, 17);
    map.on("click", (event) => {
      if (readOnly || placeOf(fields(""))) return; // a pin that stands is dragged, not thrown about by a slip of the finger
      write(fields(""), event.latlng);
      show("");
    });
    datum.addEventListener("change", () => { show(""); show("entrance_"); });
    document.getElementById("add-entrance").addEventListener("click", () => {
      backToPins();
      const at = placeOf(fields("entrance_")) ?? placeOf(fields("")) ?? [map.getCenter().lat, map.getCenter().lng];
      if (!placeOf(fields("entrance_"))) write(fields("entrance_"), { lat: at[0] + 0.0002, lng: at[1] });
      show("entrance_");
    });
    document.getElementById("drop-entrance").addEventListener("click", () => {
      for (const input of fields("entrance_")) input.value = "";
      if (pins.entrance_) pins.entrance_.remove();
      delete pins.entrance_;
    });
  }

  /* The week as a grid of spans. It shows what the server understood of the field; what is set there is written into
     the field as OSM syntax. Hours that are more than spans of weekdays are not drawn, and the grid is locked. */
  const DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
  const DAY_LIST = "(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:[-,](?:Mo|Tu|We|Th|Fr|Sa|Su))*";
  const SPAN = "\\d?\\d:\\d\\d-\\d?\\d:\\d\\d";
  const RULE = new RegExp(`^(?:(${DAY_LIST}) ?)?(${SPAN}(?:, ?${SPAN})*)$`);
  const DAY_OFF = new RegExp(`^(${DAY_LIST}) (?:off|closed)$`);

  function daysOf(words) {
    if (!words) return [...DAYS.keys()];
    return words.split(",").flatMap((part) => {
      const [first, last = first] = part.split("-").map((day) => DAYS.indexOf(day));
      return [...DAYS.keys()].filter((day) => (first <= last ? day >= first && day <= last : day >= first || day <= last));
    });
  }

  /** A span as two clock times, the second of the next day where it is not after the first; null where it is longer. */
  function clockSpan(words) {
    const [from, to] = words.trim().split("-").map((time) => time.padStart(5, "0"));
    if (to < "24:00") return [from, to];
    const next = `${String(Number(to.slice(0, 2)) - 24).padStart(2, "0")}${to.slice(2)}`;
    return next <= from ? [from, next] : null;
  }

  /** The spans of each weekday and whether public holidays are off, or null where there is more to the hours. */
  function weekOf(expression) {
    const week = DAYS.map(() => []);
    let holidaysOff = false;
    for (const part of (expression ?? "").split(";").map((text) => text.trim()).filter(Boolean)) {
      const rule = RULE.exec(part === "24/7" ? "Mo-Su 00:00-24:00" : part);
      const off = DAY_OFF.exec(part);
      if (/^PH (?:off|closed)$/.test(part)) holidaysOff = true;
      else if (off) for (const day of daysOf(off[1])) week[day] = [];
      else if (rule) {
        const spans = rule[2].split(",").map(clockSpan);
        if (spans.includes(null)) return null;
        for (const day of daysOf(rule[1])) week[day] = spans;
      } else return null;
    }
    return { week, holidaysOff };
  }

  function showWeek() {
    const grid = document.getElementById("week-grid");
    if (!grid) return null;
    const locked = document.getElementById("week-locked");
    const typed = document.querySelector("input[name=hours]");
    const follows = document.querySelector("select[name=follows_workdays]");
    let holidaysOff = false;
    let saidOfWorkdays = "";
    const rows = DAYS.map((day, number) => {
      const name = say(`manage.day_${number}`);
      const spans = element("span", { class: "spans" });
      const add = element("button", { type: "button", class: "button plain" }, say("manage.add_span"));
      const copy = element("button", { type: "button", class: "button plain", "aria-label": say("manage.copy_down_from", { day: name }) }, say("manage.copy_down"));
      const row = { day, name, spans };
      grid.append(element("div", { class: "week-row" }, element("b", {}, name), spans, add, ...(number < 6 ? [copy] : [])));
      add.addEventListener("click", () => { addSpan(row, "08:30", "17:30"); written(); });
      copy.addEventListener("click", () => {
        for (const other of rows.slice(number + 1)) setSpans(other, spansOf(row));
        written();
      });
      return row;
    });
    const spansOf = (row) =>
      [...row.spans.querySelectorAll(".span")].map((span) => [...span.querySelectorAll("input")].map((input) => input.value));
    function setSpans(row, spans) {
      row.spans.replaceChildren();
      for (const [from, to] of spans) addSpan(row, from, to);
    }
    function addSpan(row, from, to) {
      for (const note of row.spans.querySelectorAll(".muted")) note.remove();
      const drop = element("button", { type: "button", class: "button plain", "aria-label": `${row.name} ${say("manage.drop_span")}` }, "×");
      const time = (value, key) => element("input", { type: "time", value, required: true, "aria-label": say(key, { day: row.name }) });
      const span = element("span", { class: "span" }, time(from, "manage.opens_on"), "–", time(to, "manage.closes_on"), drop);
      drop.addEventListener("click", () => { span.remove(); written(); });
      for (const input of span.querySelectorAll("input")) input.addEventListener("change", written);
      row.spans.append(span);
    }
    /* A day without spans is closed only where there are hours at all; else nothing is known of it. */
    function noteEmptyDays() {
      const known = rows.some((row) => spansOf(row).length) || holidaysOff;
      for (const row of rows.filter((one) => !spansOf(one).length)) {
        row.spans.replaceChildren(element("span", { class: "muted" }, say(known ? "manage.closed_day" : "manage.hours_not_filled")));
      }
    }
    const untilMidnight = (time) => (time === "00:00" ? "24:00" : time);
    const wordsOf = (row) =>
      spansOf(row).filter(([from, to]) => from && to).map(([from, to]) => `${from}-${untilMidnight(to)}`).join(",");
    function written() {
      const runs = [];
      for (const row of rows) {
        const words = wordsOf(row);
        const last = runs.at(-1);
        if (last && last.words === words) last.days.push(row.day);
        else runs.push({ days: [row.day], words });
      }
      const days = (run) => (run.days.length > 1 ? `${run.days[0]}-${run.days.at(-1)}` : run.days[0]);
      const told = runs.filter((run) => run.words).map((run) => `${days(run)} ${run.words}`);
      if (!told.length) holidaysOff = false;
      typed.value = told.join("; ") + (holidaysOff ? "; PH off" : "");
      if (!follows.value) follows.value = saidOfWorkdays; // words in the field told it, and they are gone now
      noteEmptyDays();
      typed.dispatchEvent(new CustomEvent("input", { detail: "grid" }));
    }
    function lock(on, { told = on } = {}) {
      grid.classList.toggle("locked", on);
      grid.hidden = told;
      locked.hidden = !told;
      for (const control of grid.querySelectorAll("button, input")) control.disabled = on;
    }
    /** Show hours that the server understood (`expression`), or that there are none; null with words is not drawn. */
    function fill(expression, { words = "", workdays = "" } = {}) {
      const drawn = expression === null && words.trim() ? null : weekOf(expression);
      saidOfWorkdays = workdays;
      if (drawn) {
        holidaysOff = drawn.holidaysOff;
        rows.forEach((row, number) => setSpans(row, drawn.week[number]));
        noteEmptyDays();
      }
      lock(drawn === null || typed.matches(":disabled"), { told: drawn === null });
    }
    /** Hold the grid until the server has told what was typed, lest a press of a button overwrites it. */
    const wait = () => lock(true, { told: !locked.hidden });
    return { fill, wait };
  }

  /* What hours mean, while they are typed: in words, and in the grid. */
  function showPreview(week) {
    const form = document.getElementById("hours-form");
    if (!form) return;
    const typed = form.querySelector("input[name=hours]");
    const follows = form.querySelector("select[name=follows_workdays]");
    const told = document.getElementById("hours-preview");
    const token = document.querySelector("input[name=csrf_token]").value;
    let asked = 0;
    let fromGrid = false;
    async function ask() {
      const mine = ++asked;
      const words = typed.value;
      if (!words.trim()) {
        told.replaceChildren();
        if (!fromGrid) week.fill(null);
        return;
      }
      const body = new URLSearchParams({ hours: words, follows_workdays: follows.value, csrf_token: token });
      const response = await fetch(form.dataset.preview, { method: "POST", body }).catch(() => null);
      if (mine !== asked || !response?.ok) return;
      const answer = await response.json();
      const lines = answer.expression === null
        ? [say("manage.hours_not_understood", { words: answer.not_understood.join("、") || words })]
        : [say("manage.hours_means", { words: answer.words }), ...answer.lines];
      told.replaceChildren(...lines.map((line) => element("p", { class: answer.expression === null ? "wrong" : "" }, line)));
      if (!fromGrid) week.fill(answer.expression, { words, workdays: answer.follows_workdays });
    }
    let waiting = 0;
    const soon = () => { clearTimeout(waiting); waiting = setTimeout(ask, 300); };
    typed.addEventListener("input", (event) => {
      fromGrid = event.detail === "grid";
      asked += 1; // an answer under way is about words that stand there no more
      if (!fromGrid) week.wait();
      soon();
    });
    follows.addEventListener("change", soon);
    week.wait();
    ask();
  }

  /* A count means that the service is there; without the service there is no count. */
  function tieCounts() {
    for (const count of document.querySelectorAll(".service-boxes input[type=number]")) {
      const box = count.parentElement.querySelector("input[type=checkbox]");
      count.addEventListener("input", () => { if (count.value !== "") box.checked = true; });
      box.addEventListener("change", () => { if (!box.checked) count.value = ""; });
    }
  }

  /* The station that takes the place of a merged one must be named. */
  function askForMerged() {
    const closed = document.querySelector("select[name=closed]");
    const into = document.querySelector("input[name=merged_into]");
    if (!closed || !into) return;
    const follow = () => { into.required = closed.value === "merged"; };
    closed.addEventListener("change", follow);
    follow();
  }

  /* How far a job is, asked twice a second until it has ended. */
  async function followJob() {
    const told = document.getElementById("job");
    if (!told) return;
    const bar = document.getElementById("job-bar");
    for (;;) {
      const response = await fetch(`/api/jobs/${told.dataset.job}?lang=${page.lang}`).catch(() => null);
      const job = response?.ok ? await response.json() : null;
      if (!job) {
        told.textContent = say("manage.job_unseen");
      } else if (job.state === "queued" || job.state === "running") {
        told.textContent = job.progress ? job.progress.words : say(job.state === "queued" ? "manage.job_waits" : "manage.job_running");
        if (job.progress) bar.value = job.progress.done / Math.max(1, job.progress.total);
      } else {
        told.textContent = job.state === "failed" ? say("manage.job_failed", { why: job.error?.message ?? "" }) : say(`manage.job_${job.state}`);
        if (job.state === "done") bar.value = 1;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  showMoves();
  showPins();
  const week = showWeek();
  if (week) showPreview(week);
  tieCounts();
  askForMerged();
  followJob();
})();
