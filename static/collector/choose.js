"use strict";

// What there is to connect: searched while typing, and a word for what is missing.
Object.assign(Collecting, (() => {
  const { boot, say, count, make, icon, button, notice, announce, show, back, mark, api } = Collecting;
  let offered = null;

  const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
  const isPlanned = (collector) => collector.type === "sketch" || collector.state === "planned";

  function entry(collector) {
    const words = make("span", { class: "entry-words" }, make("span", { class: "entry-name" }, collector.name),
      make("span", { class: "soft small" }, collector.description));
    if (isPlanned(collector)) {
      return make("li", { class: "entry" }, mark(collector), words,
        make("span", { class: "badge warn" }, icon("clock"), say("soon")),
        button(say("wanted"), () => showMissing(collector.name), { kind: "quiet",
          "aria-label": `${say("wanted")}: ${collector.name}` }));
    }
    return make("li", {}, make("button", { type: "button", class: "entry", onclick: () => Collecting.showForm(collector) },
      mark(collector), words, icon("next")));
  }

  async function showChoice() {
    const list = make("ul", { class: "entries" });
    const sum = make("p", { class: "soft small" }, say("loading"));
    const search = make("input", { type: "search", id: "search", autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
    const filter = () => {
      const query = plain(search.value.trim());
      const found = offered.filter((one) => plain(`${one.name} ${one.description} ${one.id}`).includes(query));
      list.replaceChildren(...found.map(entry));
      sum.textContent = found.length ? count("found", found.length) : say("foundNone", { query: search.value.trim() });
      announce(sum.textContent);
    };
    search.addEventListener("input", () => { if (offered) filter(); });
    search.addEventListener("keydown", (event) => {
      const first = list.querySelector("button");
      if (event.key === "Enter" && first) first.click();
    });
    show([back(say("yours"), Collecting.showList), make("h2", {}, say("choose")),
      make("div", { class: "field" }, make("label", { for: "search" }, say("search")),
        make("div", { class: "search" }, icon("search"), search)),
      sum, list,
      make("p", { class: "missing" }, button(say("missing"), () => showMissing(search.value.trim()), { drawing: "info" }))]);
    try {
      offered = (await api.collectors()).filter((one) => boot.showsSketches || !isPlanned(one));
    } catch (error) {
      sum.textContent = error.message;
      return;
    }
    filter();
  }

  function showMissing(name) {
    const field = make("textarea", { id: "missing", rows: "4", maxlength: "5000", required: true });
    field.value = name;
    const error = make("p", { class: "error", id: "missing-error", hidden: true }, say("fieldMissing"));
    const send = async (event) => {
      event.preventDefault();
      error.hidden = Boolean(field.value.trim());
      if (!error.hidden) {
        field.setAttribute("aria-invalid", "true");
        field.setAttribute("aria-describedby", "missing-error");
        field.focus();
        return;
      }
      try {
        await api.feedback("new_collector", field.value.trim());
      } catch (refused) {
        Collecting.toast(refused.message);
        return;
      }
      show([make("h2", {}, say("missingTitle")), notice("good", make("p", {}, say("missingDone"))),
        button(say("doneButton"), Collecting.showList, { kind: "primary" })]);
    };
    show([back(say("back"), showChoice), make("h2", {}, say("missingTitle")),
      make("form", { class: "form", novalidate: true, onsubmit: send },
        make("div", { class: "field" }, make("label", { for: "missing" }, say("missingLabel")), field, error),
        make("button", { class: "button primary" }, say("missingSend")))]);
  }

  return { showChoice };
})());
