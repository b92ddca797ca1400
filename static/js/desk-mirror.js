// The reader's screen follows what the clerk shows, once a second.
(() => {
  const screen = document.querySelector("[data-mirror-screen]");
  const room = screen.querySelector("[data-pages]");
  const mark = screen.querySelector("[data-mark]");
  const empty = screen.querySelector("[data-empty]");
  let shown = [...room.children].map((picture) => picture.getAttribute("src")).join(" ");

  async function follow() {
    const answer = await fetch(screen.dataset.state, { headers: { Accept: "application/json" } }).catch(() => null);
    // What cannot be asked for is not left standing.
    const state = answer?.ok && !answer.redirected ? await answer.json() : { pages: [], mark: "" };
    const pages = state.pages;
    mark.textContent = state.mark;
    const wanted = pages.map((page) => page.picture).join(" ");
    if (wanted === shown) return;
    shown = wanted;
    room.replaceChildren(
      ...pages.map((page) => {
        const picture = document.createElement("img");
        picture.src = page.picture;
        picture.alt = `${room.dataset.label} ${page.number}`;
        return picture;
      }),
    );
    empty.hidden = pages.length > 0;
  }

  setInterval(follow, 1000);
})();
