// Sound and film: the transcript follows, a click on a line goes there, words are found in it, a passage gets its address.
// The address ?t=12 or ?t=12,30 plays from there (and to there).
(function () {
  "use strict";

  function start(player) {
    const media = player.querySelector("audio, video");
    const lines = Array.from(player.querySelectorAll("[data-lines] li"));
    const timed = lines.filter((line) => line.dataset.at);
    const box = player.querySelector("[data-lines]");
    const address = player.querySelector("[data-address]");
    const wave = player.querySelector("[data-wave]");
    const passage = { from: 0, to: null };
    let stopAt = null;
    let current = null;

    player.querySelectorAll("[data-player-script]").forEach((part) => (part.hidden = false));

    function tell() {
      const here = new URL(window.location.href);
      here.searchParams.set("t", passage.from.toFixed(1) + (passage.to ? "," + passage.to.toFixed(1) : ""));
      here.hash = player.id;
      address.value = here.href;
    }

    function go(seconds, play) {
      media.currentTime = seconds;
      if (play) media.play().catch(() => {});
    }

    player.addEventListener("click", function (event) {
      const link = event.target.closest("a[data-at]");
      if (!link) return;
      event.preventDefault();
      stopAt = null;
      go(Number(link.dataset.at), true);
    });

    media.addEventListener("timeupdate", function () {
      const now = media.currentTime;
      if (stopAt !== null && now >= stopAt) {
        media.pause();
        stopAt = null;
      }
      if (wave && media.duration) wave.querySelector("[data-played]").setAttribute("width", (400 * now) / media.duration);
      const line = timed.filter((each) => Number(each.dataset.at) <= now + 0.05).pop() || null;
      if (line === current) return;
      if (current) current.removeAttribute("aria-current");
      current = line;
      if (!line) return;
      line.setAttribute("aria-current", "true");
      box.scrollTop = line.offsetTop - box.offsetTop - box.clientHeight / 3;
    });

    if (wave) {
      wave.addEventListener("click", function (event) {
        const room = wave.getBoundingClientRect();
        if (media.duration) go(((event.clientX - room.left) / room.width) * media.duration, true);
      });
    }

    player.querySelectorAll("[data-mark]").forEach(function (button) {
      button.addEventListener("click", function () {
        passage[button.dataset.mark] = media.currentTime;
        if (button.dataset.mark === "from" && passage.to !== null && passage.to <= passage.from) passage.to = null;
        tell();
      });
    });
    address.addEventListener("focus", () => address.select());

    const find = player.querySelector("[data-find]");
    if (find) {
      find.addEventListener("input", function () {
        const word = find.value.trim().toLowerCase();
        let found = 0;
        lines.forEach(function (line) {
          const text = line.querySelector("[data-text]");
          const plain = text.textContent;
          text.replaceChildren(plain);
          const at = word ? plain.toLowerCase().indexOf(word) : -1;
          if (at < 0) return;
          found += 1;
          const mark = document.createElement("mark");
          mark.textContent = plain.slice(at, at + word.length);
          text.replaceChildren(plain.slice(0, at), mark, plain.slice(at + word.length));
          if (found === 1) box.scrollTop = line.offsetTop - box.offsetTop;
        });
        player.querySelector("[data-found]").textContent = word ? String(found) : "";
      });
    }

    const wanted = /^(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?$/.exec(new URLSearchParams(window.location.search).get("t") || "");
    const meant = window.location.hash === "#" + player.id || !window.location.hash;
    if (wanted && meant) {
      passage.from = Number(wanted[1]);
      passage.to = wanted[2] ? Number(wanted[2]) : null;
      stopAt = passage.to;
      if (media.readyState > 0) go(passage.from, false);
      else media.addEventListener("loadedmetadata", () => go(passage.from, false), { once: true });
    }
    tell();
  }

  function startAll() {
    document.querySelectorAll("[data-player]").forEach(start);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll);
  else startAll();
})();
