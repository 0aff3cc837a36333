// What the page does by itself, besides its keys (keys.js). Everything else is links and forms.
"use strict";
const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Lists narrowed by what is typed, also by what was typed before this script was there.
for (const search of all("[data-narrow]")) {
  const narrow = () => {
    const words = search.value.trim().toLowerCase();
    let shown = 0;
    for (const row of all(search.dataset.narrow)) {
      row.hidden = Boolean(words) && !row.textContent.toLowerCase().includes(words);
      shown += row.hidden ? 0 : 1;
    }
    find("[data-none]").hidden = shown > 0;
  };
  search.addEventListener("input", narrow);
  if (search.value) narrow();
}

// A run that is watched: the part that has changed comes from the server; when its state changes, the view is asked for anew.
for (const place of all("[data-events]")) {
  const events = new EventSource(place.dataset.events);
  events.addEventListener("progress", (event) => { place.innerHTML = event.data; });
  events.addEventListener("changed", () => { events.close(); location.reload(); });
  addEventListener("pagehide", () => events.close());
}

// Figures answer: what a mark stands for is said where the pointer is, and, in a figure that has the focus, by the arrow keys.
const said = document.createElement("p");
said.className = "mark-said";
said.setAttribute("role", "status");
document.body.append(said);
let marked = null;
function answer(mark) {
  marked?.classList.remove("marked");
  marked = mark;
  said.textContent = mark ? mark.dataset.said : "";
  if (!mark) return;
  mark.classList.add("marked");
  const box = mark.getBoundingClientRect();
  said.style.left = `${Math.max(8, Math.min(innerWidth - said.offsetWidth - 8, box.left + box.width / 2 + 12))}px`;
  said.style.top = `${Math.max(8, box.top - said.offsetHeight - 8)}px`;
}
document.addEventListener("pointerover", (event) => answer(event.target.closest?.("[data-said]") ?? null));
document.addEventListener("focusout", () => answer(null));
document.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches?.(".panels, .plot")) return;
  const marks = all("[data-said]", event.target);
  if (!marks.length) return;
  event.preventDefault();
  const next = marks[(marks.indexOf(marked) + step + marks.length) % marks.length];
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
  answer(next);
});

// A figure of what is chosen: drawn anew in its place, at an address that leads back to it.
for (const form of all("form[data-chooses]")) {
  form.addEventListener("change", async () => {
    const asked = new URLSearchParams(new FormData(form));
    const address = `${location.pathname}?${asked}`;
    await htmx.ajax("GET", address, { target: form.dataset.chooses, swap: "innerHTML" });
    history.replaceState(null, "", address);
  });
}

// A file of data that lies elsewhere is sent as it is; the answer is the address of what was understood, or what is wrong.
for (const form of all("form[data-opens]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [file] = find("input[type=file]", form).files;
    const place = find("[data-said]", form);
    const address = `${form.dataset.opens}?name=${encodeURIComponent(file.name)}`;
    const answer = await fetch(address, { method: "POST", body: file, headers: { "HX-Request": "true" } }).catch(() => null);
    if (answer?.ok) location.assign(await answer.text());
    else if (answer?.headers.get("content-type").includes("html")) place.innerHTML = await answer.text();
    else place.textContent = answer ? await answer.text() : document.body.dataset.failed;
  });
}

// What comes in parts: what an address points at may be among them; what could not be had is said.
document.addEventListener("htmx:after:swap", () => {
  const wanted = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (wanted && !wanted.dataset.reached) { wanted.dataset.reached = "yes"; wanted.scrollIntoView(); }
});
document.addEventListener("htmx:error", (event) => {
  for (const waiting of all("[role=status]", event.target)) waiting.textContent = document.body.dataset.failed;
});
