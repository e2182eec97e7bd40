// The fields: which one is active, which are confirmed, what comes next, readings and suggestions, and undo.
import { asRead, inputOf, read, reconcile, same, toggleIllegible, write } from "./answers.js";

/** Start the fields of the review form; `form` is null on screens without one. `saver` keeps every change. */
export function startFields(form, viewer, saver) {
  if (!form) return null;
  const items = [...form.querySelectorAll(".item")];
  const finish = document.querySelector("[data-finish]");
  const undone = [];
  const settled = new Map();
  let active = null;

  const itemOf = (element) => element?.closest?.(".item");

  function activate(item) {
    active = item;
    for (const other of items) other.classList.toggle("item--active", other === item);
    viewer.show(item.dataset.field);
  }

  function go(item) {
    const folded = item.closest("details");
    if (folded) folded.open = true;
    const input = inputOf(item);
    input.focus();
    input.select?.();
    if (active !== item) activate(item);  // a window in the background gets no focus event
    item.scrollIntoView({ block: "nearest" });
  }

  function markConfirmed(item) {
    item.dataset.confirmed = "1";
    const badge = item.querySelector("[data-confidence] .kern-badge");
    badge.className = "kern-badge kern-badge--success";
    badge.querySelector(".kern-icon").className = "kern-icon kern-icon--check";
    badge.querySelector(".kern-label").textContent = form.dataset.checked;
    document.querySelector(`.zone[data-field="${CSS.escape(item.dataset.field)}"]`)?.classList.add("zone--done");
  }

  // A change is typed first and settled when the field is left or something else is chosen: then it can be undone.
  function settle(item) {
    const before = settled.get(item), now = read(item);
    if (same(before, now)) return;
    undone.push([item, before]);
    settled.set(item, now);
  }

  function changed(item, soon) {
    for (const wrong of item.querySelectorAll(".error")) wrong.remove();
    item.classList.remove("item--error");
    inputOf(item).removeAttribute("aria-invalid");
    const back = same(read(item), asRead(item));
    item.querySelector("[data-as-read]").hidden = back;
    saver.keep(item, read(item), back, soon);
  }

  function put(item, answer) {
    settle(item);
    write(item, answer);
    settle(item);
    changed(item, true);
  }

  function restore(item, answer) {
    write(item, answer);
    settled.set(item, read(item));
    changed(item, true);
    go(item);
  }

  for (const item of items) {
    // The tick of an answer given in an earlier review is part of what was read; a draft never is.
    item.dataset.before = JSON.stringify({ text: item.dataset.readText, mark: item.dataset.readMark ?? "", reason: "" });
    settled.set(item, read(item));
    item.querySelector("[data-as-read]").hidden = same(read(item), asRead(item));
    item.addEventListener("focusin", () => activate(item));
    item.addEventListener("input", (event) => {
      reconcile(item, event.target);
      changed(item, false);
    });
    item.addEventListener("change", () => {
      settle(item);
      changed(item, true);
    });
    item.addEventListener("click", (event) => {
      const fill = event.target.closest("[data-fill]");
      if (fill) take(item, fill.dataset.fill);
      if (event.target.closest("[data-as-read]")) {
        settle(item);
        undone.push([item, read(item)]);
        restore(item, asRead(item));
      }
    });
  }
  for (const zone of document.querySelectorAll(".zone")) {
    zone.addEventListener("click", () => {
      const item = items.find((each) => each.dataset.field === zone.dataset.field);
      if (item) go(item);
    });
  }
  const all = document.getElementById("sicher");
  all?.addEventListener("toggle", () => {
    if (all.open) form.elements.alle.value = "1";
  });
  if (all && [...all.querySelectorAll("[data-as-read]")].some((button) => !button.hidden)) all.open = true;

  function take(item, text) {
    put(item, { ...read(item), text, mark: "" });
    inputOf(item).focus();
  }

  const wrong = form.querySelector(".item--error");
  const first = wrong ?? form.querySelector(".item--asks");
  const summary = document.querySelector("[data-errors]");
  if (summary) summary.focus();
  else if (first && !document.querySelector(".drop[open]")) go(first);

  return {
    /** The item in which the person works, null before the first. */
    active: () => active,
    take,
    /** Confirm the field that has the focus and go to the next uncertain one; false if no field has it. */
    confirm(element) {
      const item = itemOf(element);
      if (!item) return false;
      settle(item);
      markConfirmed(item);
      const later = items.slice(items.indexOf(item) + 1);
      const next = later.find((each) => each.classList.contains("item--asks"))
        ?? items.find((each) => each.classList.contains("item--asks") && !each.dataset.confirmed);
      if (next && !next.dataset.confirmed) go(next);
      else finish.focus();
      return true;
    },
    finish() { form.requestSubmit(finish); },
    /** Take the n-th reading (from 0), or the suggestion, into the field in which the person works. */
    fill(kind, number) {
      const button = active?.querySelectorAll(`[data-${kind}]`)[number];
      if (button) take(active, button.dataset.fill);
      return Boolean(button);
    },
    illegible() {
      if (!active) return false;
      settle(active);
      reconcile(active, toggleIllegible(active));
      settle(active);
      changed(active, true);
      return true;
    },
    override() {
      const place = active?.querySelector("[data-override]");
      if (!place) return false;
      place.hidden = false;
      place.querySelector("input").focus();
      return true;
    },
    showAll() {
      if (!all) return false;
      all.open = !all.open;
      (all.open ? inputOf(all.querySelector(".item")) : all.querySelector("summary")).focus();
      return true;
    },
    /** Take back the last settled change; false where the browser's own undo has something to take back. */
    undo(element) {
      const item = itemOf(element);
      if (item && /^(text|search)$/.test(element.type) && !same(read(item), settled.get(item))) return false;
      const last = undone.pop();
      if (last) restore(...last);
      return Boolean(last);
    },
  };
}
