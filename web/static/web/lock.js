// Keeps the lock on the case while someone works on it; a screen that is only left open lets it end.

const PAUSE_MS = 2 * 60 * 1000;

/** Ask for a longer lock when something is typed or clicked, at most every two minutes. */
export function startLock() {
  let asked = Date.now();
  function active() {
    if (Date.now() - asked < PAUSE_MS) return;
    asked = Date.now();
    document.getElementById("sperre")?.dispatchEvent(new Event("renew"));
  }
  document.addEventListener("keydown", active);
  document.addEventListener("pointerdown", active);
}
