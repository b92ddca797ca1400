// Arranging a batch by mouse and keyboard, and judging the sample with one key a page. Without it the forms do the same.
(function () {
  "use strict";

  function typing(event) {
    return event.target.closest("input[type=text], input[type=number], textarea, select");
  }

  function arrange(form) {
    const leaves = () => Array.from(document.querySelectorAll("[data-leaf]"));
    const chosen = () => leaves().filter((leaf) => leaf.querySelector("input:checked"));
    const count = form.querySelector("[data-count]");
    let last = null;
    let dragged = [];

    function show() {
      const many = chosen().length;
      count.textContent = many ? "✓ " + many : "";
    }

    function send(kind, more) {
      const button = form.querySelector("button[value=" + kind + "]" + (more.value ? "[data-value='" + more.value + "']" : ""));
      for (const name of ["value", "before"]) form.elements[name].value = more[name] || "";
      if (more.unit !== undefined) form.elements.unit.value = more.unit;
      sessionStorage.setItem("batch-scroll", String(window.scrollY));
      form.requestSubmit(button);
    }

    form.addEventListener("click", function (event) {
      const button = event.target.closest("button");
      if (button) form.elements.value.value = button.dataset.value || "";
    });
    form.addEventListener("submit", () => sessionStorage.setItem("batch-scroll", String(window.scrollY)));

    document.addEventListener("change", show);
    document.addEventListener("click", function (event) {
      const leaf = event.target.closest("[data-leaf]");
      const box = leaf && leaf.querySelector("input");
      if (!box || !event.target.closest("label")) return;
      if (event.shiftKey && last) {
        const all = leaves();
        const [from, to] = [all.indexOf(last), all.indexOf(leaf)].sort((a, b) => a - b);
        all.slice(from, to + 1).forEach((other) => (other.querySelector("input").checked = true));
      }
      last = leaf;
      setTimeout(show);
    });

    document.addEventListener("keydown", function (event) {
      if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      const all = leaves();
      const here = all.indexOf(document.activeElement.closest("[data-leaf]"));
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step && all.length) {
        event.preventDefault();
        all[Math.min(all.length - 1, Math.max(0, here + step))].focus();
        return;
      }
      if (here >= 0 && event.key === " ") {
        event.preventDefault();
        const box = all[here].querySelector("input");
        box.checked = !box.checked;
        last = all[here];
        show();
        return;
      }
      if (here >= 0 && !chosen().length) all[here].querySelector("input").checked = true;
      if (!chosen().length && event.key.toLowerCase() !== "z") return;
      const keys = { r: ["turn", { value: "90" }], l: ["turn", { value: "270" }], delete: ["remove", {}], z: ["undo", {}] };
      const wanted = keys[event.key.toLowerCase()];
      if (wanted) {
        event.preventDefault();
        send(wanted[0], wanted[1]);
      }
    });

    document.addEventListener("dragstart", function (event) {
      const leaf = event.target.closest("[data-leaf]");
      if (!leaf) return;
      const box = leaf.querySelector("input");
      dragged = box.checked ? chosen() : [leaf];
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", leaf.dataset.leaf);
    });
    document.addEventListener("dragover", function (event) {
      const group = event.target.closest("[data-unit]");
      if (!dragged.length || !group) return;
      event.preventDefault();
      document.querySelectorAll(".fonds-leaf--over, .fonds-leaves-of--over").forEach((old) => old.classList.remove("fonds-leaf--over", "fonds-leaves-of--over"));
      const leaf = event.target.closest("[data-leaf]");
      if (leaf) leaf.classList.add("fonds-leaf--over");
      else group.classList.add("fonds-leaves-of--over");
    });
    document.addEventListener("drop", function (event) {
      const group = event.target.closest("[data-unit]");
      if (!dragged.length || !group) return;
      event.preventDefault();
      const leaf = event.target.closest("[data-leaf]");
      leaves().forEach((other) => (other.querySelector("input").checked = dragged.includes(other)));
      dragged = [];
      send("move", { unit: group.dataset.unit, before: leaf && group.dataset.unit ? leaf.dataset.leaf : "" });
    });

    leaves().forEach((leaf) => (leaf.tabIndex = 0));
    const scroll = sessionStorage.getItem("batch-scroll");
    if (scroll) window.scrollTo(0, Number(scroll));
    sessionStorage.removeItem("batch-scroll");
  }

  function judge(area) {
    document.addEventListener("keydown", function (event) {
      if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = area.querySelector("[data-key='" + CSS.escape(event.key) + "']");
      if (!target || target.disabled) return;
      event.preventDefault();
      target.click();
    });
  }

  // A rectangle drawn on the picture as it is shown becomes the sides of the crop, inside the one that stands.
  function crop(figure) {
    const picture = figure.querySelector("img");
    const form = figure.parentElement.querySelector("form");
    const value = (name) => Number(form.elements[name].value) || 0;
    let from = null;
    function place(event) {
      const box = picture.getBoundingClientRect();
      const scale = Math.min(box.width / picture.naturalWidth, box.height / picture.naturalHeight);
      const width = picture.naturalWidth * scale;
      const height = picture.naturalHeight * scale;
      const x = (event.clientX - box.left - (box.width - width) / 2) / width;
      const y = (event.clientY - box.top - (box.height - height) / 2) / height;
      return [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))];
    }
    picture.draggable = false;
    picture.addEventListener("pointerdown", (event) => (from = place(event)));
    picture.addEventListener("pointerup", function (event) {
      if (!from) return;
      const to = place(event);
      const sides = { left: value("left"), right: value("right"), top: value("top"), bottom: value("bottom") };
      const across = (part) => (sides.left + part * (sides.right - sides.left)).toFixed(2);
      const down = (part) => (sides.top + part * (sides.bottom - sides.top)).toFixed(2);
      if (Math.abs(to[0] - from[0]) > 0.02 && Math.abs(to[1] - from[1]) > 0.02) {
        form.elements.left.value = across(Math.min(from[0], to[0]));
        form.elements.right.value = across(Math.max(from[0], to[0]));
        form.elements.top.value = down(Math.min(from[1], to[1]));
        form.elements.bottom.value = down(Math.max(from[1], to[1]));
      }
      from = null;
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    const change = document.querySelector("[data-change]");
    const check = document.querySelector("[data-check]");
    const figure = document.querySelector("[data-crop]");
    if (change) arrange(change);
    if (check) judge(check);
    if (figure) crop(figure);
  });
})();
