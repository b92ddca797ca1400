// Deep zoom, keys and turning in place for the pages of an item. Without this script the page shows the same pictures
// with links; every turn here leaves the address such a link would lead to.

class PageViewer {
  constructor(root) {
    this.root = root;
    this.stage = root.querySelector("[data-viewer-stage]");
    this.strip = root.querySelector("[data-viewer-strip]");
    this.text = root.querySelector("[data-viewer-text]");
    this.total = Number(root.dataset.total);
    this.number = Number(root.querySelector("[data-viewer-number]").textContent);
    this.keepStylesOut();
    this.deep = this.openStage();
    this.deep.addHandler("open", () => this.tell());
    root.querySelector("[data-viewer-tools]").hidden = false;
    this.listen();
    this.show(this.number, false);
  }

  // The library adds a style element unless one with this mark is there; the policy of the page lets none in. An
  // element of that name outside HTML carries the mark and means nothing.
  keepStylesOut() {
    const mark = document.createElementNS("urn:fonds", "style");
    mark.setAttribute("data-openseadragon-mobile-css", "");
    document.head.append(mark);
  }

  openStage() {
    const canvas = document.createElement("div");
    canvas.className = "viewer__canvas";
    this.stage.append(canvas);
    this.stage.classList.add("viewer__stage--deep");
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    return OpenSeadragon({
      element: canvas,
      showNavigationControl: false,
      drawer: "canvas",
      animationTime: calm ? 0 : 0.5,
      immediateRender: calm,
      maxZoomPixelRatio: 3,
      visibilityRatio: 0.4,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
      keyboardNavEnabled: false,
    });
  }

  // What is laid over the picture (see viewer-marks.js) follows each page as it opens.
  tell() {
    const detail = { deep: this.deep, link: this.link(this.number) };
    this.root.dispatchEvent(new CustomEvent("viewer:open", { detail }));
  }

  link(number) {
    return this.strip.querySelector(`[data-page="${number}"]`);
  }

  static source(link) {
    return link.dataset.zoom || { type: "image", url: link.dataset.preview };
  }

  show(number, remember = true) {
    const link = this.link(number);
    if (!link) return;
    this.number = number;
    this.deep.open(PageViewer.source(link));
    this.deep.viewport?.setRotation(0);
    for (const other of this.strip.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "page");
    this.strip.scrollTo({ left: link.offsetLeft - this.strip.clientWidth / 2 });
    this.root.querySelector("[data-viewer-number]").textContent = number;
    const words = this.strip.querySelector(`template[data-text="${number}"]`);
    this.text.replaceChildren(...(words ? [words.content.cloneNode(true)] : []));
    this.text.scrollTop = 0;
    this.text.hidden = !words;
    this.text.parentElement.classList.toggle("viewer__room--text", Boolean(words));
    const original = this.root.querySelector("[data-original-of-page]");
    if (original) original.href = link.dataset.original;
    if (remember) history.replaceState(null, "", link.href);
    this.updateTurns();
    this.loadAhead(number + 1);
  }

  updateTurns() {
    for (const turn of this.root.querySelectorAll("[data-turn]")) {
      const target = this.number + Number(turn.dataset.turn);
      turn.hidden = target < 1 || target > this.total;
      turn.href = `?page=${target}#viewer`;
    }
  }

  loadAhead(number) {
    const link = this.link(number);
    if (link?.dataset.preview) new Image().src = link.dataset.preview;
  }

  async turn(step) {
    await this.go(this.number + step);
  }

  async go(number) {
    if (number < 1 || number > this.total || this.fetching) return;
    if (!this.link(number) && !(await this.fetchWindow(number))) {
      location.href = `?page=${number}#viewer`;
      return;
    }
    this.show(number);
  }

  async fetchWindow(number) {
    this.fetching = true;
    try {
      const answer = await fetch(`?page=${number}`, { headers: { Accept: "text/html" } });
      if (!answer.ok) return false;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const strip = page.querySelector("[data-viewer-strip]");
      if (!strip?.querySelector(`[data-page="${number}"]`)) return false;
      this.strip.replaceChildren(...strip.childNodes);
      return true;
    } catch {
      return false; // the caller follows the plain link instead
    } finally {
      this.fetching = false;
    }
  }

  act(name) {
    const view = this.deep.viewport;
    if (name === "in") view.zoomBy(1.5);
    if (name === "out") view.zoomBy(1 / 1.5);
    if (name === "fit") view.goHome();
    if (name === "rotate") view.setRotation((view.getRotation() + 90) % 360);
    if (name === "full") {
      if (document.fullscreenElement) document.exitFullscreen();
      else this.root.requestFullscreen?.();
    }
    view.applyConstraints();
  }

  listen() {
    this.root.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      const tool = event.target.closest("[data-do]");
      if (tool) this.act(tool.dataset.do);
      const link = event.target.closest("[data-page], [data-turn]");
      const window = event.target.closest("[data-window]");
      if (!link && !window) return;
      event.preventDefault();
      if (link?.dataset.page) this.go(Number(link.dataset.page));
      else if (link) this.turn(Number(link.dataset.turn));
      else this.go(Number(new URL(window.href).searchParams.get("page")));
    });
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest("input, textarea, select, [data-viewer-text]")) return;
      const keys = {
        ArrowRight: () => this.turn(1),
        ArrowLeft: () => this.turn(-1),
        "+": () => this.act("in"),
        "=": () => this.act("in"),
        "-": () => this.act("out"),
        0: () => this.act("fit"),
        r: () => this.act("rotate"),
        f: () => this.act("full"),
      };
      const action = keys[event.key] ?? keys[event.key.toLowerCase()];
      if (!action) return;
      event.preventDefault();
      action();
    });
  }
}

for (const root of document.querySelectorAll("[data-viewer]")) new PageViewer(root);
