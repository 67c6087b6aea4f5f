// Everything here is a convenience: each page works without it.
"use strict";

(() => {
  const root = document.documentElement;

  // --- light and dark --------------------------------------------------------------------
  // The server reads the cookie, so the page arrives in the chosen theme and does not flash.
  const nextTheme = { auto: "day", day: "night", night: "auto" };
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-theme-form]");
    if (!form) return;
    event.preventDefault();
    const chosen = event.submitter ? event.submitter.value : nextTheme[root.dataset.chosen || "auto"];
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${chosen}; path=/; max-age=31536000; samesite=lax${secure}`;
    root.dataset.chosen = chosen;
    if (chosen === "auto") delete root.dataset.theme;
    else root.dataset.theme = chosen;
    document.querySelectorAll("[data-theme-form] button").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.value === chosen));
    });
  });

  // --- copy to the clipboard ---------------------------------------------------------------
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    const label = button.querySelector("[data-copy-label]");
    if (!label) return;
    const before = label.textContent;
    label.textContent = button.dataset.copied || "Copied";
    setTimeout(() => { label.textContent = before; }, 2000);
  });

  // --- forms: one submission, and a question before losing work ------------------------------
  let unsaved = false;
  document.addEventListener("input", (event) => {
    if (event.target.closest("[data-guard]")) unsaved = true;
  });
  addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent && !form.dataset.again) {
      event.preventDefault();
      return;
    }
    unsaved = false;
    form.dataset.sent = "1";
  });
  addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  // --- the invoice editor --------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const remove = event.target.closest("[data-remove-line]");
    if (!remove) return;
    const line = remove.closest("[data-line]");
    const editor = line.closest("[data-lines]");
    const others = [...editor.querySelectorAll("[data-line]")].filter((one) => one !== line);
    if (!others.length) return;
    event.preventDefault();
    const after = others.find((one) => line.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    // Put out of sight and out of the form, not out of the page: a sum under way still names it.
    line.hidden = true;
    line.removeAttribute("data-line");
    line.querySelectorAll("input, select, textarea, button").forEach((field) => { field.disabled = true; });
    unsaved = true;
    (after || others.at(-1)).querySelector("[data-focus-first]").focus();
    editor.dispatchEvent(new CustomEvent("lines-changed", { bubbles: true }));
  });
  document.addEventListener("keydown", (event) => {
    const editor = event.target.closest && event.target.closest("[data-lines]");
    if (!editor || event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    // Enter goes to the next line and makes one at the end; Ctrl+Enter saves.
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) {
      event.target.form.requestSubmit();
      return;
    }
    const lines = [...editor.querySelectorAll("[data-line]")];
    const next = lines[lines.indexOf(event.target.closest("[data-line]")) + 1];
    if (next) next.querySelector("[data-focus-first]").focus();
    else document.querySelector("[data-add-line]").click();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const fresh = document.querySelector("[data-line][data-fresh]");
    if (!fresh) return;
    delete fresh.dataset.fresh;
    const target = fresh.querySelector("[data-focus-first]");
    if (target && event.detail.requestConfig && event.detail.requestConfig.verb === "post") target.focus();
  });

  // --- shortcuts ----------------------------------------------------------------------------
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = document.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input")) target.focus();
    else target.click();
  });

  // A refused request still carries a page with the reason: show it instead of nothing.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
})();
