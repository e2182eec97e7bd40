// What was wrong when it was sent is no longer said of what is being typed; the preview speaks then.
document.querySelector(".plan")?.addEventListener("input", ({ target }) => {
  target.removeAttribute("aria-invalid");
  document.getElementById(`${target.id}_error`)?.remove();
});
