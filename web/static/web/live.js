// Parts of a page that come again by themselves (htmx polling) can be paused; what is new about them is said once.
const button = document.querySelector("[data-pause]");
const said = document.querySelector("[data-said]");
const summary = () => document.querySelector("[data-summary]")?.textContent.trim() ?? "";
let paused = false;
let before = summary();

button.hidden = false;
button.addEventListener("click", () => {
  paused = !paused;
  button.setAttribute("aria-pressed", String(paused));
});

document.addEventListener("htmx:beforeRequest", (event) => {
  // What a person asks for (a form) still comes.
  if (paused && event.target.tagName !== "FORM") event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  // After the end of a session the login answers instead: the page as a whole says so.
  if (new URL(event.detail.xhr.responseURL).pathname !== event.detail.requestConfig.path) {
    event.detail.shouldSwap = false;
    location.reload();
  }
});

document.addEventListener("htmx:afterSwap", () => {
  if (summary() !== before) {
    before = summary();
    said.textContent = before;
  }
});
