// Arrow keys go from crop to crop; Space and Enter are the browser's own (mark, send).

const ticks = [...document.querySelectorAll(".cell input[type=checkbox]")];

/** How many crops stand beside each other. */
function columns() {
  const top = ticks[0].getBoundingClientRect().top;
  const next = ticks.findIndex((tick) => tick.getBoundingClientRect().top > top + 1);
  return next < 0 ? ticks.length : next;
}

document.getElementById("gruppe")?.addEventListener("keydown", (event) => {
  const here = ticks.indexOf(event.target);
  if (here < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns(), ArrowUp: -columns() };
  const next = ticks[here + (steps[event.key] ?? NaN)];
  if (!next) return;
  next.focus();
  event.preventDefault();
});
