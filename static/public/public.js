"use strict";

// Two conveniences; the page is whole without them.

// 1. Copy bank details.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const label = button.textContent;
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
      } catch {
        return;
      }
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = label; }, 1600);
    });
  }
}

// 2. Tell the sender that a person has opened the invoice: only once the page has been
// painted and has stayed visible for a moment, never from a preview or a background tab.
const VISIBLE_MS = 1500;
const sheet = document.querySelector("main[data-viewed]");
let timer = 0;

function tell() {
  const { viewed, proof } = sheet.dataset;
  sheet.dataset.proof = "";
  fetch(viewed, {
    method: "POST",
    body: new URLSearchParams({ proof }),
    keepalive: true,
    credentials: "same-origin",
  }).catch(() => {});
}

function watch() {
  clearTimeout(timer);
  if (document.visibilityState === "visible" && !document.prerendering && sheet.dataset.proof) {
    timer = setTimeout(tell, VISIBLE_MS);
  }
}

if (sheet && sheet.dataset.proof) {
  document.addEventListener("visibilitychange", watch);
  document.addEventListener("prerenderingchange", watch);
  requestAnimationFrame(() => requestAnimationFrame(watch));
}
