// Rectangles on the page, in millimetres of the form: drawn, moved and resized with the pointer or with the arrow keys.

const STEP_MM = 1;
const FINE_MM = 0.1;
const LEAST_MM = 1;
const CLICK_MM = 1.5; // moved less than this, it was a click
const REST_MS = 500;

const tenth = (value) => Math.round(value * 10) / 10;

/** Start drawing on `area`; `on` tells what was done: activate(name), draw, place, square, remove, shown. */
export function startDrawing(area, on) {
  let drag = null;
  let timer = 0;
  let waiting = null;

  function pointOf(svg, event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return { x: point.x, y: point.y };
  }

  function paper(svg) {
    const { width, height } = svg.viewBox.baseVal;
    return { width, height };
  }

  function boxOf(rect) {
    const [x, y, w, h] = ["x", "y", "width", "height"].map((key) => Number(rect.getAttribute(key)));
    return { x, y, w, h };
  }

  function within(box, svg) {
    const { width, height } = paper(svg);
    const w = Math.min(Math.max(LEAST_MM, box.w), width);
    const h = Math.min(Math.max(LEAST_MM, box.h), height);
    return { x: tenth(Math.min(Math.max(0, box.x), width - w)), y: tenth(Math.min(Math.max(0, box.y), height - h)), w: tenth(w), h: tenth(h) };
  }

  function sent(box, svg) {
    return { x: box.x, y: box.y, breite: box.w, hoehe: box.h, seite: svg.dataset.page };
  }

  // The whole outline follows at once; what the server makes of it comes with its answer.
  function put(zone, box) {
    const rect = zone.querySelector(".zone__box");
    const before = boxOf(rect);
    set(rect, box);
    zone.querySelector(".zone__tag")?.setAttribute("transform", `translate(${box.x} ${box.y})`);
    for (const handle of zone.querySelectorAll(".handle")) {
      handle.setAttribute("x", handle.dataset.corner.endsWith("e") ? box.x + box.w : box.x);
      handle.setAttribute("y", handle.dataset.corner.startsWith("s") ? box.y + box.h : box.y);
    }
    const moved = before.w === box.w && before.h === box.h;
    for (const square of moved ? zone.querySelectorAll(".square") : []) {
      const own = boxOf(square);
      set(square, { ...own, x: tenth(own.x + box.x - before.x), y: tenth(own.y + box.y - before.y) });
    }
    for (const line of zone.querySelectorAll(".zone__cell")) line.remove();
    on.shown({ x: box.x, y: box.y, breite: box.w, hoehe: box.h });
  }

  function set(rect, { x, y, w, h }) {
    for (const [key, value] of Object.entries({ x, y, width: w, height: h })) rect.setAttribute(key, value);
  }

  function resized(start, corner, dx, dy) {
    const box = { ...start };
    if (corner.endsWith("e")) box.w = Math.max(LEAST_MM, start.w + dx);
    else { box.w = Math.max(LEAST_MM, start.w - dx); box.x = start.x + start.w - box.w; }
    if (corner.startsWith("s")) box.h = Math.max(LEAST_MM, start.h + dy);
    else { box.h = Math.max(LEAST_MM, start.h - dy); box.y = start.y + start.h - box.h; }
    return box;
  }

  area.addEventListener("pointerdown", (event) => {
    const svg = event.target.closest?.(".layer svg");
    if (!svg || event.button !== 0) return;
    flush();
    const zone = event.target.closest(".zone");
    const from = pointOf(svg, event);
    const isActive = zone?.classList.contains("zone--active");
    if (isActive && event.target.matches(".handle")) drag = { how: "resize", corner: event.target.dataset.corner, rect: zone.querySelector(".zone__box") };
    else if (isActive && event.target.matches(".square")) drag = { how: "square", rect: event.target };
    else if (zone) drag = { how: isActive ? "move" : "choose", rect: zone.querySelector(".zone__box") };
    else if (event.pointerType !== "touch") drag = { how: "draw", rect: null };
    else return;
    drag = { ...drag, svg, zone, from, start: drag.rect && boxOf(drag.rect), moved: false };
    area.setPointerCapture(event.pointerId);
    event.preventDefault();
    area.focus({ preventScroll: true });
  });

  area.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const at = pointOf(drag.svg, event);
    const [dx, dy] = [at.x - drag.from.x, at.y - drag.from.y];
    if (!drag.moved && Math.hypot(dx, dy) < CLICK_MM) return;
    drag.moved = true;
    if (drag.how === "draw") drawTo(at);
    else if (drag.how === "move") put(drag.zone, within({ ...drag.start, x: drag.start.x + dx, y: drag.start.y + dy }, drag.svg));
    else if (drag.how === "resize") put(drag.zone, within(resized(drag.start, drag.corner, dx, dy), drag.svg));
    else if (drag.how === "square") set(drag.rect, within({ ...drag.start, x: drag.start.x + dx, y: drag.start.y + dy }, drag.svg));
  });

  function drawTo(at) {
    if (!drag.rect) {
      drag.rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      drag.rect.setAttribute("class", "drawn");
      drag.svg.append(drag.rect);
    }
    const { width, height } = paper(drag.svg);
    const [ax, bx] = [drag.from.x, at.x].map((x) => Math.min(Math.max(0, x), width)).sort((a, b) => a - b);
    const [ay, by] = [drag.from.y, at.y].map((y) => Math.min(Math.max(0, y), height)).sort((a, b) => a - b);
    set(drag.rect, { x: tenth(ax), y: tenth(ay), w: tenth(bx - ax), h: tenth(by - ay) });
  }

  area.addEventListener("pointerup", () => {
    if (!drag) return;
    const { how, svg, zone, rect, moved } = drag;
    drag = null;
    if (!moved) {
      if (zone) on.activate(zone.dataset.field);
      return;
    }
    if (how === "draw") {
      const box = boxOf(rect);
      rect.remove();
      if (box.w >= LEAST_MM && box.h >= LEAST_MM) on.draw(sent(box, svg));
    } else if (how === "square") on.square(rect.dataset.square, sent(boxOf(rect), svg));
    else if (how === "choose") on.activate(zone.dataset.field);
    else on.place(sent(boxOf(rect), svg));
  });

  function giveUp() {
    if (!drag) return;
    if (drag.how === "draw") drag.rect?.remove();
    else if (drag.how === "square") set(drag.rect, drag.start);
    else if (drag.moved) put(drag.zone, drag.start);
    drag = null;
  }
  area.addEventListener("pointercancel", giveUp);

  // The arrow keys work on the outline of the active field; a pause sends where it stands then.
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return giveUp();
    const zone = event.target.closest?.(".zone--active");
    if (!zone || event.ctrlKey || event.metaKey) return;
    if (event.key === "Delete") {
      event.preventDefault();
      return on.remove();
    }
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return;
    event.preventDefault();
    const [dx, dy] = way.map((side) => side * (event.altKey ? FINE_MM : STEP_MM));
    const svg = zone.ownerSVGElement;
    const box = boxOf(zone.querySelector(".zone__box"));
    const next = event.shiftKey ? { ...box, w: box.w + dx, h: box.h + dy } : { ...box, x: box.x + dx, y: box.y + dy };
    put(zone, within(next, svg));
    waiting = () => on.place(sent(boxOf(zone.querySelector(".zone__box")), svg));
    clearTimeout(timer);
    timer = setTimeout(flush, REST_MS);
  });

  /** Send at once what the arrow keys did. */
  function flush() {
    clearTimeout(timer);
    const send = waiting;
    waiting = null;
    send?.();
  }
  area.addEventListener("focusout", flush);

  /** Whether something moves that the server does not know yet. */
  return { flush, busy: () => Boolean(waiting || drag) };
}
