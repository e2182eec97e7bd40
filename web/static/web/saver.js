// Keeps every change on the server while it is typed. What could not be kept stays on the page and is sent again.

const PAUSE_MS = 500;
const AGAIN_MS = 5000;

/** The token against forged requests; the cookie has the newest one, also after another login. */
export function csrf() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]").value;
}

/** Start keeping the answers and the panels of `desk`; `onSessionEnd` is called when nobody is logged in any more. */
export function startSaver(desk, onSessionEnd) {
  const waiting = new Map();
  const state = document.getElementById("gespeichert");
  let timer = 0;
  let sending = false;

  function say(text, failed) {
    state.textContent = text;
    state.classList.toggle("late", failed);
  }

  function bodyOf(name, answer, back) {
    const body = new URLSearchParams({ feld: name, [`wert-${name}`]: answer.text, [`grund-${name}`]: answer.reason });
    if (answer.mark === "empty") body.set(`leer-${name}`, "1");
    if (answer.mark === "illegible") body.set(`unleserlich-${name}`, "1");
    if (back) body.set("wie_gelesen", "1");
    return body;
  }

  function post(name, { answer, back }) {
    return fetch(desk.dataset.draft, {
      method: "POST", body: bodyOf(name, answer, back), headers: { "X-CSRFToken": csrf() }, keepalive: true });
  }

  // The page goes: everything at once, nobody waits for the replies.
  function leave() {
    for (const [name, newest] of waiting) post(name, newest).catch(() => {});
  }

  async function send() {
    clearTimeout(timer);
    if (sending || !waiting.size) return;
    sending = true;
    const [[name, newest]] = waiting;
    try {
      const reply = await post(name, newest);
      if (reply.redirected || reply.status === 403) {
        say(state.dataset.unsaved, true);
        onSessionEnd();
        return;
      }
      const text = await reply.text();
      if (waiting.get(name) === newest) waiting.delete(name);
      if (reply.ok) {
        if (newest.checks && !waiting.has(name)) newest.checks.innerHTML = text;
        say(state.dataset.saved, false);
      } else say(reply.status === 409 ? text : state.dataset.refused, true);
    } catch {
      say(state.dataset.offline, true);
      timer = setTimeout(send, AGAIN_MS);
      return;
    } finally {
      sending = false;
    }
    send();
  }

  document.addEventListener("visibilitychange", send);
  addEventListener("focus", send);
  addEventListener("pagehide", leave);
  addEventListener("beforeunload", (event) => {
    if (state.classList.contains("late") && waiting.size) event.preventDefault();
  });
  desk.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return; // nobody is logged in: what waits is sent after the login
    event.target.querySelector("[name=csrfmiddlewaretoken]").value = csrf();
    if (event.submitter?.hasAttribute("data-stays")) send();
    else waiting.clear();
  });

  function keep(name, newest, soon) {
    waiting.set(name, newest);
    clearTimeout(timer);
    timer = setTimeout(send, soon ? 0 : PAUSE_MS);
  }
  for (const panel of desk.querySelectorAll("[data-panel]")) {
    panel.addEventListener("input", ({ target }) => {
      const answer = { text: target.value, mark: "", reason: "" };
      if (target.name) keep(`panel-${panel.dataset.panel}-${target.name}`, { answer, back: false }, target.type === "radio");
    });
  }

  return {
    /** Send all that waits, before the page is left on purpose. */
    async flush() {
      await Promise.allSettled([...waiting].map(async ([name, newest]) => {
        const reply = await post(name, newest);
        if (reply.ok && !reply.redirected && waiting.get(name) === newest) waiting.delete(name);
      }));
      if (waiting.size) say(state.dataset.unsaved, true);
    },
    /** Keep the answer of an item; `back`: it is as it was read again. `soon`: without waiting for more letters. */
    keep(item, answer, back, soon) {
      keep(item.dataset.field, { answer, back, checks: item.querySelector("[data-checks]") }, soon);
    },
  };
}
