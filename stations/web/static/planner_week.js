/* The week of the planner's desk: an hour is pointed at, moved to by keyboard or finger, and gone to. */
(() => {
  "use strict";

  const { say, element, desk, address } = window.Stations;
  const HOURS = 168;
  const DAY_MS = 86400000;
  const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: -24, PageDown: 24, Home: -HOURS, End: HOURS };
  const told = document.getElementById("hour-told");

  /** The address of the desk at another hour of the week, for what a strip is about. */
  function addressAt(strip, hour) {
    const { key, value } = strip.dataset;
    return address("/planner", { need: key === "need" ? value : null, service: key === "service" ? value : null, when: moment(hour) });
  }

  function moment(hour) {
    const day = new Date(Date.parse(`${desk.monday}T00:00Z`) + Math.floor(hour / 24) * DAY_MS).toISOString().slice(0, 10);
    return `${day}T${String(hour % 24).padStart(2, "0")}:00`;
  }

  function hourWords(strip, hour) {
    const share = strip.dataset.shares.split(" ")[hour];
    return say(share === "" ? "planner.hour_missing" : "planner.hour_told", {
      what: strip.dataset.what, day: say(`planner.weekday_${Math.floor(hour / 24)}`), hour: moment(hour).slice(11), share: `${share} %`,
    });
  }

  /** Have a strip stand at an hour: told in words, and to be gone to by a link that a finger cannot miss. */
  function standAt(strip, hour) {
    const words = hourWords(strip, hour);
    strip.style.setProperty("--hour", hour);
    strip.setAttribute("aria-valuenow", hour);
    strip.setAttribute("aria-valuetext", words);
    told.replaceChildren(words, " ", element("a", { class: "button", href: addressAt(strip, hour) }, say("planner.hour_go")));
  }

  function hourAt(strip, event) {
    const box = strip.getBoundingClientRect();
    return Math.max(0, Math.min(HOURS - 1, Math.floor(((event.clientX - box.left) / box.width) * HOURS)));
  }

  function make(strip) {
    const start = Number(strip.dataset.hour);
    const attributes = { role: "slider", tabindex: "0", "aria-label": strip.dataset.what, "aria-valuemin": 0, "aria-valuemax": HOURS - 1, "aria-valuenow": start, "aria-valuetext": hourWords(strip, start), "aria-describedby": "week-keys" };
    for (const [name, value] of Object.entries(attributes)) strip.setAttribute(name, value);
    strip.style.setProperty("--hour", start);
    strip.addEventListener("pointermove", (event) => standAt(strip, hourAt(strip, event)));
    strip.addEventListener("click", (event) => {
      standAt(strip, hourAt(strip, event));
      if (event.pointerType === "mouse") window.location.assign(addressAt(strip, hourAt(strip, event)));
    });
    strip.addEventListener("focus", () => standAt(strip, Number(strip.getAttribute("aria-valuenow"))));
    strip.addEventListener("keydown", (event) => {
      const hour = Number(strip.getAttribute("aria-valuenow"));
      if (event.key === "Enter") window.location.assign(addressAt(strip, hour));
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      standAt(strip, Math.max(0, Math.min(HOURS - 1, hour + step)));
    });
  }

  for (const strip of document.querySelectorAll(".week-table .strip")) make(strip);
  performance.mark("desk-ready");
})();
