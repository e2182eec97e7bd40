// Keeps every change on the server while it is typed. What could not be kept stays on the page and is sent again.

const PAUSE_MS = 500;
const AGAIN_MS = 5000;

/** The token against forged requests; the cookie has the newest one, also after another login. */
export function csrf() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]").value;
}

/** Start keeping the answers of `form`; `onSessionEnd` is called when nobody is logged in any more. */
export function startSaver(form, onSessionEnd) {
  const waiting = new Map();
  const state = document.getElementById("gespeichert");
  let timer = 0;
  let sending = false;

  function say(text, failed) {
    state.textContent = text;
    state.classList.toggle("late", failed);
  }

  function bodyOf(item, answer, back) {
    const name = item.dataset.field;
    const body = new URLSearchParams({ feld: name, [`wert-${name}`]: answer.text, [`grund-${name}`]: answer.reason });
    if (answer.mark === "empty") body.set(`leer-${name}`, "1");
    if (answer.mark === "illegible") body.set(`unleserlich-${name}`, "1");
    if (back) body.set("wie_gelesen", "1");
    return body;
  }

  async function send() {
    clearTimeout(timer);
    if (sending || !waiting.size) return;
    sending = true;
    const [[item, [answer, back]]] = waiting;
    const newest = waiting.get(item);
    try {
      const reply = await fetch(form.dataset.draft, {
        method: "POST", body: bodyOf(item, answer, back), headers: { "X-CSRFToken": csrf() }, keepalive: true });
      if (reply.redirected || reply.status === 403) {
        say("nicht gesichert", true);
        onSessionEnd();
        return;
      }
      const text = await reply.text();
      if (waiting.get(item) === newest) waiting.delete(item);
      if (reply.ok) {
        if (!waiting.has(item)) item.querySelector("[data-checks]").innerHTML = text;
        say("Alle Eingaben sind gesichert.", false);
      } else say(reply.status === 409 ? text : "Diese Eingabe ließ sich nicht sichern.", true);
    } catch {
      say("Keine Verbindung. Ihre Eingaben bleiben hier stehen und werden gesichert, sobald es wieder geht.", true);
      timer = setTimeout(send, AGAIN_MS);
      return;
    } finally {
      sending = false;
    }
    send();
  }

  document.addEventListener("visibilitychange", send);
  addEventListener("focus", send);
  addEventListener("pagehide", send);
  addEventListener("beforeunload", (event) => {
    send();
    if (state.classList.contains("late") && waiting.size) event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return; // nobody is logged in: what waits is sent after the login
    form.querySelector("[name=csrfmiddlewaretoken]").value = csrf();
    waiting.clear();
  });

  return {
    /** Keep the answer of an item; `back`: it is as it was read again. `soon`: without waiting for more letters. */
    keep(item, answer, back, soon) {
      waiting.set(item, [answer, back]);
      clearTimeout(timer);
      timer = setTimeout(send, soon ? 0 : PAUSE_MS);
    },
    resend: send,
  };
}
