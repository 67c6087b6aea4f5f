"use strict";

// The form of a collector, made from what it says of its parameters; to connect and to repair.
Object.assign(Collecting, (() => {
  const { boot, say, make, icon, button, notice, show, back, mark, nameOf, api } = Collecting;
  const INPUTS = { password: "password", url: "url", email: "email" };

  function labelled(id, label, isOptional, input, help) {
    const hint = help ? make("p", { class: "soft small", id: `${id}-help` }, help) : null;
    const error = make("p", { class: "error", id: `${id}-error`, hidden: true });
    if (help) input.setAttribute("aria-describedby", `${id}-help`);
    const holder = input.type === "password" ? withToggle(input, label) : input;
    return make("div", { class: "field", "data-field": id },
      make("label", { for: id }, label, isOptional ? make("span", { class: "soft" }, ` (${say("optional")})`) : null),
      holder, hint, error);
  }

  function withToggle(input, label) {
    const toggle = make("button", { type: "button", class: "reveal", "aria-pressed": "false", "aria-label": `${say("show")}: ${label}` }, say("show"));
    toggle.addEventListener("click", () => {
      const isShown = input.type === "password";
      input.type = isShown ? "text" : "password";
      toggle.textContent = say(isShown ? "hide" : "show");
      toggle.setAttribute("aria-pressed", String(isShown));
      toggle.setAttribute("aria-label", `${say(isShown ? "hide" : "show")}: ${label}`);
    });
    return make("div", { class: "secret" }, input, toggle);
  }

  function paramField(key, param, isRepair) {
    const id = `param-${key}`;
    const input = make("input", {
      id, name: key, type: INPUTS[param.type] || "text", placeholder: isRepair ? say("unchanged") : param.placeholder,
      inputmode: param.type === "number" ? "numeric" : null, autocomplete: param.type === "password" ? "new-password" : "off",
      autocapitalize: "none", spellcheck: "false", maxlength: "4000",
      required: param.mandatory && !isRepair,
    });
    return labelled(id, param.name, !param.mandatory && !isRepair, input, "");
  }

  // The field says what is wrong with it, and is read out with that.
  function refuse(form, key, text) {
    const field = form.querySelector(`[data-field="param-${CSS.escape(key)}"]`);
    if (!field) return false;
    const input = field.querySelector("input");
    const error = field.querySelector(".error");
    const fold = field.closest("details");
    if (fold) fold.open = true;
    error.replaceChildren(icon("alert"), text);
    error.hidden = false;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", error.id);
    return true;
  }

  function clear(form) {
    for (const error of form.querySelectorAll(".error")) error.hidden = true;
    for (const input of form.querySelectorAll("[aria-invalid]")) {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
    form.querySelector(".form-trouble").replaceChildren();
  }

  function given(form, collector) {
    const values = {};
    for (const key of Object.keys(collector.params)) {
      const value = form.elements.namedItem(key).value.trim();
      if (value) values[key] = value;
    }
    return values;
  }

  async function submit(form, work) {
    const sender = form.querySelector("[type=submit]");
    sender.disabled = true;
    try {
      const credential = await work();
      Collecting.showProgress(credential.id, { first: credential });
    } catch (error) {
      sender.disabled = false;
      const placed = (error.params || []).filter(([key, text]) => refuse(form, key, text));
      if (!placed.length && error.status !== 401) {
        form.querySelector(".form-trouble").replaceChildren(notice("bad", make("p", {}, error.message)));
        Collecting.announce(error.message);
      }
      const first = form.querySelector("[aria-invalid]");
      if (first) first.focus();
    }
  }

  function fields(collector, isRepair) {
    const every = Object.entries(collector.params);
    const first = every.filter(([, param]) => param.mandatory);
    const rest = every.filter(([, param]) => !param.mandatory);
    return [first, rest].map((group) => group.map(([key, param]) => paramField(key, param, isRepair)));
  }

  const head = (collector, title) => make("div", { class: "form-head" }, mark(collector), make("h2", {}, title));

  function noteField(value) {
    const input = make("input", { id: "note", type: "text", maxlength: "500", autocomplete: "off" });
    input.value = value;
    return labelled("note", say("note"), true, input, say("noteHelp"));
  }

  function sinceField() {
    const today = new Date(Collecting.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10);
    const input = make("input", { id: "since", type: "date", max: today });
    input.value = today;
    return labelled("since", say("since"), false, input, say("sinceHelp"));
  }

  // Midnight of the chosen day here; nothing where it is today: from now on.
  function since(form) {
    const chosen = form.querySelector("#since").value;
    if (!chosen || chosen === form.querySelector("#since").max) return {};
    return { download_from_timestamp: new Date(`${chosen}T00:00:00`).getTime() };
  }

  function showForm(collector) {
    const [first, rest] = fields(collector, false);
    const form = make("form", { class: "form", novalidate: true, autocomplete: "off" },
      make("div", { class: "form-trouble" }), first, sinceField(),
      make("details", { class: "more" }, make("summary", {}, icon("next"), say("moreFields")),
        make("div", { class: "stack" }, rest, noteField(""))),
      make("p", { class: "safe soft small" }, icon("shield"), make("span", {}, say("safe"))),
      make("button", { type: "submit", class: "button primary wide" }, say("connect")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      clear(form);
      const params = given(form, collector);
      const missing = Object.entries(collector.params).filter(([key, one]) => one.mandatory && !(key in params));
      for (const [key] of missing) refuse(form, key, say("fieldMissing"));
      if (missing.length) {
        form.querySelector("[aria-invalid]").focus();
        return;
      }
      const note = form.querySelector("#note").value.trim();
      submit(form, async () => {
        const made = await api.connect({ collector: collector.id, params: note ? { ...params, note } : params, ...since(form) });
        Collecting.tell("added", { credential_id: made.id, collector: collector.id });
        return made;
      });
    });
    show([back(say("back"), Collecting.showChoice), head(collector, collector.name),
      make("p", { class: "soft" }, collector.description),
      collector.instructions ? notice("info", make("p", {}, collector.instructions)) : null,
      form]);
  }

  function showRepair(credential) {
    const { collector } = credential;
    const [first, rest] = fields(collector, true);
    const hasSecret = Object.values(collector.params).some((param) => param.type === "password");
    const form = make("form", { class: "form", novalidate: true, autocomplete: "off" },
      make("div", { class: "form-trouble" }), first,
      make("details", { class: "more" }, make("summary", {}, icon("next"), say("moreFields")),
        make("div", { class: "stack" }, rest, noteField(credential.note))),
      make("button", { type: "submit", class: "button primary wide" }, say("save")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      clear(form);
      const params = given(form, collector);
      const note = form.querySelector("#note").value.trim();
      if (!Object.keys(params).length && note === credential.note) {
        form.querySelector(".form-trouble").replaceChildren(notice("warn", make("p", {}, say("nothingChanged"))));
        Collecting.announce(say("nothingChanged"));
        form.querySelector("input").focus();
        return;
      }
      submit(form, () => api.repair(credential.id, { params, note }));
    });
    show([back(say("yours"), Collecting.showList), head(collector, say("repairTitle", { name: nameOf(credential) })),
      credential.state.index < 0 && credential.state.message ? notice("bad", make("p", {}, credential.state.message)) : null,
      make("p", { class: "soft" }, `${say("repairText")} ${hasSecret ? say("repairSecret") : ""}`.trim()),
      form]);
  }

  return { showForm, showRepair };
})());
