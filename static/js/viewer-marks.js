// The words of a search on the picture of the page, where the page was recognised. They stand in the address that
// it was opened by (?mark=…), and hold for all pages turned to from there.

const words = new URLSearchParams(location.search).getAll("mark");

class Marks {
  constructor(root) {
    this.root = root;
    this.button = root.querySelector("[data-marks-toggle]");
    this.told = root.querySelector("[data-marks-told]");
    this.asked = 0;
    this.button.addEventListener("click", () => this.toggle());
    root.addEventListener("viewer:open", (event) => this.show(event.detail));
  }

  get areShown() {
    return this.button.getAttribute("aria-pressed") === "true";
  }

  toggle() {
    this.button.setAttribute("aria-pressed", String(!this.areShown));
    this.root.classList.toggle("viewer--unmarked", !this.areShown);
  }

  async show({ deep, link }) {
    const ask = ++this.asked;
    const boxes = await this.boxes(link);
    if (ask !== this.asked) return; // another page was opened meanwhile
    const picture = deep.world.getItemAt(0);
    if (!picture) return;
    const { x, y } = picture.getContentSize();
    for (const [left, top, width, height] of boxes) {
      const element = document.createElement("div");
      element.className = "viewer__mark";
      const place = picture.imageToViewportRectangle(left * x, top * y, width * x, height * y);
      deep.addOverlay({ element, location: place });
    }
    this.button.hidden = boxes.length === 0;
    this.told.textContent = boxes.length ? this.told.dataset.words.replace("0", boxes.length) : "";
  }

  async boxes(link) {
    const address = link?.dataset.marks;
    if (!address) return [];
    const query = new URLSearchParams(words.map((word) => ["mark", word]));
    try {
      const answer = await fetch(`${address}?${query}`, { headers: { Accept: "application/json" } });
      return answer.ok ? (await answer.json()).boxes : [];
    } catch {
      return []; // the page is read without marks
    }
  }
}

if (words.length) for (const root of document.querySelectorAll("[data-viewer]")) new Marks(root);
