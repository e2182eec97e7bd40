// Keeps every change of a draft on the server at once, one after the other. What cannot be kept stays in sight.
import { csrf } from "./saver.js";

const AGAIN_MS = 4000;

/** Start keeping changes of `root` at its address; `show(html, options)` gets what looks different afterwards. */
export function startKeeper(root, show) {
  const alert = document.getElementById("meldung");
  const saved = document.getElementById("gespeichert");
  const queue = [];
  let sending = false;
  let stopped = false;
  let leaving = "";

  function say(text, late) {
    saved.textContent = text;
    saved.classList.toggle("late", Boolean(late));
  }

  // `then`: a selector to focus afterwards; `from`: the input that shows what was wrong.
  function send(change, options = {}) {
    add({ change, options });
  }

  /** Show something else, once everything before is kept: an older answer must not come after it. */
  function look(address, options = {}) {
    add({ address, options });
  }

  /** A field is called otherwise now: what waits speaks of it by its new name. */
  function rename(before, now) {
    for (const job of queue) {
      if (!job.change) continue;
      job.change = new URLSearchParams(job.change);
      if (job.change.get("feld") === before) job.change.set("feld", now);
    }
  }

  function add(job) {
    if (stopped) return;
    queue.push(job);
    document.body.dataset.busy = "1";
    work();
  }

  async function work() {
    if (!sending && !queue.length) idle();
    if (sending || !queue.length) return;
    sending = true;
    const { change, address, options } = queue[0];
    try {
      const reply = await (change ? post(change) : fetch(address, { headers: { "X-Pieces": "1" } }));
      const text = await reply.text();
      queue.shift();
      if (reply.redirected || reply.status === 403) stop(root.dataset.saidOver);
      else if (reply.ok) {
        clearError(options.from);
        show(text, options);
        if (change) say(root.dataset.saidKept);
      } else if (reply.status === 422) showError(options.from, text);
      else stop(reply.status === 409 ? text : root.dataset.saidOver);
    } catch {
      say(root.dataset.saidLate, true);
      setTimeout(work, AGAIN_MS);
      return;
    } finally {
      sending = false;
    }
    work();
  }

  function post(change) {
    const body = new URLSearchParams(change);
    body.set("seen", document.querySelector("#stand [name=seen]").value);
    return fetch(root.dataset.address, {
      method: "POST", body, headers: { "X-CSRFToken": csrf(), "X-Pieces": "1" }, keepalive: true });
  }

  function idle() {
    delete document.body.dataset.busy;
    if (leaving) location.assign(leaving);
  }

  // A link waits until everything is kept.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || !queue.length) return;
    event.preventDefault();
    leaving = link.href;
  });
  addEventListener("beforeunload", (event) => { if (queue.length && !leaving) event.preventDefault(); });

  // Somebody else changed the draft, or nobody is logged in: nothing more is sent, what was typed stays in sight.
  function stop(text) {
    stopped = true;
    leaving = "";
    queue.length = 0;
    alert.querySelector("p").textContent = text;
    alert.hidden = false;
    alert.scrollIntoView({ block: "nearest" });
  }

  function slotOf(from) {
    const near = from?.closest(".field, fieldset, .more, .squares")?.querySelector("[data-error]");
    return near ?? root.querySelector('[data-error=""]');
  }

  function showError(from, text) {
    const slot = slotOf(from);
    if (!slot) return;
    slot.textContent = text;
    slot.hidden = false;
    slot.setAttribute("role", "alert");
    from?.setAttribute("aria-invalid", "true");
  }

  function clearError(from) {
    if (!from) return;
    from.removeAttribute("aria-invalid");
    const slot = slotOf(from);
    if (slot) slot.hidden = true;
  }

  root.addEventListener("input", ({ target }) => clearError(target));
  return { send, look, rename, waits: () => queue.length > 0 };
}
