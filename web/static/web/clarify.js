// The panel of a case that cannot go on: the text of the chosen reason, and copying it.

const form = document.getElementById("klaerfall");
if (form) start();

function start() {
  const text = document.getElementById("id_text");
  const blocks = new Map([...form.querySelectorAll("template")].map((each) => [each.dataset.letter, each.content.textContent]));
  const again = form.querySelector("[data-block]");
  const copy = form.querySelector("[data-copy]");
  const chosen = () => blocks.get(form.querySelector('[name="reason"]:checked')?.value) ?? "";

  // As if somebody had typed it: so it is kept as well.
  function put(words) {
    text.value = words;
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // A text that was changed by hand is never replaced without being asked to.
  function offer() {
    const untouched = !text.value.trim() || [...blocks.values()].includes(text.value);
    if (untouched) put(chosen());
    again.hidden = untouched || !chosen() || text.value === chosen();
  }
  form.addEventListener("change", (event) => { if (event.target.name === "reason") offer(); });
  text.addEventListener("input", () => { again.hidden = !chosen() || text.value === chosen(); });
  again.addEventListener("click", () => { put(chosen()); text.focus(); });
  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.value);
    const said = form.querySelector("[data-copied]");
    said.textContent = said.dataset.copied;
  });
  const summary = form.querySelector("[data-errors]");
  (summary ?? form.querySelector('[name="reason"]:checked') ?? form.querySelector('[name="reason"]')).focus();
}
