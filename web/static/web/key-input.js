// Settings of keys: a key that is pressed in an input writes its name there. Tab and Esc keep their own work.
import { nameOf } from "./keys.js";

const GERMAN = { Ctrl: "Strg", Shift: "Umschalt", Space: "Leertaste", Insert: "Einfg", Home: "Pos1", End: "Ende",
  PageUp: "BildAuf", PageDown: "BildAb" };
const WRITING = /^(Tab|Escape|Backspace|Delete|Arrow\w+|Control|Alt|Shift|Meta|AltGraph|Dead)$/;

for (const input of document.querySelectorAll("[data-key-input]")) {
  input.addEventListener("keydown", (event) => {
    const single = event.key.length === 1 && !event.ctrlKey && !event.altKey;
    if (WRITING.test(event.key) || single || event.metaKey) return;
    event.preventDefault();
    input.value = nameOf(event).split("+").map((part) => GERMAN[part] ?? part).join("+");
  });
}
