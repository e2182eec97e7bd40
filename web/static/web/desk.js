// The case screen. Everything here is comfort: without it the page can be read, corrected and sent as well.
import { startViewer } from "./viewer.js";
import { startFields } from "./fields.js";
import { openDrop, startKeys } from "./keys.js";
import { startLock } from "./lock.js";
import { startReread } from "./reread.js";
import { startSaver } from "./saver.js";
import { startSession } from "./session.js";

const desk = document.querySelector(".desk");
const form = document.getElementById("pruefung");
const help = document.getElementById("tasten");
const session = startSession(document.getElementById("sitzung"));
desk.addEventListener("submit", (event) => { if (session.isOver()) event.preventDefault(); });
const viewer = startViewer(document.querySelector(".viewer__area"));
const saver = desk.dataset.draft && startSaver(desk, session.ended);
const fields = startFields(form, viewer, saver);
const words = startReread(document.querySelector(".viewer__area"), fields);

// The other language shows the page anew: with everything that was typed.
let kept = !saver;
document.querySelector(".top__languages").addEventListener("submit", async (event) => {
  if (kept && !session.isOver()) return;
  event.preventDefault();
  if (session.isOver()) return;
  const { target, submitter } = event;
  await saver.flush();
  kept = true;
  target.requestSubmit(submitter);
});

function follow(selector) {
  const link = document.querySelector(selector);
  link?.click();
  return Boolean(link);
}

const actions = {
  confirm: (target) => target.matches(".item input, .item select") && fields.confirm(target),
  finish: () => Boolean(fields) && (fields.finish(), true),
  override: () => fields?.override(),
  reading_1: () => fields?.fill("reading", 0),
  reading_2: () => fields?.fill("reading", 1),
  suggestion: () => fields?.fill("suggestion", 0),
  illegible: () => fields?.illegible(),
  words: () => words.open(),
  page: () => (viewer.toggleZone(), true),
  all: () => fields?.showAll(),
  clarify: () => follow("[data-clarify]"),
  hold: () => openDrop("hold"),
  undo: (target) => fields?.undo(target),
  help: () => Boolean(help) && (help.showModal(), true),
};
startKeys(JSON.parse(desk.dataset.keys), actions);
document.querySelector("[data-open-keys]")?.addEventListener("click", () => help.showModal());
help?.querySelector("[data-close]").addEventListener("click", () => help.close());
startLock();
