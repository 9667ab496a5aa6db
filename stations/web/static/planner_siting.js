/* New sites on the planner's map, numbered as in their table, and the proof of them: how far it is, and its answer. */
(() => {
  "use strict";

  const { page, ask, desk, addNumbered, makeRoom, deskMap: map } = window.Stations;
  const POLL_MS = 1000;
  const MOST_OUTLINED = 8;
  const OUTLINE = { color: "#1b1f24", weight: 1.5, dashArray: "5 4", fillColor: "#0b5cad", fillOpacity: 0.12 };
  const drawn = L.layerGroup().addTo(map);

  const byId = (id) => document.getElementById(id);

  /** Mark the sites of the table, and outline what the first of them would add. */
  async function drawSites() {
    drawn.clearLayers();
    const rows = [...document.querySelectorAll("#siting [data-rank]")];
    for (const row of rows) {
      const { rank, lon, lat } = row.dataset;
      addNumbered(drawn, [lat, lon], rank, { className: "site-mark", text: row.querySelector("th").textContent, line: row.id, first: true });
    }
    makeRoom(map);
    for (const { dataset: { lon, lat } } of rows.slice(0, MOST_OUTLINED)) {
      const answer = await ask("/api/what-if", { ...desk.asked, lon, lat });
      if (answer.geometry) L.geoJSON(answer.geometry, { interactive: false, style: OUTLINE }).addTo(drawn);
    }
  }

  /** Take over the part of the page on new sites as it is now. */
  async function refresh() {
    const response = await fetch(window.location.href);
    const fresh = response.ok && new DOMParser().parseFromString(await response.text(), "text/html").getElementById("siting");
    if (!fresh) return;
    byId("siting").replaceWith(document.adoptNode(fresh));
    byId("desk-status").textContent = byId("proof").textContent;
    drawSites();
  }

  async function follow() {
    const { job: id } = byId("proof").dataset;
    const job = await ask(`/api/jobs/${id}?lang=${page.lang}`);
    if (job.ended_at) {
      await refresh();
      return;
    }
    const state = job.problem || [job.state_text, job.progress && job.progress.text].filter(Boolean).join(" · ");
    if (byId("proof-state").textContent !== state) byId("proof-state").textContent = state;
    if (job.progress) Object.assign(byId("proof-bar"), { max: job.progress.total, value: job.progress.done });
    window.setTimeout(follow, POLL_MS);
  }

  drawSites();
  if (byId("proof") && byId("proof").dataset.job) follow();
})();
