"use strict";

// Words, numbers and days in the user's language, and elements without a line of HTML in a text.
Object.assign(Collecting, (() => {
  const { boot, words } = Collecting;
  const plural = new Intl.PluralRules(boot.locale);
  const dayFormat = new Intl.DateTimeFormat(boot.locale, { dateStyle: "medium" });
  const relative = new Intl.RelativeTimeFormat(boot.locale, { numeric: "auto" });
  const SPANS = [["day", 86400], ["hour", 3600], ["minute", 60]];

  function say(key, values = {}) {
    return words[key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  }

  function count(key, number) {
    const exact = number === 0 ? `${key}_zero` : `${key}_${plural.select(number)}`;
    const found = exact in words ? exact : `${key}_other`;
    return say(found, { count: new Intl.NumberFormat(boot.locale).format(number) });
  }

  const day = (milliseconds) => dayFormat.format(new Date(milliseconds));

  function ago(milliseconds) {
    const seconds = (milliseconds - Date.now()) / 1000;
    for (const [unit, length] of SPANS) {
      if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit);
    }
    return relative.format(0, "minute");
  }

  // make("p", {class: "soft", onclick: f}, "text", element, null)
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    return element;
  }

  function icon(name) {
    const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    drawing.setAttribute("class", "icon");
    drawing.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
    drawing.append(use);
    return drawing;
  }

  const button = (label, onclick, { kind = "quiet", drawing = "", ...more } = {}) =>
    make("button", { type: "button", class: `button ${kind}`, onclick, ...more },
      drawing ? icon(drawing) : null, make("span", {}, label));

  const notice = (tone, ...children) =>
    make("div", { class: `notice ${tone}` }, icon(tone === "good" ? "check" : tone === "bad" ? "alert" : "info"),
      make("div", {}, ...children));

  // What is heard by those who do not see it change.
  let heard = "";
  function announce(text) {
    if (text === heard) return;
    heard = text;
    document.getElementById("spoken").textContent = text;
  }

  let fading = 0;
  function toast(text) {
    const place = document.getElementById("toast");
    clearTimeout(fading);
    place.textContent = text;
    place.hidden = false;
    announce(text);
    fading = setTimeout(() => { place.hidden = true; }, 5000);
  }

  // A view takes the place of the one before; its heading is where reading and tabbing go on.
  let leaving = null;
  function show(children, { onleave = null, focus = true } = {}) {
    if (leaving) leaving();
    leaving = onleave;
    const view = document.getElementById("view");
    view.replaceChildren(...[children].flat().filter(Boolean));
    const heading = view.querySelector("h2");
    document.title = heading ? `${heading.textContent} · ${document.querySelector("h1").textContent}` : document.title;
    if (!focus || !heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    if (!Collecting.isFramed) scrollTo(0, 0);
  }

  const back = (label, onclick) =>
    make("button", { type: "button", class: "back", onclick }, icon("previous"), make("span", {}, label));

  const mark = (collector) => make("span", { class: "mark", "aria-hidden": "true" },
    collector && collector.logo ? make("img", { src: collector.logo, alt: "" })
      : icon({ email: "mail", web: "link", agent: "link", api: "swap", sketch: "clock" }[collector ? collector.type : ""] || "box"));

  return { say, count, day, ago, make, icon, button, notice, announce, toast, show, back, mark };
})());
