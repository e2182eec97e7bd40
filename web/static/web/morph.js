// Makes one tree look like another and keeps its elements: the focus, a press of the mouse, and what is being typed.

const KEPT = new Set(["open", "aria-invalid"]);

/** Make the children of `place` those of `next`; `fresh`: something else is shown now, what was typed does not matter. */
export function morphChildren(place, next, fresh) {
  const [before, after] = [[...place.childNodes], [...next.childNodes]];
  for (const [n, node] of after.entries()) {
    if (n < before.length) morph(before[n], node, fresh);
    else place.append(node);
  }
  for (const node of before.slice(after.length)) node.remove();
}

function morph(old, next, fresh) {
  if (old.nodeType !== next.nodeType || old.nodeName !== next.nodeName || old.id !== next.id) return old.replaceWith(next);
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== next.data) old.data = next.data;
    return undefined;
  }
  if (old.nodeType !== Node.ELEMENT_NODE || (!fresh && old.hasAttribute("data-error"))) return undefined;
  const typed = old.matches("input, textarea") && isTyped(old);
  for (const { name, value } of [...next.attributes]) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name) && (fresh ? name !== "open" : !KEPT.has(name))) old.removeAttribute(name);
  }
  if (old.nodeName !== "TEXTAREA") morphChildren(old, next, fresh);
  if (old.matches("input[type=checkbox]")) old.checked = next.checked;
  else if (old.matches("select")) old.value = next.value;
  else if (old.matches("input, textarea") && (fresh || !typed)) old.value = next.value;
  return undefined;
}

/** Somebody is writing here, or was told that what stands here makes no sense. */
function isTyped(input) {
  return input.getAttribute("aria-invalid") === "true" || (input === document.activeElement && input.value !== input.defaultValue);
}
