// The answer of one field as it stands in its item: its text, a mark ("empty", "illegible"), the reason for a rule.

const TICKS = { empty: "leer", illegible: "unleserlich" };

const tick = (item, mark) => item.querySelector(`[name="${TICKS[mark]}-${CSS.escape(item.dataset.field)}"]`);
const inputs = (item) => [...item.querySelectorAll(`[name="wert-${CSS.escape(item.dataset.field)}"]`)];
const reason = (item) => item.querySelector(`[name="grund-${CSS.escape(item.dataset.field)}"]`);

/** The answer that stands there now. */
export function read(item) {
  const [first] = inputs(item);
  const text = first.type === "radio" ? (inputs(item).find((radio) => radio.checked)?.value ?? "") : first.value;
  const mark = Object.keys(TICKS).find((each) => tick(item, each)?.checked) ?? "";
  return { text, mark, reason: reason(item)?.value ?? "" };
}

/** Put an answer there. */
export function write(item, answer) {
  const [first] = inputs(item);
  if (first.type === "radio") for (const radio of inputs(item)) radio.checked = radio.value === answer.text;
  else first.value = answer.text;
  for (const mark of Object.keys(TICKS)) if (tick(item, mark)) tick(item, mark).checked = mark === answer.mark;
  if (reason(item)) reason(item).value = answer.reason;
}

/** What stood there before this person began. */
export function asRead(item) {
  return JSON.parse(item.dataset.before);
}

export function same(one, other) {
  return one.text === other.text && one.mark === other.mark && one.reason === other.reason;
}

/** A mark excludes a value, and a value every mark: the newer of both counts. */
export function reconcile(item, changed) {
  const answer = read(item);
  if (/^(leer|unleserlich)-/.test(changed.name)) {
    if (!changed.checked) return;
    const mark = changed.name.startsWith("leer-") ? "empty" : "illegible";
    write(item, { ...answer, text: "", mark });
  } else if (changed.name.startsWith("wert-") && answer.text && answer.mark) {
    write(item, { ...answer, mark: "" });
  }
}

/** The input that takes the focus of an item. */
export function inputOf(item) {
  return inputs(item).find((input) => input.checked) ?? inputs(item)[0];
}

export function toggleIllegible(item) {
  const box = tick(item, "illegible");
  box.checked = !box.checked;
  return box;
}
