// The builder: what is changed in the form or in the file is sent, one change after the other, and both come back.
"use strict";
{
  const work = document.getElementById("work");
  const text = () => document.getElementById("text");
  let queue = Promise.resolve();
  let costing;

  // What the server needs to know of the file: it keeps nothing between two requests.
  const sent = () => {
    const file = document.getElementById("sent").dataset;
    return { kind: file.kind, path: file.path, in: file.in, saved: file.saved, text: text().value };
  };
  const post = (address, target, values, swap) =>
    htmx.ajax("POST", address, { source: target, target, swap, values: { ...sent(), ...values } });

  // A control keeps what was typed whatever its attributes say, so it is told what the file says now.
  let named = false;
  const settle = (typed) => {
    for (const one of work.querySelectorAll("[data-enter], [data-rename], #text, #file-name")) {
      if (one.id === "file-name" && named) continue;
      if (one === document.activeElement && one.tagName !== "SELECT" && one.type !== "checkbox" && !(one === text() && one.value === typed)) continue;
      if (one.type === "checkbox") one.checked = one.defaultChecked;
      else if (one.tagName === "SELECT") for (const option of one.options) option.selected = option.defaultSelected;
      else if (one.value !== one.defaultValue) one.value = one.defaultValue;
    }
    for (const one of work.querySelectorAll(".entry .head input")) one.size = Math.max(12, one.value.length);
  };
  // One change after the other: each is made in the file that came of the one before.
  let pending = 0;
  const count = (by) => { pending += by; work.dataset.pending = pending; };
  const then = (step) => {
    count(1);
    queue = queue.then(step).catch((error) => console.error(error)).finally(() => count(-1));
  };
  // What is only shown follows the changes so far, and none waits for it.
  const show = (address, target, values) => {
    count(1);
    queue.then(() => post(address, target, values, "innerHTML")).catch((error) => console.error(error)).finally(() => count(-1));
  };
  const change = (values) => then(async () => {
    const typed = text().value;
    await post("/build/change", "#work", values, "innerMorph");
    settle(typed);
    cost();
  });
  const cost = () => {
    if (!work.dataset.cost) return;
    clearTimeout(costing);
    costing = setTimeout(() => show("/build/cost", "#cost", {}), 400);
  };

  // Everything that stands in one field.
  const entered = (holder) => {
    const controls = [...holder.querySelectorAll("[data-enter]")].filter((one) => one.closest("[data-place]") === holder);
    return controls.flatMap((one) => {
      if ("truth" in one.dataset) return [one.checked ? "true" : "false"];
      if (one.type === "checkbox") return one.checked ? [one.value] : [];
      return "lines" in holder.dataset ? one.value.split("\n") : [one.value];
    });
  };

  work.addEventListener("change", (event) => {
    const one = event.target;
    if (one === text() || !("enter" in one.dataset || "rename" in one.dataset)) return;
    if ("rename" in one.dataset) {
      change({ action: "rename", place: one.dataset.rename, values: JSON.stringify([one.value]) });
      return;
    }
    const holder = one.closest("[data-place]");
    change({ action: "set", place: holder.dataset.place, values: JSON.stringify(entered(holder)) });
  });

  let typing;
  work.addEventListener("input", (event) => {
    if (event.target.id === "file-name") named = true;
    if (event.target !== text()) return;
    clearTimeout(typing);
    typing = setTimeout(() => change({ action: "text" }), 500);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.act) {
      const from = button.dataset.from && document.getElementById(button.dataset.from);
      const value = from ? from.value : button.dataset.value;
      if (from) from.value = "";
      change({ action: button.dataset.act, place: button.dataset.place, values: JSON.stringify(value === undefined ? [] : [value]) });
    } else if ("save" in button.dataset) {
      const name = document.getElementById("file-name");
      then(async () => {
        const typed = text().value;
        await post("/build/save", "#work", { name: name ? name.value : "" }, "innerMorph");
        if (document.getElementById("text")) settle(typed);
      });
    } else if (button.dataset.ask === "preview") preview();
    else if (button.dataset.ask === "power") {
      const run = document.getElementById("power-run").value;
      show("/build/power", "#power", { run });
    }
  });

  const preview = () => {
    const levels = {};
    for (const one of document.querySelectorAll("#previewed [data-level]")) levels[`level-${one.dataset.level}`] = one.value;
    show("/build/preview", "#previewed", levels);
  };
  document.addEventListener("change", (event) => {
    if (!("level" in event.target.dataset)) return;
    preview();
  });

  work.dataset.pending = 0;
  cost();
}
