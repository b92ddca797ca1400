// The board of the waiting room follows the numbers without the page being loaded anew; what cannot be asked for stays.
(() => {
  setInterval(async () => {
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("main");
    const shown = document.querySelector("main");
    if (now && now.innerHTML !== shown.innerHTML) shown.replaceWith(document.adoptNode(now));
  }, 5000);
})();
