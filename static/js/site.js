// Small helps for a hand; every page works without them.

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.querySelector("[data-search-box]");
  event.preventDefault();
  if (box?.checkVisibility()) {
    box.focus();
    box.select();
  } else {
    location.href = "/search/#search-words";
  }
});

if (location.hash === "#search-words") document.querySelector("[data-search-box]")?.focus();

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const said = button.querySelector("[data-copied]") ?? button;
    const before = said.textContent;
    said.textContent = button.dataset.done;
    setTimeout(() => {
      said.textContent = before;
    }, 1500);
  });
}

for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

// On a wide screen the facets stand open beside the hits.
for (const details of document.querySelectorAll("details[data-open-wide]")) {
  if (matchMedia("(min-width: 60rem)").matches) details.open = true;
}
