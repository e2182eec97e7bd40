// Says in time that the login ends. What was typed stays on the page, whatever happens.
import { csrf } from "./saver.js";

const WARN_S = 5 * 60;

/** Start the clock of the login on its note. */
export function startSession(note) {
  if (!note) return { ended() {}, isOver: () => false };
  const soon = note.querySelector("[data-soon]");
  const over = note.querySelector("[data-over]");
  let end;
  let timers = [];

  function begin(seconds) {
    for (const timer of timers) clearTimeout(timer);
    end = Date.now() + seconds * 1000;
    note.hidden = true;
    timers = [setTimeout(warn, Math.max(0, seconds - WARN_S) * 1000), setTimeout(ended, seconds * 1000)];
  }

  function show(part) {
    soon.hidden = part !== soon;
    over.hidden = part !== over;
    note.hidden = false;
  }

  function warn() {
    note.querySelector("time").textContent = new Date(end).toLocaleTimeString(document.documentElement.lang,
      { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    show(soon);
  }

  const ended = () => show(over);

  async function stay() {
    const reply = await fetch(note.dataset.stay, { method: "POST", headers: { "X-CSRFToken": csrf() } }).catch(() => null);
    if (reply?.ok && !reply.redirected) begin((await reply.json()).endet);
    else ended();
    return !note.hidden ? false : true;
  }

  note.querySelector("[data-stay]").addEventListener("click", stay);
  // Back from the login in the other window: go on.
  addEventListener("focus", () => { if (!note.hidden && !over.hidden) stay(); });
  begin(Number(note.dataset.seconds));
  return { ended, isOver: () => !note.hidden && !over.hidden };
}
