// The keys and the clock of the query window. Without this script every key has a button or a link.
(() => {
  const find = (selector) => document.querySelector(selector);
  const desk = find("[data-desk]");
  const print = find("[data-print]");
  const isWriting = () => document.activeElement?.matches("input, textarea, select");

  // A form that is on its way is not sent again.
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
    });
  }

  // An identity number typed into the search is moved to the reader's field: it goes into no address.
  find("[data-search]")?.form.addEventListener("submit", (event) => {
    const search = find("[data-search]");
    const number = search.value.normalize("NFKC").replace(/[\s-]/g, "");
    if (!/^[1-8]\d{5}(19|20)\d{9}[\dXx]$/.test(number)) return;
    event.preventDefault();
    search.value = "";
    focus("[data-reader]");
    find("[data-reader]").value = number;
  });

  function press(selector) {
    const button = find(selector);
    if (button && !button.disabled) button.click();
    else if (button) focus("[data-empty-basket]"); // says what to do first
    return Boolean(button);
  }

  function focus(selector) {
    const target = find(selector);
    if (!target) return false;
    target.closest("details")?.setAttribute("open", "");
    target.focus();
    target.select?.();
    return true;
  }

  // Up and down walk through the list in which the focus is, or into the hits.
  function walk(step) {
    const kind = document.activeElement?.matches("[data-below]") ? "[data-below]" : "[data-hit]";
    const links = [...document.querySelectorAll(kind)];
    const below = [...document.querySelectorAll("[data-below]")];
    const list = links.length ? links : below;
    if (!list.length) return false;
    const place = list.indexOf(document.activeElement);
    const current = list.findIndex((link) => link.getAttribute("aria-current"));
    const next = place >= 0 ? place + step : current >= 0 ? current + step : 0;
    if (next < 0) return focus("[data-search]");
    list[Math.min(next, list.length - 1)].focus();
    return true;
  }

  // One page as wide as its column, or two beside each other; so it stays while this window is open.
  const pages = find("[data-pages]");
  const enlarge = find("[data-enlarge]");
  function show(large) {
    pages.classList.toggle("desk-pages--large", large);
    enlarge.setAttribute("aria-pressed", String(large));
    sessionStorage.setItem("desk-large", large ? "1" : "");
  }
  if (pages) {
    enlarge.hidden = false;
    enlarge.addEventListener("click", () => show(!pages.classList.contains("desk-pages--large")));
    show(sessionStorage.getItem("desk-large") === "1");
  }

  function certify() {
    return press(document.activeElement?.matches("#desk-none") ? "[data-certify-none]" : "[data-certify-basket]");
  }

  function onDesk(event) {
    const key = event.key;
    if (event.ctrlKey && key.toLowerCase() === "k") return focus("[data-search]");
    if (event.ctrlKey && key.toLowerCase() === "p") return certify();
    if (event.altKey && key.toLowerCase() === "p") return press("[data-copy-basket]");
    if (event.altKey && key.toLowerCase() === "a") return focus("#desk-login");
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    if (key === "F2") return focus("[data-reader]");
    if (key === "F7") return focus("#desk-none") || focus("[data-search]");
    if (key === "F8") return press("[data-mirror] button");
    if (key === "F9") return press("[data-hand-over]");
    if (key === "Escape") return focus("[data-current]") || focus("[data-closed]") || focus("[data-hit]");
    const searching = document.activeElement?.matches("[data-search]");
    if (key === "ArrowDown" && (!isWriting() || searching)) return walk(1);
    if (key === "ArrowUp" && !isWriting()) return walk(-1);
    if (isWriting() || event.repeat) return false;
    if (key === "Backspace") return press("[data-above]");
    if (key.toLowerCase() === "z") return press("[data-enlarge]");
    if (key === "ArrowLeft") return press("[data-previous]");
    if (key === "ArrowRight") return press("[data-next]") || enterList();
    if (key === " " && !document.activeElement?.matches("button, summary, [data-below]")) return press("[data-tick] button");
    return false;
  }

  // From a file to the first of the records in it.
  function enterList() {
    return !find("[data-current]") && focus("[data-below]");
  }

  function onPrint(event) {
    if (event.key === "Escape") return press("[data-back]");
    if (event.key === "F9") return press("[data-hand-over]");
    if (event.ctrlKey && event.key.toLowerCase() === "p") return press("[data-again]");
    return false;
  }

  function onHome(event) {
    if (event.key === "F2") return press("[data-call]");
    if (event.key === "F3") return press("[data-draw]");
    if (event.key === "F4") return press("[data-begin]");
    return false;
  }

  const listen = desk ? onDesk : print ? onPrint : find("[data-desk-home]") ? onHome : null;
  if (listen) {
    document.addEventListener("keydown", (event) => {
      if (listen(event)) event.preventDefault();
    });
  }

  // A purpose is kept by Enter, or by choosing it with the mouse; the arrow keys only walk through the list.
  const purpose = find("[data-purpose] select");
  let byPointer = false;
  purpose?.addEventListener("pointerdown", () => (byPointer = true));
  purpose?.addEventListener("change", () => byPointer && purpose.form.requestSubmit());
  purpose?.addEventListener("keydown", (event) => {
    byPointer = false;
    if (event.key !== "Enter") return;
    event.preventDefault();
    purpose.form.requestSubmit();
  });

  // The clock goes on from what the server says, whatever the time of this machine is.
  const clock = find("[data-clock]");
  if (clock) {
    const began = performance.now() - Number(clock.dataset.clock) * 1000;
    setInterval(() => {
      const seconds = Math.floor((performance.now() - began) / 1000);
      const colour = seconds < Number(clock.dataset.green) ? "green" : seconds < Number(clock.dataset.amber) ? "amber" : "red";
      clock.className = `desk-clock desk-clock--${colour}`;
      clock.textContent = [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, "0")).join(":");
    }, 1000);
  }

  // A decision of the duty manager appears by itself.
  if (desk?.dataset.waits) {
    const ask = async () => (await fetch(desk.dataset.waits, { headers: { Accept: "application/json" } })).json();
    let before = null;
    setInterval(async () => {
      const now = await ask().catch(() => null);
      if (!now) return;
      if (before !== null && now.decided !== before && !isWriting()) location.reload();
      before ??= now.decided;
    }, 3000);
  }

  // What waits for the duty manager appears by itself, unless he is writing a reason.
  if (find("[data-approvals]")) {
    const reasons = [...document.querySelectorAll("[data-approvals] [name=reason]")];
    setInterval(() => reasons.some((reason) => reason.value) || isWriting() || location.reload(), 10000);
  }

  // The browser's dialog opens as soon as the PDF is there: once for every print that is counted, and not again for
  // who comes back to look at it.
  const frame = find("[data-frame]");
  if (frame && !sessionStorage.getItem(`desk-printed-${frame.dataset.frame}`)) {
    frame.addEventListener("load", () => {
      sessionStorage.setItem(`desk-printed-${frame.dataset.frame}`, "1");
      try {
        frame.contentWindow.print();
      } catch {
        // the browser shows PDFs otherwise: its own button prints
      }
      window.focus(); // the keys of this page go on
    });
  }

  const first = desk
    ? ["[data-faults]", ".field__error", "[data-found]", "[data-current]", "[data-closed]", "[data-below]", "[data-hit]"]
    : ["[data-first] select", "[data-start]", "[data-back]"];
  const asked = new URLSearchParams(location.search);
  const unknown = find("[data-next-field]");
  find("[data-hit][aria-current]")?.scrollIntoView({ block: "nearest" });
  if (desk && asked.has("q") && focus("[data-hit]")) {
    // a search leads to its hits
  } else if (desk && asked.has("from") && focus(`[data-below][href="?unit=${Number(asked.get("from"))}"]`)) {
    // back in the file, on the record one came from
  } else if (desk && asked.has("unit") && ["[data-current]", "[data-closed]", "[data-below]"].some(focus)) {
    // and a hit to its pages, or to what is to be done before they are shown
  } else if (unknown) {
    focus(`[data-register] [name=${unknown.dataset.nextField}]`);
  } else if (desk && !find(".desk-reader") && !find("[data-faults]") && !find("[data-found]")) {
    const wrong = find("[data-register] .field__error");
    if (wrong) wrong.parentElement.querySelector("input, select")?.focus();
    else focus("[data-reader]");
  } else if (!find("[data-faults]") && focus("[data-missing] select")) {
    // who is here is known: next what for
  } else if (!first.some((selector) => focus(selector)) && desk) {
    focus("[data-search]");
  }
})();
