/* Captioning many photographs: fill down, copy from the group, take proposals, move by keys. Empty fields only. */
(function () {
  "use strict";
  const form = document.querySelector("form[data-captions]");
  if (!form) return;
  const groups = JSON.parse(document.getElementById("caption-groups").textContent);
  const column = (name) => [...form.querySelectorAll(`tbody [data-field="${name}"]`)];
  const beside = (field, step) => {
    const fields = column(field.dataset.field);
    return fields[fields.indexOf(field) + step];
  };
  const write = (field, text) => {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  function fillBelow(fields) {
    let text = "";
    fields.forEach((field) => {
      if (field.value.trim()) text = field.value;
      else if (text) write(field, text);
    });
  }

  function fromGroup(name) {
    column(name).forEach((field) => {
      const group = groups[field.closest("tr").dataset.photo];
      if (group && group[name] && !field.value.trim()) write(field, group[name]);
    });
  }

  function accept(cell) {
    const proposal = cell.querySelector("[data-proposal]");
    const field = cell.querySelector("[data-field]");
    if (!proposal || field.value.trim()) return;
    write(field, proposal.dataset.proposal);
    proposal.remove();
    field.focus();
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[type=button]");
    if (!button) return;
    if (button.dataset.fill) fillBelow(column(button.dataset.fill));
    else if (button.dataset.group) fromGroup(button.dataset.group);
    else if (button.dataset.proposal) accept(button.closest("td"));
  });

  const keys = {
    ArrowDown: (field) => beside(field, 1)?.focus(),
    ArrowUp: (field) => beside(field, -1)?.focus(),
    Enter: (field) => accept(field.closest("td")),
    d: (field, event) => {
      const fields = column(field.dataset.field);
      if (event.shiftKey) fillBelow(fields.slice(fields.indexOf(field)));
      else if (beside(field, -1)) write(field, beside(field, -1).value);
    },
  };

  form.addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (command && key === "s") {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    const field = event.target.closest("[data-field]");
    if (field && command && keys[key]) {
      event.preventDefault();
      keys[key](field, event);
    } else if (field && !command && key === "Enter" && field.tagName === "INPUT") {
      event.preventDefault(); // a line must not save the whole table
      beside(field, 1)?.focus();
    }
  });

  let changed = Boolean(form.querySelector(".fonds-captions__new, .fonds-captions__fault"));
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  document.querySelector("[data-faults]")?.focus();
})();
