// Settings of keys: a key that is pressed in an input writes its name there. Tab and Esc keep their own work.
import { nameOf } from "./keys.js";

const WORDS = JSON.parse(document.querySelector("[data-key-words]").dataset.keyWords);
const WRITING = /^(Tab|Escape|Backspace|Delete|Arrow\w+|Control|Alt|Shift|Meta|AltGraph|Dead)$/;

for (const input of document.querySelectorAll("[data-key-input]")) {
  input.addEventListener("keydown", (event) => {
    const single = event.key.length === 1 && !event.ctrlKey && !event.altKey;
    if (WRITING.test(event.key) || single || event.metaKey) return;
    event.preventDefault();
    input.value = nameOf(event).split("+").map((part) => WORDS[part] ?? part).join("+");
  });
}
