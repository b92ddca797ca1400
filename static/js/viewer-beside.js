// A second page beside the one shown, of the same item or of another by its reference code; and the citation of a page.
// Loaded before viewer.js: its keys are asked first.

class Beside {
  constructor(root) {
    this.root = root;
    this.panel = root.querySelector("[data-beside]");
    this.form = this.panel.querySelector("form");
    this.code = this.form.elements.code;
    this.number = this.form.elements.page;
    this.told = this.panel.querySelector("[data-beside-told]");
    this.room = root.querySelector(".viewer__room");
    this.stage = root.querySelector("[data-beside-stage]");
    this.button = root.querySelector("[data-beside-toggle]");
    this.cited = root.querySelector("[data-cited]");
    this.citing = root.querySelector("[data-cite]");
    this.asked = 0;
    this.button.addEventListener("click", () => this.toggle());
    this.citing.addEventListener("click", () => this.cite());
    this.panel.querySelector("[data-beside-close]").addEventListener("click", () => this.toggle());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.show();
    });
    document.addEventListener("keydown", (event) => this.press(event), true);
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  get page() {
    return Number(this.root.querySelector("[data-viewer-number]").textContent);
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && this.isOpen) return this.toggle();
    if (event.target.closest("input, textarea, select, [data-viewer-text]")) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const action =
      event.shiftKey && step && this.isOpen
        ? () => this.turn(step)
        : { c: () => this.toggle(), q: () => this.cite() }[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    action();
  }

  toggle() {
    const opens = !this.isOpen;
    this.panel.hidden = this.stage.hidden = !opens;
    this.button.setAttribute("aria-pressed", String(opens));
    this.room.classList.toggle("viewer__room--beside", opens);
    if (!opens) {
      this.button.focus();
      return;
    }
    const total = Number(this.root.dataset.total);
    this.number.value = this.page < total ? this.page + 1 : Math.max(1, this.page - 1);
    this.show();
    this.number.focus();
  }

  turn(step) {
    const number = Number(this.number.value) + step;
    if (number < 1) return;
    this.number.value = number;
    this.show();
  }

  async show() {
    const ask = ++this.asked;
    const number = Number(this.number.value);
    const found = await this.find(this.code.value.trim(), number);
    if (ask !== this.asked || !this.isOpen) return; // another page was asked for meanwhile
    this.told.textContent = found ? "" : this.told.dataset.missing;
    this.stage.classList.toggle("viewer__stage--nothing", !found);
    if (found) this.deep.open(found);
  }

  // What the reader may see of the other page is what its own page shows.
  async find(code, number) {
    const page = code ? `/r/${encodeURIComponent(code)}/` : location.pathname;
    try {
      const answer = await fetch(`${page}?page=${number}`, { headers: { Accept: "text/html" } });
      if (!answer.ok) return null;
      const other = new DOMParser().parseFromString(await answer.text(), "text/html");
      const link = other.querySelector(`[data-viewer-strip] [data-page="${number}"]`);
      return link && (link.dataset.zoom || { type: "image", url: link.dataset.preview });
    } catch {
      return null;
    }
  }

  get deep() {
    if (this.opened) return this.opened;
    const canvas = document.createElement("div");
    canvas.className = "viewer__canvas";
    this.stage.append(canvas);
    this.opened = OpenSeadragon({
      element: canvas,
      showNavigationControl: false,
      drawer: "canvas",
      maxZoomPixelRatio: 3,
      visibilityRatio: 0.4,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
      keyboardNavEnabled: false,
    });
    return this.opened;
  }

  async cite() {
    const { cite, address } = this.citing.dataset;
    const where = new URL(address || location.pathname, location.href);
    where.searchParams.set("page", this.page);
    const text = cite.replace("{page}", this.page).replace("{address}", where.href);
    this.cited.hidden = false;
    this.cited.querySelector("output").textContent = text;
    try {
      await navigator.clipboard.writeText(text);
      this.cited.querySelector("[data-cited-done]").hidden = false;
    } catch {
      getSelection().selectAllChildren(this.cited.querySelector("output")); // to be copied by hand
    }
  }
}

for (const root of document.querySelectorAll("[data-viewer]")) new Beside(root);
