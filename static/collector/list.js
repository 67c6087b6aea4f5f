"use strict";

// The connections of the user, each with its state, and what can be done about it.
Object.assign(Collecting, (() => {
  const { boot, say, count, day, ago, make, icon, button, notice, mark, api } = Collecting;
  const BUSY_MS = 2000;
  const IDLE_MS = 30000;
  const SHOWN_INVOICES = 8;

  const nameOf = (credential) => (credential.collector ? credential.collector.name : say("gone"));
  const isDue = (credential) =>
    credential.next_collect_timestamp !== null && credential.next_collect_timestamp <= Collecting.now() + 1000;

  // The state in a word: a key of the texts, a tone, and whether it is going to change by itself.
  function condition(credential) {
    const { index } = credential.state;
    if (index === 7) {
      return isDue(credential) ? { key: "state_checking", tone: "wait", moves: true }
        : { key: "state_7", tone: "good", moves: false };
    }
    if (index === 0 && !isDue(credential)) return { key: "state_later", tone: "warn", moves: false };
    if (index < 0) return { key: `state_${index}`, tone: "bad", moves: false };
    return { key: `state_${index}`, tone: index === 3 ? "warn" : "wait", moves: true };
  }

  const badge = ({ key, tone }) => make("span", { class: `badge ${tone}` },
    icon({ good: "check", bad: "alert", warn: "clock", wait: "swap" }[tone]), say(key));

  // Ask, wait, ask again; not while nobody looks. Returns what ends it.
  function poll(ask) {
    let timer = 0;
    let isOver = false;
    async function round() {
      clearTimeout(timer);
      if (isOver || document.hidden || !Collecting.token) return;
      let pause = IDLE_MS;
      try {
        pause = await ask();
      } catch (error) {
        pause = BUSY_MS * 5;
        if (error.status !== 401) Collecting.toast(error.message);
      }
      if (!isOver) timer = setTimeout(round, pause);
    }
    document.addEventListener("visibilitychange", round);
    document.addEventListener("token", round);
    timer = setTimeout(round, 0);
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", round);
      document.removeEventListener("token", round);
    };
  }

  function invoices(credential) {
    const all = [...credential.invoices].reverse();
    if (!all.length) return null;
    const rows = all.slice(0, SHOWN_INVOICES).map((one) => make("li", {},
      make("span", { class: "invoice-id" }, one.id),
      make("span", { class: "soft" }, `${day(one.timestamp)} · ${
        one.collected_timestamp ? say("collectedOn", { date: day(one.collected_timestamp) }) : say("older")}`)));
    const rest = all.length - rows.length;
    return make("details", { class: "invoices" }, make("summary", {}, icon("next"), say("details")),
      make("ul", {}, rows, rest > 0 ? make("li", { class: "soft" }, say("andMore", { count: rest })) : null));
  }

  function facts(credential) {
    const collected = credential.invoices.filter((one) => one.collected_timestamp).length;
    const parts = [count("collected", collected)];
    if (credential.last_collect_timestamp) parts.push(say("last", { when: ago(credential.last_collect_timestamp) }));
    if (credential.next_collect_timestamp && !isDue(credential)) {
      parts.push(say("next", { date: day(credential.next_collect_timestamp) }));
    }
    return make("p", { class: "soft small" }, parts.join(" · "));
  }

  // What helps in this state comes first.
  function actions(credential, ask) {
    const { index } = credential.state;
    const watch = () => Collecting.showProgress(credential.id);
    const act = (label, onclick, kind, drawing) =>
      button(say(label), onclick, { kind, drawing, "data-act": label, "aria-label": `${say(label)}: ${nameOf(credential)}` });
    const collect = async () => {
      await api.collect(credential.id);
      watch();
    };
    const guarded = (work) => () => work().catch((error) => Collecting.toast(error.message));
    const repair = (kind) => act("repair", () => Collecting.showRepair(credential), kind, "pencil");
    const helping = () => {
      // One whose collector has been taken away can only be removed.
      if (!credential.collector) return [];
      if (index === -1) return [repair("primary")];
      if (index === -2) return [act("reconnect", guarded(collect), "primary", "undo"), repair("quiet")];
      if (index === 3) return [act("giveCode", watch, "primary", "key")];
      if (condition(credential).moves) return [act("watch", watch, "quiet", "eye")];
      return [act("collectNow", guarded(collect), "quiet", "undo"), repair("quiet")];
    };
    const remove = button(say("remove"), ask, { kind: "quiet danger", drawing: "trash", "data-act": "remove",
      "aria-label": say("removeNamed", { name: nameOf(credential) }) });
    return make("div", { class: "actions" }, helping(), remove);
  }

  function question(credential, item, refresh) {
    const name = nameOf(credential);
    const restore = () => {
      item.replaceWith(card(credential, refresh));
      document.querySelector(`[data-id="${credential.id}"] [data-act=remove]`).focus();
    };
    const remove = async (event) => {
      event.currentTarget.disabled = true;
      try {
        await api.remove(credential.id);
      } catch (error) {
        Collecting.toast(error.message);
        restore();
        return;
      }
      Collecting.tell("removed", { credential_id: credential.id, collector: credential.collector ? credential.collector.id : "" });
      Collecting.toast(say("removed", { name }));
      item.remove();
      await refresh();
      const heading = document.querySelector("#view h2");
      if (heading) heading.focus({ preventScroll: true });
    };
    const asked = make("div", { class: "question", role: "group", "aria-labelledby": `ask-${credential.id}`,
      onkeydown: (event) => { if (event.key === "Escape") restore(); } },
      make("p", { id: `ask-${credential.id}` }, say("removeAsk", { name })),
      make("div", { class: "actions" },
        button(say("removeYes"), remove, { kind: "solid-danger", drawing: "trash" }),
        button(say("removeNo"), restore)));
    item.dataset.asked = "1";
    item.querySelector(".actions").replaceWith(asked);
    asked.querySelector("button").focus();
  }

  function card(credential, refresh) {
    const message = credential.state.message;
    const item = make("li", { class: "card", "data-id": credential.id });
    item.append(
      make("div", { class: "card-head" }, mark(credential.collector),
        make("div", { class: "card-name" }, make("h3", {}, nameOf(credential)),
          credential.note ? make("p", { class: "soft small" }, credential.note) : null),
        badge(condition(credential))),
      ...[message ? make("p", { class: "message" }, message) : null, facts(credential), invoices(credential),
        actions(credential, () => question(credential, item, refresh))].filter(Boolean));
    item.dataset.facts = JSON.stringify([credential, condition(credential).key]);
    return item;
  }

  // Only what changed is drawn anew, so that nobody loses their place.
  function draw(list, credentials, refresh) {
    const old = new Map([...list.children].map((item) => [item.dataset.id, item]));
    for (const [place, credential] of [...credentials].reverse().entries()) {
      const before = old.get(credential.id);
      old.delete(credential.id);
      if (before && before.dataset.asked) continue;
      const fresh = card(credential, refresh);
      if (!before) list.insertBefore(fresh, list.children[place] || null);
      else if (before.dataset.facts !== fresh.dataset.facts) {
        const held = before.contains(document.activeElement) ? document.activeElement.dataset.act : "";
        const open = before.querySelector("details[open]");
        before.replaceWith(fresh);
        if (open && fresh.querySelector("details")) fresh.querySelector("details").open = true;
        const next = held && (fresh.querySelector(`[data-act=${held}]`) || fresh.querySelector("[data-act]"));
        if (next) next.focus();
      }
    }
    for (const gone of old.values()) gone.remove();
  }

  function showList() {
    const list = make("ul", { class: "cards" });
    const place = make("div", {}, make("p", { class: "soft" }, say("loading")));
    const add = () => button(say("add"), Collecting.showChoice,
      { kind: "primary", drawing: "plus", disabled: !boot.hasCallback });
    const head = make("div", { class: "head" }, make("h2", {}, say("yours")), add());
    const refresh = async () => {
      const credentials = await api.credentials();
      head.lastChild.hidden = !credentials.length;
      if (!credentials.length) {
        list.replaceChildren();
        if (!place.querySelector(".empty")) {
          place.replaceChildren(make("div", { class: "empty" }, icon("box"), make("h3", {}, say("emptyTitle")),
            make("p", { class: "soft" }, say("emptyText")), add()));
        }
      } else {
        if (!list.isConnected) place.replaceChildren(list);
        draw(list, credentials, refresh);
      }
      return credentials.some((one) => condition(one).moves) ? BUSY_MS : IDLE_MS;
    };
    head.lastChild.hidden = true;
    Collecting.show([head,
      boot.hasCallback ? null : notice("warn", make("p", {}, say("noCallback", { name: boot.customerName }))),
      place], { onleave: poll(refresh), focus: Boolean(Collecting.isUnderWay) });
    Collecting.isUnderWay = true;
  }

  return { nameOf, condition, isDue, poll, showList };
})());
