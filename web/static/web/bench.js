// The slider and the number beside it are the same budget; the number is what is sent.
const number = document.querySelector("[data-budget]");
const slider = document.querySelector("[data-slider]");
if (slider) {
  slider.hidden = false;
  slider.value = number.value;
  slider.addEventListener("input", () => { number.value = slider.value; });
  number.addEventListener("input", () => { slider.value = number.value; });
}
