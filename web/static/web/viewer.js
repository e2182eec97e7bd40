// The page image: zoom, turn, thumbnails, and the zone of the active field in the middle.

const STEPS = [0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4];
const ZONE_ZOOM = 2;
const ENOUGH = 1.2; // a picture may be stretched by so much before more pixels are fetched

/** Start the viewer on its scrolling area; without pages all answers do nothing. */
export function startViewer(area) {
  if (!area) return { show() {}, toggleZone() {} };
  let zoom = 1;
  let turn = 0;
  let active = null;

  const sheets = [...area.querySelectorAll(".sheet")];

  // A turned leaf keeps its own size and is moved back into its sheet, which takes the turned size.
  function layOut() {
    area.style.setProperty("--zoom", zoom);
    for (const sheet of sheets) {
      const leaf = sheet.firstElementChild;
      const wide = sheet.clientWidth;
      const ratio = Number(sheet.dataset.width) / Number(sheet.dataset.height);
      const lying = turn % 180 !== 0;
      const leafWidth = lying ? wide * ratio : wide;
      const leafHeight = leafWidth / ratio;
      const moves = { 0: "none", 90: `translate(${leafHeight}px, 0) rotate(90deg)`,
        180: `translate(${leafWidth}px, ${leafHeight}px) rotate(180deg)`, 270: `translate(0, ${leafWidth}px) rotate(-90deg)` };
      leaf.style.width = `${leafWidth}px`;
      leaf.style.transform = moves[turn];
      sheet.style.height = `${lying ? leafWidth : leafHeight}px`;
    }
  }

  function centre() {
    if (!active) return;
    const zone = active.getBoundingClientRect();
    const frame = area.getBoundingClientRect();
    area.scrollBy({
      left: zone.left + zone.width / 2 - frame.left - frame.width / 2,
      top: zone.top + zone.height / 2 - frame.top - frame.height / 2,
    });
  }

  function setZoom(next) {
    zoom = next;
    layOut();
    sharpen();
    centre();
  }

  // The page comes as wide as a screen; only where it is shown larger, all its pixels are fetched, once.
  function sharpen() {
    if (area.classList.contains("viewer__area--original")) return;
    for (const image of area.querySelectorAll("img[data-full]")) {
      if (image.naturalWidth && image.clientWidth * devicePixelRatio > image.naturalWidth * ENOUGH) swap(image, image.dataset.full);
    }
  }

  function swap(image, source) {
    if (image.getAttribute("src") === source) return;
    const next = new Image();
    next.onload = () => { image.src = source; };
    next.src = source;
  }

  function toggleOriginal(button) {
    const on = area.classList.toggle("viewer__area--original");
    button.setAttribute("aria-pressed", String(on));
    for (const image of area.querySelectorAll("img[data-full]")) {
      image.dataset.cleaned ??= image.getAttribute("src");
      image.loading = "eager";
      image.src = on ? image.dataset.original : image.dataset.cleaned;
    }
    if (!on) sharpen();
  }

  function step(direction) {
    const here = STEPS.findIndex((size) => size >= zoom);
    setZoom(STEPS[Math.min(STEPS.length - 1, Math.max(0, here + direction))]);
  }

  const actions = {
    in: () => step(1),
    out: () => step(-1),
    fit: () => setZoom(zoom === 1 ? ZONE_ZOOM : 1),
    original: toggleOriginal,
    turn: () => { turn = (turn + 90) % 360; layOut(); centre(); },
  };
  for (const button of document.querySelectorAll("[data-view]")) {
    button.addEventListener("click", () => actions[button.dataset.view](button));
  }

  // Single keys work only while the image itself has the focus.
  area.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "+") actions.in();
    else if (event.key === "-") actions.out();
    else return;
    event.preventDefault();
  });

  // The wheel scrolls; with Ctrl it enlarges the page under it instead of the whole window.
  area.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    step(event.deltaY < 0 ? 1 : -1);
  }, { passive: false });

  const links = [...document.querySelectorAll("[data-page][href]")];
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const sheet = document.getElementById(`seite-${link.dataset.page}`);
      area.scrollTo({ top: sheet.offsetTop - area.offsetTop });
    });
  }
  area.addEventListener("scroll", markPage, { passive: true });
  function markPage() {
    const middle = area.getBoundingClientRect().top + area.clientHeight / 2;
    const here = sheets.findLast((sheet) => sheet.getBoundingClientRect().top <= middle);
    for (const link of links) {
      if (here && link.dataset.page === here.dataset.page) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  new ResizeObserver(() => { layOut(); centre(); }).observe(area);
  layOut();
  markPage();

  return {
    /** Outline the zone of a field and bring it to the middle, unless it shall stay where it is. */
    show(name, still = false) {
      active?.classList.remove("zone--active");
      active = area.querySelector(`.zone[data-field="${CSS.escape(name)}"]`);
      active?.classList.add("zone--active");
      if (!still) centre();
    },
    toggleZone: actions.fit,
  };
}
