/* Rectangles around persons: drawn by mouse or finger, moved by keys; the numbers in the form are what is saved. */
(function () {
  "use strict";
  const form = document.querySelector("form[data-marks]");
  if (!form) return;
  const stage = document.querySelector("[data-marks-picture]");
  const svg = stage.querySelector("svg");
  const rows = form.querySelector("[data-rows]");
  const total = form.querySelector("[name=marks-TOTAL_FORMS]");
  const SIDES = ["left", "top", "width", "height"];
  const rects = new Map();

  const side = (row, name) => row.querySelector(`[data-side=${name}]`);
  const removed = (row) => row.querySelector("[name$=DELETE]");
  const named = (row) => row.querySelector("[name$=-name]");
  const limit = (value, low, high) => Math.min(Math.max(value, low), high);
  const read = (row) => SIDES.map((name) => parseFloat(side(row, name).value));

  function write(row, [left, top, width, height]) {
    const box = [limit(left, 0, 99), limit(top, 0, 99), 0, 0];
    box[2] = limit(width, 0.5, 100 - box[0]);
    box[3] = limit(height, 0.5, 100 - box[1]);
    SIDES.forEach((name, place) => { side(row, name).value = box[place].toFixed(2); });
    draw(row);
  }

  function draw(row) {
    const box = read(row);
    let rect = rects.get(row);
    if (box.some(Number.isNaN) || removed(row)?.checked) {
      rect?.remove();
      rects.delete(row);
      return;
    }
    if (!rect) {
      rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      rect.setAttribute("tabindex", "0");
      rect.setAttribute("role", "button");
      rect.addEventListener("keydown", (event) => move(row, event));
      rect.addEventListener("focus", () => choose(row));
      svg.append(rect);
      rects.set(row, rect);
    }
    ["x", "y", "width", "height"].forEach((name, place) => rect.setAttribute(name, box[place]));
    rect.setAttribute("aria-label", `${svg.dataset.label} ${named(row).value}`);
  }

  function choose(row) {
    rects.forEach((rect, other) => rect.classList.toggle("is-current", other === row));
  }

  function move(row, event) {
    const step = event.ctrlKey ? 0.2 : 1;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.key === "Delete") {
      if (removed(row)) removed(row).checked = true;
      draw(row);
      form.querySelector("[data-new-mark]").focus();
    } else if (event.key === "Enter") {
      named(row).focus();
    } else if (moves[event.key]) {
      const [across, down] = moves[event.key];
      const [left, top, width, height] = read(row);
      write(row, event.shiftKey ? [left, top, width + across, height + down]
        : [limit(left + across, 0, 100 - width), limit(top + down, 0, 100 - height), width, height]);
    } else return;
    event.preventDefault();
  }

  function emptyRow() {
    const free = [...rows.children].find((row) => !named(row).value && !side(row, "left").value && !removed(row)?.checked);
    if (free) return free;
    const holder = document.createElement("div");
    holder.innerHTML = form.querySelector("template").innerHTML.replaceAll("__prefix__", total.value);
    const row = holder.firstElementChild;
    total.value = Number(total.value) + 1;
    rows.append(row);
    listen(row);
    return row;
  }

  let started = 0;
  async function suggest(field) {
    const mine = ++started;
    if (!field.value.trim()) return;
    const answer = await fetch(`${form.dataset.suggest}?term=${encodeURIComponent(field.value)}`);
    if (!answer.ok || mine !== started) return;
    const names = await answer.json();
    document.getElementById("persons").replaceChildren(...names.map((name) => new Option(name, name)));
  }

  function listen(row) {
    row.addEventListener("input", (event) => {
      if (event.target === named(row)) suggest(event.target);
      draw(row);
    });
    row.addEventListener("focusin", () => choose(row));
  }

  [...rows.children].forEach((row) => { listen(row); draw(row); });

  form.querySelector("[data-new-mark]").addEventListener("click", () => {
    const row = emptyRow();
    write(row, [40, 35, 20, 30]);
    rects.get(row).focus();
  });

  let from = null;
  const place = (event) => {
    const frame = svg.getBoundingClientRect();
    return [limit(((event.clientX - frame.left) / frame.width) * 100, 0, 100),
      limit(((event.clientY - frame.top) / frame.height) * 100, 0, 100)];
  };
  svg.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && event.target === svg) {
      from = { point: place(event), row: null };
      svg.setPointerCapture(event.pointerId);
    }
  });
  svg.addEventListener("pointermove", (event) => {
    if (!from) return;
    const [x, y] = place(event);
    const [left, top] = from.point;
    if (!from.row && Math.hypot(x - left, y - top) < 1) return;
    from.row ||= emptyRow();
    write(from.row, [Math.min(x, left), Math.min(y, top), Math.abs(x - left), Math.abs(y - top)]);
  });
  svg.addEventListener("pointerup", () => {
    if (from?.row) { choose(from.row); named(from.row).focus(); }
    from = null;
  });
})();
