"use strict";

// One connection while it is being collected: how far it is, the code it may want, how it ended.
Object.assign(Collecting, (() => {
  const { boot, words, say, count, day, make, icon, button, notice, announce, show, back, nameOf, condition, poll, api } = Collecting;
  const WATCH_MS = 1000;
  const SETTLED_MS = 30000;
  // The step of the list that each state belongs to.
  const STEP = { 0: 0, 1: 0, 2: 1, 3: 1, 4: 1, 5: 2, 6: 3, 7: 4 };

  function steps(index) {
    const here = STEP[index] ?? 0;
    return make("ol", { class: "steps" }, words.steps.map((label, place) => {
      const state = place < here || index === 7 ? "done" : place === here ? "here" : "next";
      return make("li", { class: state, "aria-current": state === "here" ? "step" : null },
        make("span", { class: "dot" }, state === "done" ? icon("check") : null), make("span", {}, label));
    }));
  }

  function codeForm(credential) {
    const input = make("input", { id: "code", autocomplete: "one-time-code", autocapitalize: "none", spellcheck: "false",
      maxlength: "64", required: true, "aria-describedby": "code-help" });
    const error = make("p", { class: "error", id: "code-error", hidden: true }, say("fieldMissing"));
    const send = async (event) => {
      event.preventDefault();
      error.hidden = Boolean(input.value.trim());
      if (!error.hidden) {
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", "code-error");
        input.focus();
        return;
      }
      event.submitter.disabled = true;
      try {
        await api.code(credential.id, input.value.trim());
      } catch (refused) {
        Collecting.toast(refused.status === 400 ? say("codeLate") : refused.message);
      }
      showProgress(credential.id, {});
    };
    return make("form", { class: "form code", novalidate: true, onsubmit: send },
      credential.state.message ? notice("info", make("p", {}, credential.state.message)) : null,
      make("div", { class: "field" }, make("label", { for: "code" }, say("codeLabel")), input,
        make("p", { class: "soft small", id: "code-help" }, say("codeHelp")), error),
      make("button", { class: "button primary wide" }, say("codeSend")));
  }

  const again = (credential) => async () => {
    try {
      await api.collect(credential.id);
    } catch (error) {
      Collecting.toast(error.message);
      return;
    }
    showProgress(credential.id, {});
  };

  function ending(credential) {
    const { index, message } = credential.state;
    const words_ = message ? make("p", {}, message) : null;
    const home = button(say("doneButton"), Collecting.showList);
    const repair = () => Collecting.showRepair(credential);
    if (index === 7) {
      const collected = credential.invoices.filter((one) => one.collected_timestamp).length;
      const older = credential.invoices.length > collected
        ? make("p", { class: "soft" }, say("doneOlder", { date: day(credential.download_from_timestamp) })) : null;
      home.className = "button primary";
      return [notice("good", make("p", {}, count("doneText", collected)), older, words_), home];
    }
    if (index === -1) {
      return [notice("bad", words_ || make("p", {}, say("state_-1"))), make("div", { class: "actions" },
        button(say("refusedButton"), repair, { kind: "primary", drawing: "pencil" }), home)];
    }
    if (index === -2) {
      return [notice("warn", words_ || make("p", {}, say("state_-2"))), make("div", { class: "actions" },
        button(say("againButton"), again(credential), { kind: "primary", drawing: "undo" }), home)];
    }
    return [notice("warn", words_, make("p", {}, say("laterText", { date: day(credential.next_collect_timestamp) }))),
      make("div", { class: "actions" }, button(say("retry"), again(credential), { kind: "primary", drawing: "undo" }),
        button(say("repair"), repair, { drawing: "pencil" }), home)];
  }

  const TITLES = { "7": "doneTitle", "-1": "refusedTitle", "-2": "againTitle", "3": "codeTitle", "0": "laterTitle" };

  function draw(credential) {
    const { index, max } = credential.state;
    const name = nameOf(credential);
    const { moves } = condition(credential);
    const isRunning = moves && index !== 3;
    const title = say(isRunning ? "working" : TITLES[String(index)], { name });
    const shownIndex = moves && index === 7 ? 5 : index;
    return [back(say("yours"), Collecting.showList), make("h2", {}, title),
      isRunning ? [make("progress", { max, value: Math.max(shownIndex, 0.3), "aria-label": title }), steps(shownIndex),
        make("p", { class: "soft" }, say("stay"))] : null,
      index === 3 ? codeForm(credential) : null,
      moves ? null : ending(credential)].flat();
  }

  function showProgress(id, { first = null } = {}) {
    const view = document.getElementById("view");
    let drawn = "";
    const render = (credential) => {
      const { key, moves } = condition(credential);
      const facts = JSON.stringify([credential.state, key, credential.invoices.length]);
      if (facts === drawn) return;
      const isFirst = !drawn;
      drawn = facts;
      view.replaceChildren(...draw(credential).filter(Boolean));
      const heading = view.querySelector("h2");
      heading.tabIndex = -1;
      document.title = `${heading.textContent} · ${document.querySelector("h1").textContent}`;
      const code = view.querySelector("#code");
      if (code) code.focus();
      else if (isFirst || !moves || !view.contains(document.activeElement)) heading.focus({ preventScroll: true });
      announce(moves && !code ? say(key) : heading.textContent);
    };
    const stop = poll(async () => {
      const credential = await api.credential(id);
      render(credential);
      return condition(credential).moves ? WATCH_MS : SETTLED_MS;
    });
    show([back(say("yours"), Collecting.showList), make("h2", {}, say("loading"))], { onleave: stop });
    if (first) render(first);
  }

  return { showProgress };
})());
