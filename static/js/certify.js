// Choosing pages of a certified copy: "all" ticks every page, and unticking one page unticks "all".
(() => {
  const form = document.querySelector("[data-certify]");
  if (!form) return;
  const all = form.querySelector('[name="all_pages"]');
  const pages = [...form.querySelectorAll('[name="pages"]')];
  all.addEventListener("change", () => {
    for (const page of pages) page.checked = all.checked;
  });
  for (const page of pages) {
    page.addEventListener("change", () => {
      all.checked = pages.every((each) => each.checked);
    });
  }
  form.addEventListener("submit", () => {
    form.querySelector("[type=submit]").disabled = true;
  });
})();
