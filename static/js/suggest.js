// Suggestions while typing: the browser's own list under the box, filled from the answers of the server.

const WAIT = 120;

for (const box of document.querySelectorAll("[data-suggest]")) {
  const list = document.createElement("datalist");
  list.id = `${box.id}-suggestions`;
  box.after(list);
  box.setAttribute("list", list.id);
  let timer;
  let asked = 0;

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const number = ++asked;
      const words = box.value.trim();
      const found = words ? await suggestions(box.dataset.suggest, words) : [];
      if (number !== asked) return; // a later question is on its way
      list.replaceChildren(...found.map((each) => new Option(each.text, each.text)));
    }, WAIT);
  });
}

async function suggestions(address, words) {
  try {
    const answer = await fetch(`${address}?q=${encodeURIComponent(words)}`);
    return answer.ok ? (await answer.json()).suggestions : [];
  } catch {
    return [];
  }
}
