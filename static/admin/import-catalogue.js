// Drag and drop for imports: a list (where one is asked for), a zip of scans or a folder go to their fields; the paths inside a folder are
// sent beside the files, because a browser sends only the last part of a name.
(function () {
  "use strict";

  function entriesOf(reader) {
    return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
  }

  async function filesBelow(entry, found) {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      found.push({ file: file, path: entry.fullPath.replace(/^\//, "") });
      return;
    }
    const reader = entry.createReader();
    for (let part = await entriesOf(reader); part.length; part = await entriesOf(reader)) {
      for (const child of part) await filesBelow(child, found);
    }
  }

  function give(input, files) {
    const transfer = new DataTransfer();
    files.forEach((file) => transfer.items.add(file));
    input.files = transfer.files;
  }

  function start(form) {
    const table = form.elements.table;
    const archive = form.elements.archive;
    const folder = form.elements.files;
    const paths = form.elements.paths;
    const zone = form.querySelector("[data-drop]");
    const taken = form.querySelector("[data-taken]");

    function show() {
      const names = [];
      for (const input of [table, archive]) if (input && input.files.length) names.push(input.files[0].name);
      if (folder.files.length) names.push(paths.value.split("\n")[0].split("/")[0] + "/ (" + folder.files.length + ")");
      taken.textContent = names.join(" · ");
    }

    folder.addEventListener("change", function () {
      paths.value = Array.from(folder.files, (file) => file.webkitRelativePath || file.name).join("\n");
      show();
    });
    [table, archive].forEach((input) => input && input.addEventListener("change", show));

    zone.hidden = false;
    zone.addEventListener("dragover", function (event) {
      event.preventDefault();
      zone.classList.add("fonds-drop--over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("fonds-drop--over"));
    zone.addEventListener("drop", async function (event) {
      event.preventDefault();
      zone.classList.remove("fonds-drop--over");
      // Everything is taken from the event before the first wait: the browser empties it afterwards.
      const dropped = Array.from(event.dataTransfer.items)
        .filter((item) => item.kind === "file")
        .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
      const scans = [];
      for (const { entry, file } of dropped) {
        if (entry && entry.isDirectory) await filesBelow(entry, scans);
        else if (table && /\.(xlsx|csv)$/i.test(file.name)) give(table, [file]);
        else if (/\.zip$/i.test(file.name)) give(archive, [file]);
        else scans.push({ file: file, path: file.name });
      }
      if (scans.length) {
        give(folder, scans.map((scan) => scan.file));
        paths.value = scans.map((scan) => scan.path).join("\n");
      }
      show();
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    const form = document.querySelector("[data-import]");
    if (form) start(form);
  });
})();
