// The page of a process: every change is kept at once, the whole page each time.
import { startKeeper } from "./keeper.js";
import { morphChildren } from "./morph.js";

const form = document.getElementById("verfahren");
const keeper = startKeeper(form, (html) => {
  const answer = new DOMParser().parseFromString(html, "text/html");
  for (const piece of answer.querySelectorAll("[data-piece]")) {
    if (keeper.waits() && piece.dataset.piece !== "stand") continue;
    morphChildren(document.querySelector(`[data-piece="${piece.dataset.piece}"]`), piece, false);
  }
  document.querySelector(".bar__title").textContent = document.getElementById("titel").value;
});

form.addEventListener("change", ({ target }) => {
  keeper.send([...new FormData(form), ["tat", target.dataset.alone ?? "seite"]], { from: target });
});
form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) keeper.send({ tat: button.dataset.do });
});
