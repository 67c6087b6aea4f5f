"use strict";

// The API, with the token in a header. Every refusal is an Error with the API's own words.
Object.assign(Collecting, (() => {
  const { boot } = Collecting;
  const QUOTED = /"([^"]+)"/g;
  // How far this device's clock is behind the server's.
  let behind = 0;

  class Refused extends Error {
    constructor(status, message) {
      super(message);
      this.status = status;
    }

    // The parameters that the API's sentence names, and what it says of them.
    get params() {
      if (!/^The params? "/.test(this.message)) return [];
      const [head, reason] = this.message.split(" is not accepted: ");
      const names = [...head.matchAll(QUOTED)].map((found) => found[1]);
      const text = reason ? Collecting.translated(reason) : Collecting.say("fieldMissing");
      return names.map((name) => [name, text]);
    }
  }

  const translated = (sentence) => boot.sentences[sentence] || sentence;

  async function call(method, path, body) {
    let answer;
    try {
      answer = await fetch(boot.api + path, {
        method,
        headers: { "X-User-Token": Collecting.token, ...(body ? { "Content-Type": "application/json" } : {}) },
        body: body ? JSON.stringify(body) : undefined,
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
      });
    } catch {
      throw new Refused(0, Collecting.say("offline"));
    }
    const sent = Date.parse(answer.headers.get("Date"));
    if (sent) behind = sent - Date.now();
    const text = await answer.text();
    if (answer.ok) return text ? JSON.parse(text) : null;
    if (answer.status === 401) {
      Collecting.end();
      throw new Refused(401, Collecting.say("endedTitle"));
    }
    if (answer.status === 429) throw new Refused(429, Collecting.say("busy"));
    let message = "";
    try {
      message = JSON.parse(text).message;
    } catch {
      message = "";
    }
    throw new Refused(answer.status, message || Collecting.say("trouble"));
  }

  return {
    translated,
    now: () => Date.now() + behind,
    call,
    api: {
      credentials: () => call("GET", "/credentials"),
      credential: (id) => call("GET", `/credential/${id}`),
      connect: (body) => call("POST", "/credential", body),
      repair: (id, body) => call("PUT", `/credential/${id}`, body),
      remove: (id) => call("DELETE", `/credential/${id}`),
      collect: (id) => call("POST", `/credential/${id}/collect`),
      code: (id, code) => call("POST", `/credential/${id}/2fa`, { code }),
      collectors: () => call("GET", `/collectors?locale=${boot.locale}`),
      terms: (code) => call("POST", "/terms", { verification_code: code }),
      feedback: (type, message) => call("POST", "/feedback", { type, message }),
    },
  };
})());
