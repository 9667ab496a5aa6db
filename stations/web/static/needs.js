/* What is asked for: needs, mode, time, filters; read from the form, remembered where that helps. */
(() => {
  "use strict";

  const { page, say, recall, remember } = window.Stations;
  const MODE_KEY = "stations.mode";
  const FLAGS = ["open_on_arrival", "no_registration", "always_open"];

  const form = document.getElementById("ask");
  const panel = document.getElementById("filters");
  const filterWords = document.getElementById("filter-words");
  const field = (name) => form.elements.namedItem(name);

  const chosen = (name) => [...form.querySelectorAll(`input[name=${name}]:checked`)].map((box) => box.value);

  /** What the form asks, without places. */
  function question() {
    const asked = { mode: field("mode").value, need: chosen("need"), service: chosen("service"), lang: page.lang };
    for (const name of FLAGS) if (field(name).checked) asked[name] = true;
    const budget = Number(field("budget_min").value);
    if (budget) asked.budget_min = budget;
    if (field("when").value) asked.when = field("when").value;
    return asked;
  }

  const countFilters = () =>
    FLAGS.filter((name) => field(name).checked).length + chosen("service").length +
    (field("when").value ? 1 : 0) + (field("next").value.trim() ? 1 : 0);

  function showCount() {
    const count = countFilters();
    filterWords.textContent = count ? say("page.filters_count", { count }) : say("page.filters");
    panel.classList.toggle("active", count > 0);
    field("budget_min").classList.toggle("active", field("budget_min").value !== "");
  }

  function clearNeeds() {
    for (const box of form.querySelectorAll("input[name=need]:checked")) box.checked = false;
  }

  function clearFilters() {
    for (const box of form.querySelectorAll("#filters input[type=checkbox]")) box.checked = false;
    field("when").value = "";
    field("next").value = "";
    showCount();
  }

  function clearBudget() {
    field("budget_min").value = "";
    showCount();
  }

  const recalled = recall(MODE_KEY);
  const mode = field("mode");
  if (!new URLSearchParams(location.search).has("mode") && [...mode.options].some((option) => option.value === recalled)) {
    mode.value = recalled;
  }
  form.querySelector("input[value=truck]").addEventListener("change", ({ target }) => {
    // Who asks where to park a truck and never said how they travel is not on an e-bike.
    if (target.checked && recall(MODE_KEY) === null && [...mode.options].some(({ value }) => value === "car")) mode.value = "car";
  });
  mode.addEventListener("change", () => remember(MODE_KEY, mode.value));
  form.addEventListener("change", showCount);
  document.getElementById("filters-done").addEventListener("click", () => {
    panel.open = false;
    panel.querySelector("summary").focus();
  });
  showCount();

  window.Stations.needs = { form, question, clearNeeds, clearFilters, clearBudget, showCount };
})();
