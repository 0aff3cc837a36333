// Keys: search by "/", next and previous, and Escape. Loaded before anything is shown, so that a key always has a listener.
"use strict";
{
  const all = (selector) => [...document.querySelectorAll(selector)];
  const STEPS = { j: [1, "[data-conversations] a"], k: [-1, "[data-conversations] a"], "]": [1, "[data-question]"], "[": [-1, "[data-question]"] };

  function obey(key) {
    if (key === "Escape") {
      for (const menu of all("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
      return;
    }
    const search = document.querySelector("[type=search]");
    if (key === "/" && search) { search.focus(); search.select(); }
    const [step, selector] = STEPS[key] ?? [];
    if (!step) return;
    const places = all(selector).filter((one) => one.checkVisibility());
    if (!places.length) return;
    const now = document.activeElement.closest(selector);
    const at = now ? places.indexOf(now) : places.findIndex((one) => one.hasAttribute("aria-current"));
    const next = places[Math.min(places.length - 1, Math.max(0, at + step))];
    next.focus();
    if (next.matches("[data-conversations] a")) next.click();
  }

  document.addEventListener("keydown", (event) => {
    // never while something is being typed
    const typing = event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select");
    if (typing && event.key !== "Escape") return;
    if (event.key === "/" && document.querySelector("[type=search]")) event.preventDefault();
    // while the page is still being read, a key waits for the rest of it
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => obey(event.key));
    else obey(event.key);
  });
}
