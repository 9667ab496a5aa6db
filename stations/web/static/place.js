/* Where somebody is, or has to be: this phone's own fix, or a place that is typed and picked from a list. */
(() => {
  "use strict";

  const { page, say, element, named, ask } = window.Stations;
  const TYPING_PAUSE_MS = 200;
  const FIX = { enableHighAccuracy: true, timeout: 15000, maximumAge: 15000 };

  /** What of a position leaves this phone: 4 decimals, about 10 m. */
  const rounded = ({ lon, lat }) => ({ lon: Math.round(lon * 1e4) / 1e4, lat: Math.round(lat * 1e4) / 1e4 });

  function insideRegion({ lon, lat }) {
    const [west, south, east, north] = page.bounds;
    return lon >= west && lon <= east && lat >= south && lat <= north;
  }

  /** A promise of this phone's own `{lon, lat, accuracy, at}`; fails with the key of what to say. */
  function locate() {
    return new Promise((found, failed) => {
      if (!window.isSecureContext) return failed("page.geo_insecure");
      if (!navigator.geolocation) return failed("page.geo_failed");
      return navigator.geolocation.getCurrentPosition(
        ({ coords }) => found({ lon: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy, at: Date.now() }),
        (problem) => failed(problem.code === problem.PERMISSION_DENIED ? "page.geo_denied" : "page.geo_failed"),
        FIX,
      );
    });
  }

  async function mayLocate() {
    if (!window.isSecureContext || !navigator.permissions || !navigator.geolocation) return false;
    try {
      return (await navigator.permissions.query({ name: "geolocation" })).state === "granted";
    } catch {
      return false; // a browser that cannot tell waits for the button
    }
  }

  /** The kind and township of a place, to tell it from others of its name. */
  function aboutPlace(place) {
    const key = `page.place_category_${place.category}`;
    return [key in page.words ? say(key) : "", place.township].filter(Boolean).join(" · ");
  }

  /**
   * Let a place be typed into `input` and picked from `list`.
   *
   * `onPick(place)` gets what was picked, `onSay(words, wrong)` what is to be told meanwhile.
   */
  function typedPlace(input, list, { onPick, onSay }) {
    const typed = { found: [], active: -1, timer: 0, turn: 0 };

    function close() {
      list.hidden = true;
      typed.active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    async function search() {
      const query = input.value.trim();
      const turn = (typed.turn += 1);
      if (!query) return close();
      let answer = await ask(`/api/places?q=${encodeURIComponent(query)}`);
      if (answer.away) answer = { places: await window.Stations.offline.findPlaces(query), kept: true };
      if (turn !== typed.turn || query !== input.value.trim()) return null;
      typed.found = answer.places || [];
      if (answer.problem) onSay(answer.problem, true);
      else if (!typed.found.length) {
        onSay((answer.kept ? `${say("offline.typed_only_names")} ` : "") + say("page.places_none", { query }), true);
      } else onSay(say("page.places_found", { count: typed.found.length }), false);
      return draw();
    }

    function draw() {
      list.replaceChildren(...typed.found.map((place, index) => {
        const row = element("li", { role: "option", id: `${list.id}-${index}`, "aria-selected": "false" },
          element("b", {}, named(place.name)), element("span", { class: "muted" }, aboutPlace(place)));
        row.addEventListener("pointerdown", (event) => event.preventDefault());
        row.addEventListener("click", () => take(index));
        return row;
      }));
      close();
      list.hidden = !typed.found.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
    }

    function move(step) {
      const count = typed.found.length;
      if (!count || list.hidden) return;
      typed.active = (typed.active + step + (typed.active < 0 && step < 0 ? 1 : 0) + count) % count;
      [...list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === typed.active)));
      input.setAttribute("aria-activedescendant", `${list.id}-${typed.active}`);
      list.children[typed.active].scrollIntoView({ block: "nearest" });
    }

    function take(index) {
      const place = typed.found[index];
      input.value = place.name;
      typed.turn += 1;
      typed.found = [];
      close();
      onPick({ lon: place.lon, lat: place.lat, label: place.name });
    }

    /** Take the best place for what stands in the field; true where there is one. */
    async function takeBest() {
      clearTimeout(typed.timer);
      if (list.hidden || !typed.found.length) await search();
      if (!typed.found.length) return false;
      take(Math.max(typed.active, 0));
      return true;
    }

    input.addEventListener("input", () => {
      clearTimeout(typed.timer);
      typed.timer = setTimeout(search, TYPING_PAUSE_MS);
    });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        move(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Escape") close();
    });
    return { takeBest, close };
  }

  window.Stations.place = { rounded, insideRegion, locate, mayLocate, typedPlace };
})();
