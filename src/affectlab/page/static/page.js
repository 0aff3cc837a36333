// What the page does by itself: search by "/", and the keys for next and previous. Everything else is links and forms.
"use strict";
const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Keys. Never while something is being typed.
const STEPS = { j: [1, "[data-conversations] a"], k: [-1, "[data-conversations] a"], "]": [1, "[data-question]"], "[": [-1, "[data-question]"] };
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of all("details.menu[open]")) { menu.open = false; find("summary", menu).focus(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const search = find("[type=search]");
  if (event.key === "/" && search) { event.preventDefault(); search.focus(); search.select(); }
  const [step, selector] = STEPS[event.key] ?? [];
  if (!step) return;
  const places = all(selector).filter((one) => one.checkVisibility());
  if (!places.length) return;
  const now = document.activeElement.closest(selector);
  const at = now ? places.indexOf(now) : places.findIndex((one) => one.hasAttribute("aria-current"));
  const next = places[Math.min(places.length - 1, Math.max(0, at + step))];
  next.focus();
  if (next.matches("[data-conversations] a")) next.click();
});

// Lists narrowed by what is typed.
for (const search of all("[data-narrow]")) {
  search.addEventListener("input", () => {
    const words = search.value.trim().toLowerCase();
    let shown = 0;
    for (const row of all(search.dataset.narrow)) {
      row.hidden = Boolean(words) && !row.textContent.toLowerCase().includes(words);
      shown += row.hidden ? 0 : 1;
    }
    find("[data-none]").hidden = shown > 0;
  });
}

// A run that is watched: the part that has changed comes from the server; when its state changes, the view is asked for anew.
for (const place of all("[data-events]")) {
  const events = new EventSource(place.dataset.events);
  events.addEventListener("progress", (event) => { place.innerHTML = event.data; });
  events.addEventListener("changed", () => { events.close(); location.reload(); });
  addEventListener("pagehide", () => events.close());
}
