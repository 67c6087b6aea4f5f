// The command bar, keyboard shortcuts and choosing rows. Each page works without it.
"use strict";

(() => {
  const bar = document.getElementById("command");
  const help = document.getElementById("keys");
  if (!bar || !help) return;
  const box = bar.querySelector("input");
  const list = bar.querySelector("[role=listbox]");

  // --- the command bar ------------------------------------------------------------------------
  // Of which words the list is; Enter before it has come waits for it.
  let listed = null;
  let entered = false;
  const open = () => {
    if (help.open) help.close();
    if (!bar.open) bar.showModal();
    box.value = "";
    listed = null;
    entered = false;
    box.focus();
    box.dispatchEvent(new Event("opened"));
  };
  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector('[aria-selected="true"]');
  const choose = (option) => {
    options().forEach((each) => each.setAttribute("aria-selected", String(each === option)));
    if (option) {
      box.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      box.removeAttribute("aria-activedescendant");
    }
  };
  const move = (steps) => {
    const all = options();
    if (!all.length) return;
    const at = all.indexOf(chosen());
    choose(all[(at + steps + all.length) % all.length]);
  };
  const enter = () => {
    const option = chosen() || options()[0];
    if (option) option.querySelector("a").click();
  };
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(chosen() ? -1 : 0);
    else if (event.key === "Enter") {
      if (listed === box.value) enter();
      else entered = true;
    } else return;
    event.preventDefault();
  });
  list.addEventListener("htmx:afterSettle", (event) => {
    listed = event.detail.requestConfig.parameters.q;
    choose(options()[0]);
    if (entered && listed === box.value) enter();
  });
  list.addEventListener("click", (event) => {
    if (event.target.closest("a")) bar.close();
  });
  for (const dialog of [bar, help]) {
    // A click beside it closes it: only the backdrop is the dialog itself.
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  }
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-command], [data-help]");
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (opener.matches("[data-help]")) help.showModal();
    else open();
  });

  // --- shortcuts ------------------------------------------------------------------------------
  const SWITCH = "shortcuts";
  const tick = help.querySelector("[data-keys-on]");
  const isOn = () => localStorage.getItem(SWITCH) !== "off";
  tick.checked = isOn();
  tick.addEventListener("change", () => localStorage.setItem(SWITCH, tick.checked ? "on" : "off"));

  const rows = () => [...document.querySelectorAll("main .row-link")].filter((row) => row.offsetParent);
  const walk = (steps) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const next = at < 0 ? (steps > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + steps));
    all[next].focus();
  };
  const pick = () => {
    const row = document.activeElement.closest("tr");
    const tickOfRow = row && row.querySelector(".pick");
    if (tickOfRow) tickOfRow.click();
  };
  const follow = (keys) => {
    const link = help.querySelector(`[data-keys="${CSS.escape(keys)}"]`);
    if (link) link.click();
    return Boolean(link);
  };
  const press = (key) => {
    const target = document.querySelector(`[data-shortcut="${CSS.escape(key)}"]`);
    if (target) target.click();
  };

  let first = "";
  let waiting = 0;
  const forget = () => {
    clearTimeout(waiting);
    first = "";
  };
  // Ahead of the page's own single keys: n may be the beginning of n i.
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (bar.open) bar.close();
      else open();
      return;
    }
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || bar.open) return;
    if (!isOn()) {
      if (event.key !== "?") event.stopImmediatePropagation();
      else help.showModal();
      return;
    }
    const stop = () => {
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    if (first) {
      const keys = `${first} ${event.key}`;
      forget();
      if (follow(keys)) stop();
      return;
    }
    if (help.querySelector(`[data-keys^="${CSS.escape(event.key)} "]`)) {
      stop();
      first = event.key;
      waiting = setTimeout(() => {
        const alone = first;
        forget();
        press(alone);
      }, 700);
      return;
    }
    if (help.open) return;
    if (event.key === "?") help.showModal();
    else if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else if (event.key === "x") pick();
    else return;
    stop();
  }, true);

  // --- choosing rows --------------------------------------------------------------------------
  const count = () => {
    const told = document.querySelector("[data-picked]");
    if (!told) return;
    const picked = document.querySelectorAll(".pick:checked").length;
    told.textContent = picked ? `${picked} ${told.dataset.picked}` : "";
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches(".pick")) count();
  });
  addEventListener("pageshow", count);
})();
