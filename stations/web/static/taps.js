/* At the door: got in, locked, not found. No account and no position: what is sent is a station, an answer, its minute
 * and a name for the tap, so that it counts once however often it is sent. Without a net it waits on this phone. */
(() => {
  "use strict";

  const { say, element, named: isolated, symbol, metresBetween, recall, remember, ask } = window.Stations;
  const QUEUE_KEY = "stations.taps";
  const TOLD_KEY = "stations.tapped";
  const ANSWERS = [["got_in", "page.yes"], ["locked", "page.lock"], ["not_found", "page.ask"]];
  const AT_DOOR_M = 150;
  const FIX_LASTS_MS = 5 * 60000;
  const ONE_VOICE_MS = 3600000;
  const WAITS_AT_MOST_MS = 24 * 3600000;
  const sending = { now: null };

  /** Whether this phone's own fix, fresh and precise enough to tell, is at the station. */
  function isAtDoor(feature, fix) {
    if (!fix || fix.accuracy > AT_DOOR_M || Date.now() - fix.at > FIX_LASTS_MS) return false;
    const { entrance } = feature.properties;
    return [feature.geometry.coordinates, entrance].filter(Boolean)
      .some(([lon, lat]) => metresBetween(fix, { lon, lat }) <= AT_DOOR_M);
  }

  const hasSpoken = (stationId) => Date.now() - (recall(TOLD_KEY, {})[stationId] || 0) < ONE_VOICE_MS;

  /** A name that no other tap bears. */
  function newName() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  const waiting = () =>
    recall(QUEUE_KEY, []).filter((tap) => Date.now() - Date.parse(tap.at) < WAITS_AT_MOST_MS);

  const without = (tapId) => waiting().filter((tap) => tap.tap_id !== tapId);

  /** Send what waits, one after the other; the number that was sent, and what was said of one that was refused. */
  async function sendAll() {
    let sent = 0;
    let refused = null;
    for (const tap of waiting()) {
      const answer = await ask("/api/taps", tap);
      if (answer.away || answer.status === 429 || answer.status >= 500) break;
      remember(QUEUE_KEY, without(tap.tap_id));
      if (answer.problem) refused = answer.problem;
      else sent += 1;
    }
    return { sent, refused };
  }

  /** Send what waits, once at a time in all windows of this browser. */
  function send() {
    if (!sending.now) {
      const held = navigator.locks ? navigator.locks.request(QUEUE_KEY, sendAll) : sendAll();
      sending.now = held.finally(() => {
        sending.now = null;
      });
    }
    return sending.now;
  }

  async function tap(found, answer, told) {
    const at = `${new Date().toISOString().slice(0, 16)}:00Z`;
    remember(QUEUE_KEY, [...waiting(), { station_id: found.station_id, answer, at, tap_id: newName() }]);
    remember(TOLD_KEY, { ...recall(TOLD_KEY, {}), [found.station_id]: Date.now() });
    told.textContent = say("page.door_thanks");
    const { refused } = await send();
    if (refused) told.textContent = say("page.door_refused", { problem: refused });
    else if (waiting().length) told.textContent = say("page.door_waits");
  }

  /** The question at the door of one station, with its name where it does not stand beside it; null where this phone is not there, or has answered within the hour. */
  function doorRow(feature, fix, { named = false } = {}) {
    const found = feature.properties;
    if (!isAtDoor(feature, fix) || hasSpoken(found.station_id)) return null;
    const told = element("p", { class: "muted", role: "status" });
    const buttons = element("div", { class: "actions" });
    const row = element("div", { class: "door" }, element("p", {}, ...(named ? [isolated(found.name), " · "] : []), element("b", {}, say("page.door_ask")), " ",
      element("span", { class: "muted" }, say("page.door_note"))), buttons, told);
    for (const [answer, drawing] of ANSWERS) {
      const words = say(`page.door_${answer}`);
      const button = element("button", { type: "button", class: "button", "aria-label": say("page.door_of", { name: found.name, answer: words }) },
        symbol(drawing), words);
      button.addEventListener("click", () => {
        buttons.remove();
        tap(found, answer, told);
      });
      buttons.append(button);
    }
    return row;
  }

  window.Stations.taps = { doorRow, send, countWaiting: () => waiting().length };
})();
