/* The search as this phone does it alone: straight lines times a factor, and doors by the table that came with the
 * list. It answers what `/api/nearest` answers, and says of every time that it is an estimate. */
(() => {
  "use strict";

  const { page, metresBetween } = window.Stations;
  const DETOUR = 1.3;
  const SOON_S = 3600;
  const LIMIT = 20;
  const MINUTE_MS = 60000;
  const NO_REGISTRATION = new Set(["walk_in", "staffed", "ring", "door_code"]);

  /** An instant as ISO text on the clock of the region, whose offset `like` bears. */
  function isoOf(ms, like) {
    const offset = like.slice(19) || "Z";
    const sign = offset[0] === "-" ? -1 : 1;
    const minutes = offset === "Z" ? 0 : sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6)));
    return new Date(ms + minutes * MINUTE_MS).toISOString().slice(0, 19) + offset;
  }

  /** The number of the pair of a course that holds a minute. */
  function stretchAt(course, minute) {
    let at = 0;
    while (at + 1 < course.length && course[at + 1][0] <= minute) at += 1;
    return at;
  }

  function nextOpening(course, from) {
    for (const [minute, state] of course.slice(from + 1)) {
      if (state !== "closed") return state === "open" ? minute : null;
    }
    return null;
  }

  /** What somebody finds who sets out at `leftMs` and is at the door `travelS` later; as `Timetable.arrival` says it. */
  function arrivalAt(course, hours, leftMs, travelS) {
    const start = Date.parse(hours.from);
    const left = (leftMs - start) / MINUTE_MS;
    const arrived = left + travelS / 60;
    const unknown = { state: "unknown", usable_in_s: null, open_until: null, opens_at: null, holidays_unconfirmed: false };
    if (left < 0 || arrived >= hours.days * 1440) return { ...unknown, stale: true };
    const at = stretchAt(course, arrived);
    const state = course[at][1];
    const moment = (minute) => isoOf(start + minute * MINUTE_MS, hours.from);
    if (state === "open") {
      const until = at + 1 < course.length ? moment(course[at + 1][0]) : null;
      return { ...unknown, state, usable_in_s: travelS, open_until: until };
    }
    if (state !== "closed") return { ...unknown, holidays_unconfirmed: state === "unconfirmed" };
    const opens = nextOpening(course, at);
    const opensAt = opens === null ? null : moment(opens);
    if (opens !== null && (opens - arrived) * 60 <= SOON_S) {
      return { ...unknown, state: "opens_later", usable_in_s: Math.round((opens - left) * 60), opens_at: opensAt };
    }
    const wasOpen = course[stretchAt(course, left)][1] === "open";
    return { ...unknown, state: wasOpen ? "closes_before_arrival" : "closed", opens_at: opensAt };
  }

  /** Seconds by straight line times the factor, without parking. */
  const secondsOf = (metres, mode) => Math.ceil((metres * DETOUR * 3.6) / page.speeds[mode].speed_kmh);

  function offers(found, question) {
    return question.need.every((need) => page.answers[need].some((service) => service in found.services)) &&
      question.service.every((service) => service in found.services) &&
      (!question.no_registration || NO_REGISTRATION.has(found.entry));
  }

  function passes(found, question) {
    if (question.open_on_arrival && found.state !== "open") return false;
    if (question.always_open && !(found.state === "open" && found.open_until === null)) return false;
    if (question.budget_min === undefined) return true;
    return found.state === "unknown" ? found.travel_s + found.home_s <= question.budget_min * 60 : found.spare_s !== null && found.spare_s >= 0;
  }

  function spareOf(found, question, leftMs) {
    if (question.budget_min === undefined || found.usable_in_s === null) return null;
    const stay = question.budget_min * 60 - found.usable_in_s - found.home_s;
    if (!found.open_until) return stay;
    return Math.min(stay, Math.round((Date.parse(found.open_until) - leftMs) / 1000) - found.usable_in_s);
  }

  function measured(feature, question, hours, leftMs) {
    const { properties } = feature;
    const [lon, lat] = properties.entrance || feature.geometry.coordinates;
    const there = metresBetween(question, { lon, lat });
    const parking = page.speeds[question.mode].parking_s;
    const walkIn = properties.entrance_s || 0;
    const travel = secondsOf(there, question.mode) + parking + walkIn;
    const back = secondsOf(there, question.mode) + walkIn;
    const next = question.next_lon === undefined ? null : { lon: question.next_lon, lat: question.next_lat };
    const onward = next ? secondsOf(metresBetween({ lon, lat }, next), question.mode) + walkIn : null;
    const direct = next ? secondsOf(metresBetween(question, next), question.mode) : null;
    const found = {
      ...properties, travel_s: travel, return_s: back, onward_s: onward, travel_reason: null,
      detour_s: next ? Math.max(0, travel + onward - direct) : null, home_s: next ? onward : back,
      straight_line_m: Math.round(there), to_gate: Boolean(properties.entrance) && properties.entrance_s === null,
      state_at: "arrival", estimated: true, taps: null,
      links: { geo: `geo:${lat.toFixed(6)},${lon.toFixed(6)}?q=${lat.toFixed(6)},${lon.toFixed(6)}(${encodeURIComponent(properties.name)})` },
      ...arrivalAt(hours.courses[properties.course], hours, leftMs, travel),
    };
    found.spare_s = spareOf(found, question, leftMs);
    return { ...feature, properties: found };
  }

  const GROUPS = { open: 0, opens_later: 0, unknown: 1, closes_before_arrival: 2, closed: 2 };

  function rank({ properties: found }) {
    const group = GROUPS[found.state];
    return [group, (group === 0 ? found.usable_in_s : found.travel_s) + (found.onward_s || 0), found.station_id];
  }

  function byRank(a, b) {
    const [x, y] = [rank(a), rank(b)];
    return x[0] - y[0] || x[1] - y[1] || (x[2] < y[2] ? -1 : 1);
  }

  const first = (features, before) => [...features].sort(before)[0] || null;

  function insteadOf(fitting, all) {
    const shut = fitting.filter(({ properties }) => properties.opens_at);
    const open = fitting.filter(({ properties }) => properties.state === "open");
    const nearer = (a, b) => a.properties.travel_s - b.properties.travel_s;
    const sooner = (a, b) => Date.parse(a.properties.opens_at) - Date.parse(b.properties.opens_at) || nearer(a, b);
    const places = all.filter(({ properties }) => properties.kind === "public_place" && properties.state === "open");
    return { next_to_open: first(shut, sooner), nearest_open: first(open, nearer), public: places.sort(nearer).slice(0, 3) };
  }

  /** The answer of `/api/nearest` to a question with lon and lat, from the kept list; `leftMs` is when one sets out. */
  function search(kept, question, leftMs) {
    const { hours } = kept;
    const all = kept.features.map((feature) => measured(feature, question, hours, leftMs));
    const ours = all.some(({ properties }) => properties.kind !== "public_place");
    const listed = ours ? all.filter(({ properties }) => properties.kind !== "public_place") : all;
    const fitting = listed.filter(({ properties }) => offers(properties, question));
    const features = fitting.filter(({ properties }) => passes(properties, question)).sort(byRank).slice(0, LIMIT);
    const usable = features.some(({ properties }) => GROUPS[properties.state] === 0);
    return {
      features, instead: usable ? null : insteadOf(fitting, all), when: isoOf(leftMs, hours.from), mode: question.mode,
      origin: { snap_m: 0, on_main: true }, offline: { factor: DETOUR, date: kept.dates.stations || null },
      stale: all.length > 0 && all.every(({ properties }) => properties.stale),
    };
  }

  /** The instant that a `datetime-local` text means on the region's clock, whose offset `like` bears. */
  const instantOf = (text, like) => Date.parse(`${text.length === 16 ? `${text}:00` : text}${like.slice(19)}`);

  window.Stations.search = { search, arrivalAt, instantOf };
})();
