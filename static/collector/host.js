"use strict";

// The site around the frame: it is told what happens here, and may bring another token. Only
// origins that the customer has registered are spoken to, and only they are listened to.
Object.assign(Collecting, (() => {
  const { boot } = Collecting;
  const isFramed = window.parent !== window;
  document.documentElement.classList.toggle("framed", isFramed);

  // Which of them it is: by the browser's own word, else by where the frame was opened from.
  function target() {
    const above = location.ancestorOrigins ? [...location.ancestorOrigins] : [];
    let opener = "";
    try {
      opener = new URL(document.referrer).origin;
    } catch {
      opener = "";
    }
    return [above[0], opener].find((origin) => boot.origins.includes(origin));
  }

  function tell(type, facts = {}) {
    if (!isFramed) return;
    const message = { source: "collector", type, ...facts };
    const known = target();
    // Where the browser says nothing, each is tried: it hands a message to the right one only.
    for (const origin of known ? [known] : boot.origins) window.parent.postMessage(message, origin);
  }

  addEventListener("message", (event) => {
    if (!isFramed || event.source !== window.parent || !boot.origins.includes(event.origin)) return;
    const said = event.data || {};
    if (said.type === "token" && /^[0-9a-f]{128}$/.test(said.token || "")) Collecting.resume(said.token);
  });

  if (isFramed) {
    let height = 0;
    new ResizeObserver(() => {
      const now = Math.ceil(document.getElementById("frame").getBoundingClientRect().height);
      if (now === height) return;
      height = now;
      tell("resize", { height });
    }).observe(document.getElementById("frame"));
  }
  return { isFramed, tell };
})());
