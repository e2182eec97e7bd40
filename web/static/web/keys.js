// Keys of the case screen: those that the person has set. Nothing fires while someone types.

/** The name of a pressed key as in the settings: "Ctrl+Enter", "Alt+1", "F8", "?". */
export function nameOf(event) {
  const digit = event.altKey && event.code.match(/^Digit(\d)$/)?.[1];
  const key = digit || (event.key === " " ? "Space" : event.key.length === 1 ? event.key.toUpperCase() : event.key);
  const shifted = event.shiftKey && (key.length > 1 || /[A-Z]/.test(key));
  return [event.ctrlKey && "Ctrl", event.altKey && "Alt", shifted && "Shift", key].filter(Boolean).join("+");
}

const WRITES = 'input:not([type="radio"], [type="checkbox"], [type="button"], [type="submit"]), textarea, select';

/** Listen for the keys of the person; `actions` by name answer whether they did something. */
export function startKeys(keys, actions) {
  const byKey = new Map(Object.entries(keys).map(([action, key]) => [key, action]));
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.getModifierState("AltGraph")) return;
    if (event.key === "Escape") {
      if (closeDrop()) event.preventDefault();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    const name = nameOf(event);
    const single = name.length === 1;
    if (single && event.target.matches(WRITES)) return;
    const action = byKey.get(name);
    if (action && actions[action]?.(event.target)) event.preventDefault();
  });
}

/** Open a panel and go to its first input; `false` when there is none. */
export function openDrop(name) {
  const drop = document.querySelector(`.drop[data-drop="${name}"]`);
  if (!drop) return false;
  for (const other of document.querySelectorAll(".drop")) other.open = other === drop;
  drop.querySelector("input:not([type=hidden]), textarea").focus();
  return true;
}

// Esc only folds a panel away; what was typed into it stays.
function closeDrop() {
  const open = document.querySelector(".drop[open]");
  if (!open) return false;
  open.open = false;
  open.querySelector("summary").focus();
  return true;
}
