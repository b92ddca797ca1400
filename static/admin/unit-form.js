// In the form of a unit: proposes the reference code from the fields above it and tells of doubles, before saving.
(function () {
  "use strict";
  const FIELDS = ["category", "year", "retention", "department", "title", "date_text", "document_number"];

  function start(box) {
    const form = box.closest("form");
    const code = form.elements.namedItem("reference_code");
    const proposed = form.elements.namedItem("proposed_code");
    let timer = null;
    let running = null;

    function isOurs() {
      return !code.disabled && (code.value.trim() === "" || code.value.trim() === proposed.value);
    }

    function show(answer) {
      if (!code.disabled && proposed && box.dataset.unit === "") {
        if (isOurs()) code.value = answer.code;
        proposed.value = answer.code;
      }
      box.replaceChildren();
      if (answer.message) {
        const line = document.createElement("p");
        line.textContent = answer.message;
        box.append(line);
      }
      if (!answer.doubles.length) return;
      const text = document.createElement("p");
      text.className = "fonds-doubles";
      text.textContent = answer.warning;
      const list = document.createElement("ul");
      answer.doubles.forEach(function (unit) {
        const link = document.createElement("a");
        link.href = unit.url;
        link.target = "_blank";
        link.textContent = [unit.code, unit.title, unit.date].filter(Boolean).join(" ");
        const row = document.createElement("li");
        row.append(link);
        list.append(row);
      });
      box.append(text, list);
    }

    async function ask() {
      if (running) running.abort();
      running = new AbortController();
      const query = new URLSearchParams({
        parent: box.dataset.parent,
        unit: box.dataset.unit,
        level: box.dataset.level,
      });
      FIELDS.forEach(function (name) {
        const field = form.elements.namedItem(name);
        if (field && field.value) query.set(name, field.value);
      });
      const answer = await fetch(box.dataset.unitCheck + "?" + query, {
        headers: { "X-Requested-With": "XMLHttpRequest" },
        credentials: "same-origin",
        signal: running.signal,
      });
      if (answer.ok) show(await answer.json());
    }

    function soon() {
      window.clearTimeout(timer);
      timer = window.setTimeout(function () {
        ask().catch(function (error) {
          if (error.name !== "AbortError") throw error;
        });
      }, 400);
    }

    if (box.dataset.unit === "") soon();
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
  }

  document.addEventListener("DOMContentLoaded", function () {
    const box = document.querySelector("[data-unit-check]");
    if (box) start(box);
  });
})();
