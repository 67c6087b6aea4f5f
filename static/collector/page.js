"use strict";

// Where one begins: with the terms, with one's suppliers, or with the word that this has ended.
Object.assign(Collecting, (() => {
  const { boot, say, make, button, notice, show, api, tell } = Collecting;
  let clock = 0;

  function termsWords() {
    if (!boot.termsUrl) return say("termsAgree");
    const [before, after] = say("termsAgreeLink").split("{link}");
    return [before, make("a", { href: boot.termsUrl, target: "_blank", rel: "noopener noreferrer" }, say("termsLink"),
      make("span", { class: "spoken" }, ` (${say("newTab")})`)), after];
  }

  function showTerms() {
    const tick = make("input", { type: "checkbox", id: "agree", required: true });
    const code = make("input", { id: "terms-code", inputmode: "numeric", autocomplete: "one-time-code", maxlength: "16",
      required: true, "aria-describedby": "terms-help" });
    code.value = boot.code || "";
    const error = make("p", { class: "error", id: "terms-error", hidden: true });
    const refuse = (field, text) => {
      error.textContent = text;
      error.hidden = false;
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", "terms-error");
      field.focus();
    };
    const send = async (event) => {
      event.preventDefault();
      error.hidden = true;
      for (const field of [tick, code]) field.removeAttribute("aria-invalid");
      if (!tick.checked) return refuse(tick, say("termsTick"));
      if (!code.value.trim()) return refuse(code, say("fieldMissing"));
      try {
        await api.terms(code.value.replace(/\s/g, ""));
      } catch (refused) {
        if (refused.status !== 401) refuse(code, refused.status === 400 ? say("termsWrong") : refused.message);
        return undefined;
      }
      boot.needsTerms = false;
      Collecting.isUnderWay = true;
      return begin();
    };
    show([make("h2", {}, say("termsTitle")), make("p", {}, say("termsText", { name: boot.customerName })),
      make("form", { class: "form", novalidate: true, onsubmit: send },
        make("label", { class: "tick" }, tick, make("span", {}, termsWords())),
        make("div", { class: "field" }, make("label", { for: "terms-code" }, say("termsCode")), code,
          make("p", { class: "soft small", id: "terms-help" }, say("termsCodeHelp")), error),
        make("button", { class: "button primary wide" }, say("termsButton"))),
      make("p", { class: "soft small" }, say("termsNoCode"))], { focus: false });
  }

  // What was typed stays where it is, behind the notice, for another token.
  function end() {
    clearTimeout(clock);
    const wasOpen = Boolean(Collecting.token);
    Collecting.token = "";
    const place = document.getElementById("ended");
    document.getElementById("view").hidden = true;
    if (place.hidden) {
      const asks = Collecting.isFramed && boot.origins.length > 0;
      place.replaceChildren(make("h2", { tabindex: "-1" }, say("endedTitle")),
        notice("warn", make("p", {}, say(asks ? "endedAsk" : "endedText"))),
        ...(asks ? [button(say("endedButton"), () => tell("expired"), { kind: "primary", drawing: "undo" })] : []));
      place.hidden = false;
      if (wasOpen) place.querySelector("h2").focus({ preventScroll: true });
      document.title = `${say("endedTitle")} · ${document.querySelector("h1").textContent}`;
      tell("expired");
    }
  }

  function resume(token) {
    const isNew = !document.getElementById("view").hasChildNodes();
    Collecting.token = token;
    const place = document.getElementById("ended");
    const wasEnded = !place.hidden;
    place.hidden = true;
    document.getElementById("view").hidden = false;
    if (isNew) location.replace(`${location.pathname}?token=${token}`);
    else if (wasEnded) document.dispatchEvent(new Event("token"));
  }

  function begin() {
    if (boot.needsTerms) showTerms();
    else if (boot.credential) Collecting.showProgress(boot.credential);
    else Collecting.showList();
    boot.credential = "";
  }

  addEventListener("DOMContentLoaded", () => {
    if (!Collecting.token) {
      end();
    } else {
      clock = setTimeout(end, boot.endsInMs);
      begin();
    }
    tell("ready");
  });
  return { end, resume };
})());
