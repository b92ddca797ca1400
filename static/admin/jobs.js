// Refreshes the page of a job while the job is not over.
(function () {
  "use strict";
  function watch(box) {
    async function refresh() {
      const answer = await fetch(box.dataset.jobState, {
        headers: { "X-Requested-With": "XMLHttpRequest" },
        credentials: "same-origin",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const job = await answer.json();
      if (!box.contains(document.activeElement) || job.over) box.innerHTML = job.html;
      if (!job.over) schedule(1000);
    }
    function schedule(delay) {
      window.setTimeout(function () {
        refresh().catch(function () {
          schedule(10000);
        });
      }, delay);
    }
    schedule(1000);
  }
  document.addEventListener("DOMContentLoaded", function () {
    const box = document.querySelector("[data-job-state]");
    if (box && box.dataset.jobOver === "0") watch(box);
  });
})();
