// Verifying a file: it may be dropped anywhere on its form, and is sent at once. A result can be printed.
(() => {
  const button = document.querySelector("[data-print]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => window.print());
})();
(() => {
  const form = document.querySelector("[data-verify-file]");
  if (!form) return;
  const field = form.querySelector(".drop-field");
  const input = form.querySelector("[type=file]");
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    field.classList.add("is-over");
  });
  form.addEventListener("dragleave", () => field.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    field.classList.remove("is-over");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
})();
