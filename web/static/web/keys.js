// Keys of the case screen. No single letters, nothing that fires while someone types.

/** Listen for the keys that the help page names. */
export function startKeys(fields, viewer) {
  document.addEventListener("keydown", (event) => {
    if (handle(event, fields, viewer)) event.preventDefault();
  });
}

function handle(event, fields, viewer) {
  const target = event.target;
  if (event.key === "Enter" && event.ctrlKey) {
    fields.finish();
    return true;
  }
  if (event.key === "Enter" && !event.altKey && !event.shiftKey && target.matches(".item input, .item select")) {
    return fields.confirm(target);
  }
  if (event.altKey && /^[12]$/.test(event.key)) return fields.fill(target, Number(event.key));
  if (event.key === "F2") {
    viewer.toggleZone();
    return true;
  }
  if (event.key === "Escape") return closeDrops();
  const drop = document.querySelector(`.drop[data-key="${event.key}"]`);
  if (!drop) return false;
  for (const other of document.querySelectorAll(".drop")) other.open = other === drop;
  drop.querySelector("input:not([type=hidden]), textarea").focus();
  return true;
}

// Esc only folds a panel away; what was typed into it stays.
function closeDrops() {
  const open = document.querySelector(".drop[open]");
  if (!open) return false;
  open.open = false;
  open.querySelector("summary").focus();
  return true;
}
