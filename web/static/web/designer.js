// The designer: every change is sent at once, one after the other; the answer brings what looks different afterwards.
import { startDrawing } from "./drawing.js";
import { startKeeper } from "./keeper.js";
import { morphChildren } from "./morph.js";
import { startViewer } from "./viewer.js";

const designer = document.querySelector(".designer");
const area = document.getElementById("blatt");
const list = document.getElementById("liste");
const panel = document.getElementById("eigenschaften");
const help = document.getElementById("tasten");
const viewer = startViewer(area);
const keeper = startKeeper(designer, show);
const { send } = keeper;

function active() { return panel.querySelector("[data-active]").dataset.active; }

/** Put the pieces of an answer in their places; the focus and what is being typed stay. */
function show(html, { then, renames, still = false } = {}) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  if (renames) keeper.rename(renames, answer.querySelector("[data-active]").dataset.active);
  const focused = document.activeElement;
  const inList = list.contains(focused);
  const onPage = area.contains(focused) && focused !== area;
  const before = active();
  for (const piece of answer.querySelectorAll("[data-piece]")) {
    const place = document.querySelector(`[data-piece="${piece.dataset.piece}"]`);
    if (!place || ((keeper.waits() || drawing.busy()) && piece.dataset.piece !== "stand")) continue;
    if (piece.dataset.piece.startsWith("ebene")) place.replaceChildren(...piece.childNodes);
    else morphChildren(place, piece, piece.querySelector("[data-active]")?.dataset.active !== before);
  }
  const current = list.querySelector("[aria-current]");
  if (inList) current?.focus({ preventScroll: true });
  current?.scrollIntoView({ block: "nearest" });
  if (onPage) document.getElementById("platz")?.focus({ preventScroll: true });
  if (!focused.isConnected && !onPage) panel.querySelector("h2").focus();
  viewer.show(active() || "\0", still || active() === before);
  const title = panel.querySelector("#kopf-title");
  if (title) document.querySelector(".bar__title").textContent = title.value;
  if (then) focusOn(then);
}

function focusOn(selector) {
  const found = document.querySelector(selector);
  found?.focus();
  found?.select?.();
}

/** Make a field the active one: nothing is changed, only shown. */
function activate(name, options = {}) {
  const query = name ? `?feld=${encodeURIComponent(name)}` : "";
  history.replaceState(null, "", query || location.pathname);
  keeper.look(`${designer.dataset.show}${query}`, options);
}

function placeOf(inputs, key) {
  return Object.fromEntries(inputs.map((input) => [input.dataset[key], input.value]));
}

const boxInputs = () => [...panel.querySelectorAll("[data-box]")];

panel.addEventListener("change", ({ target }) => {
  const feld = active();
  const { key } = target.dataset;
  if (key === "rules") {
    const chosen = [...panel.querySelectorAll('[data-key="rules"]:checked')].map((box) => ["wert", box.value]);
    send([["tat", "eigenschaft"], ["feld", feld], ["schluessel", key], ...chosen], { from: target });
  } else if (key) {
    const wert = target.type === "checkbox" ? (target.checked ? "1" : "") : target.value;
    const renames = ["title", "name"].includes(key) && feld;
    send({ tat: "eigenschaft", feld, schluessel: key, wert }, { from: target, renames });
  } else if (target.dataset.head) {
    send({ tat: "kopf", feld, schluessel: target.dataset.head, wert: target.value, seite: target.dataset.page ?? "" }, { from: target });
  } else if (target.dataset.box) {
    send({ tat: "platz", feld, ...placeOf(boxInputs(), "box") }, { from: target });
  } else if (target.dataset.square) {
    const row = target.closest("[data-option]");
    send({ tat: "kaestchen", feld, antwort: row.dataset.option, ...placeOf([...row.querySelectorAll("[data-square]")], "square") }, { from: target });
  } else if ("optionName" in target.dataset) {
    send({ tat: "kaestchen-name", feld, antwort: target.closest("[data-option]").dataset.option, wert: target.value }, { from: target });
  } else if (target.dataset.fim) {
    const fim = Object.fromEntries([...panel.querySelectorAll("[data-fim]")].map((one) => [`fim_${one.dataset.fim}`, one.value]));
    send({ tat: "eigenschaft", feld, schluessel: "fim", ...fim }, { from: target });
  }
});

// Enter in a line of text keeps it at once, as leaving it does.
panel.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input:not([type=checkbox])") && event.target.value !== event.target.defaultValue) {
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
    event.target.defaultValue = event.target.value;
  }
});

function addField(box) {
  const seite = box?.seite ?? area.querySelector(".zone--active")?.closest(".sheet").dataset.page ?? visiblePage();
  send({ tat: "neu", feld: active(), seite, ...box }, { then: "#wert-title" });
}

function visiblePage() {
  const middle = area.getBoundingClientRect().top + area.clientHeight / 2;
  const sheets = [...area.querySelectorAll(".sheet")];
  return (sheets.findLast((sheet) => sheet.getBoundingClientRect().top <= middle) ?? sheets[0]).dataset.page;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do], [data-go], [data-to-place], [data-open-keys], [data-close]");
  if (!button) return;
  if (button.dataset.do === "neu") addField();
  else if (button.dataset.do) send({ tat: button.dataset.do, feld: active(), antwort: button.dataset.option ?? "" });
  else if ("go" in button.dataset) activate(button.dataset.go, { then: "#uebernehmen" });
  else if ("toPlace" in button.dataset) focusOn("#platz");
  else if ("openKeys" in button.dataset) help.showModal();
  else help.close();
});

list.addEventListener("click", (event) => {
  const link = event.target.closest("[data-field]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const narrow = getComputedStyle(document.querySelector(".fields")).display !== "flex";
  link.focus();
  activate(link.dataset.field, { then: narrow && "#eigenschaften-titel" });
});

list.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const links = [...list.querySelectorAll("[data-field]")];
  const at = links.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
  if (to !== undefined) {
    const link = links[Math.min(links.length - 1, Math.max(0, to))];
    link.focus();
    activate(link.dataset.field);
  } else if (event.key === " " && panel.querySelector("#uebernehmen")) send({ tat: "uebernehmen", feld: active() });
  else if (event.key === "Delete" && active()) send({ tat: "weg", feld: active() });
  else if (event.key === "Insert") addField();
  else if (event.key === "Enter") focusOn(active() ? "#wert-title" : "#kopf-title");
  else if (event.key !== " ") return;
  event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  const writes = event.target.matches('input:not([type="checkbox"]), textarea');
  if (event.key === "F2") {
    if (area.contains(event.target)) list.querySelector("[aria-current]")?.focus();
    else focusOn("#platz");
    event.preventDefault();
  } else if (event.ctrlKey && !writes && "zy".includes(event.key.toLowerCase())) {
    drawing.flush();
    send({ tat: event.key.toLowerCase() === "y" || event.shiftKey ? "vor" : "zurueck", feld: active() });
    event.preventDefault();
  } else if (event.key === "?" && !writes) help.showModal();
});

const drawing = startDrawing(area, {
  activate: (name) => activate(name, { still: true }),
  draw: (box) => addField(box),
  place: (box) => send({ tat: "platz", feld: active(), ...box }),
  square: (antwort, box) => send({ tat: "kaestchen", feld: active(), antwort, ...box }),
  remove: () => send({ tat: "weg", feld: active() }),
  shown: (box) => boxInputs().forEach((input) => { if (box[input.dataset.box] !== undefined) input.value = box[input.dataset.box]; }),
});
addEventListener("pagehide", () => drawing.flush());
viewer.show(active() || "\0");
list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
