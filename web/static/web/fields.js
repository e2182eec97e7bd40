// The fields: which one is active, which are confirmed, what comes next, and the readings as choices.

/** Start the fields of the review form; `form` is null on screens without one. */
export function startFields(form, viewer) {
  if (!form) return { confirm: () => false, finish() {}, fill() {} };
  const items = [...form.querySelectorAll(".item")];
  const finish = document.querySelector("[data-finish]");

  const itemOf = (element) => element?.closest?.(".item");
  const inputOf = (item) =>
    item.querySelector('input[type="radio"]:checked') ?? item.querySelector('input:not([type="hidden"]), select');

  function activate(item) {
    for (const other of items) other.classList.toggle("item--active", other === item);
    viewer.show(item.dataset.field);
  }

  function go(item) {
    const folded = item.closest("details");
    if (folded) folded.open = true;
    const input = inputOf(item);
    input.focus();
    input.select?.();
    item.scrollIntoView({ block: "nearest" });
  }

  function markConfirmed(item) {
    item.dataset.confirmed = "1";
    const badge = item.querySelector("[data-confidence] .kern-badge");
    badge.className = "kern-badge kern-badge--success";
    badge.querySelector(".kern-icon").className = "kern-icon kern-icon--check";
    badge.querySelector(".kern-label").textContent = "geprüft";
    document.querySelector(`.zone[data-field="${CSS.escape(item.dataset.field)}"]`)?.classList.add("zone--done");
  }

  for (const item of items) {
    item.addEventListener("focusin", () => activate(item));
    const tick = item.querySelector('[name^="leer-"]');
    const input = item.querySelector('[name^="wert-"]');
    tick?.addEventListener("change", () => { if (tick.checked) input.value = ""; });
    if (tick) input.addEventListener("input", () => { if (input.value) tick.checked = false; });
  }
  for (const button of form.querySelectorAll("[data-fill]")) {
    button.addEventListener("click", () => fill(itemOf(button), button));
  }
  for (const zone of document.querySelectorAll(".zone")) {
    zone.addEventListener("click", () => {
      const item = items.find((each) => each.dataset.field === zone.dataset.field);
      if (item) go(item);
    });
  }
  document.getElementById("sicher")?.addEventListener("toggle", (event) => {
    if (event.target.open) form.elements.alle.value = "1";
  });

  function fill(item, button) {
    const input = item.querySelector('[name^="wert-"]');
    input.value = button.dataset.fill;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  }

  const wrong = form.querySelector(".item--error");
  const first = wrong ?? form.querySelector(".item--asks");
  const summary = document.querySelector("[data-errors]");
  if (summary) summary.focus();
  else if (first && !document.querySelector(".drop[open]")) go(first);

  return {
    /** Confirm the field that has the focus and go to the next uncertain one; false if no field has it. */
    confirm(element) {
      const item = itemOf(element);
      if (!item) return false;
      markConfirmed(item);
      const later = items.slice(items.indexOf(item) + 1);
      const next = later.find((each) => each.classList.contains("item--asks"))
        ?? items.find((each) => each.classList.contains("item--asks") && !each.dataset.confirmed);
      if (next && !next.dataset.confirmed) go(next);
      else finish.focus();
      return true;
    },
    finish() { form.requestSubmit(finish); },
    /** Take the n-th reading (from 1) into the field that has the focus. */
    fill(element, number) {
      const item = itemOf(element);
      const button = item?.querySelectorAll("[data-fill]")[number - 1];
      if (button) fill(item, button);
      return Boolean(button);
    },
  };
}
