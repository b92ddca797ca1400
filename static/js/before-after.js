// Two pictures of the same thing, laid over each other with a slider. Without this script they stand side by side.

for (const box of document.querySelectorAll("[data-before-after]")) {
  const sides = ["before", "after"].map((name) => box.querySelector(`[data-side="${name}"]`));
  const [before, after] = sides.map((side) => side.querySelector("img"));

  const stage = document.createElement("div");
  stage.className = "before-after__stage";
  stage.append(after, before);
  box.style.setProperty("--ratio", after.getAttribute("width") / after.getAttribute("height"));
  for (const side of sides) side.querySelector("figure a").remove();

  const range = document.createElement("input");
  range.type = "range";
  range.className = "before-after__range";
  range.min = 0;
  range.max = 100;
  range.value = 50;
  range.setAttribute("aria-label", box.dataset.label);

  const ends = document.createElement("div");
  ends.className = "before-after__ends";
  ends.append(...sides);

  const show = () => {
    box.style.setProperty("--shown", `${range.value}%`);
    range.setAttribute("aria-valuetext", `${range.value} %`);
  };
  range.addEventListener("input", show);

  const follow = (event) => {
    const area = stage.getBoundingClientRect();
    range.value = Math.round(((event.clientX - area.left) / area.width) * 100);
    show();
  };
  stage.addEventListener("pointerdown", (event) => {
    stage.setPointerCapture(event.pointerId);
    follow(event);
    event.preventDefault();
  });
  stage.addEventListener("pointermove", (event) => {
    if (stage.hasPointerCapture(event.pointerId)) follow(event);
  });

  box.classList.add("before-after--slider");
  box.replaceChildren(stage, range, ends);
  show();
}
