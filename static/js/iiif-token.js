// In the hidden frame of a IIIF viewer: tell the page around it the token, or why there is none.

const message = JSON.parse(document.getElementById("message").textContent);
window.parent.postMessage(message, document.body.dataset.target);
