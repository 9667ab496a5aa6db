/* folium makes the content of its popups by `$(html)[0]`: this much of jQuery, and no more. */
(() => {
  "use strict";

  window.$ = (html) => {
    const made = document.createElement("template");
    made.innerHTML = html.trim(); // our own map's, all text in it escaped by maps.web_map.safe_text
    return [made.content.firstElementChild];
  };
})();
