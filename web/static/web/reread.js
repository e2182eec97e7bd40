// Reading again: a click on words, a box drawn with the mouse, or a word chosen from the list fills the active field.
import { csrf } from "./saver.js";

const DRAWN_PX = 6;

/** Start pointing at words on the pages of `area`; needs the fields of a review. */
export function startReread(area, fields) {
  const dialog = document.getElementById("woerter");
  if (!area || !fields || !dialog) return { open: () => false };
  const state = document.getElementById("lesestand");
  let drawn = null;
  let busy = false;

  const rereadable = () => {
    const item = fields.active();
    return item?.querySelector("[data-rereadable]") ? item : null;
  };

  function pageOf(element) {
    return element.closest(".sheet").dataset.page;
  }

  function pointOf(svg, event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return [Math.round(point.x), Math.round(point.y)];
  }

  function outline(svg, [x0, y0, x1, y1]) {
    area.querySelector(".pick")?.remove();
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    rect.setAttribute("class", "pick");
    rect.setAttribute("vector-effect", "non-scaling-stroke");
    for (const [name, value] of Object.entries({ x: x0, y: y0, width: Math.max(1, x1 - x0), height: Math.max(1, y1 - y0) })) {
      rect.setAttribute(name, value);
    }
    svg.append(rect);
  }

  async function readAt(page, place) {
    const item = rereadable();
    if (!item || busy) return;
    busy = true;
    state.textContent = state.dataset.reading;
    const body = new URLSearchParams({ feld: item.dataset.field, seite: page, ort: place.join(",") });
    try {
      const reply = await fetch(area.dataset.reread, { method: "POST", body, headers: { "X-CSRFToken": csrf() } });
      const found = await reply.json();
      state.textContent = found.satz;
      if (!reply.ok) return;
      outline(document.querySelector(`#seite-${page} svg`), found.ort);
      fields.take(item, found.text);
    } catch {
      state.textContent = state.dataset.failed;
    } finally {
      busy = false;
    }
  }

  area.addEventListener("pointerdown", (event) => {
    const svg = event.target.closest(".leaf")?.querySelector("svg");
    if (!svg || event.pointerType === "touch" || event.button !== 0 || area.classList.contains("viewer__area--original")) return;
    event.preventDefault(); // the focus stays in the field, no image is dragged away
    drawn = { svg, from: pointOf(svg, event), at: [event.clientX, event.clientY], moved: false };
  });
  addEventListener("pointermove", (event) => {
    if (!drawn) return;
    drawn.moved ||= Math.hypot(event.clientX - drawn.at[0], event.clientY - drawn.at[1]) > DRAWN_PX;
    if (drawn.moved && rereadable()) outline(drawn.svg, boxTo(event));
  });
  function boxTo(event) {
    const [x, y] = drawn.from, [u, v] = pointOf(drawn.svg, event);
    return [Math.max(0, Math.min(x, u)), Math.max(0, Math.min(y, v)), Math.max(x, u, 0), Math.max(y, v, 0)];
  }
  addEventListener("pointerup", (event) => {
    if (!drawn) return;
    const { svg, from, moved } = drawn;
    const box = boxTo(event);
    drawn = null;
    if (moved) readAt(pageOf(svg), box);
    else if (!event.target.closest(".zone")) readAt(pageOf(svg), from);
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drawn) return;
    drawn = null;
    area.querySelector(".pick")?.remove();
  });

  async function load(page) {
    const list = dialog.querySelector("[data-words]");
    list.textContent = list.dataset.loading;
    const reply = await fetch(area.dataset.words.replace("/0/", `/${page}/`)).catch(() => null);
    if (reply && reply.headers.get("Content-Type")?.startsWith("text/html") && !reply.redirected) list.innerHTML = await reply.text();
    else list.textContent = list.dataset.failed;
    (list.querySelector(".word") ?? dialog.querySelector("[data-close]")).focus();
  }
  dialog.addEventListener("click", (event) => {
    const word = event.target.closest("[data-place]");
    const page = event.target.closest("[data-words-page]");
    if (event.target.closest("[data-close]")) dialog.close();
    if (page) load(page.dataset.wordsPage);
    if (!word) return;
    dialog.close();
    readAt(word.dataset.onPage, word.dataset.place.split(",").map(Number));
  });

  function open() {
    const item = rereadable();
    if (!item) {
      state.textContent = state.dataset.noField;
      return true;
    }
    dialog.querySelector("[data-for]").textContent = item.querySelector(".item__title").textContent;
    dialog.showModal();
    load(item.dataset.page || "1");
    return true;
  }
  document.querySelector("[data-open-words]")?.addEventListener("click", open);
  return { open };
}
