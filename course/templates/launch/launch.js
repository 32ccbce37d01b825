// Launches a lesson from a learning platform by SCORM 1.2 or cmi5, and checks the certificate that shows it.
"use strict";
(() => {
  const about = JSON.parse(document.getElementById("about").textContent);
  const begun = Date.now();

  function say(text, tone = "") {
    const place = document.getElementById("said");
    place.textContent = text;
    place.className = tone;
  }

  // the certificate: Data Integrity, eddsa-jcs-2022 ------------------------------------------------

  const DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

  function unbased(text) {
    if (typeof text !== "string" || text[0] !== "z" || text.length > 200) throw new Error("not base58btc");
    let number = 0n, zeros = 0;
    for (const each of text.slice(1)) {
      const digit = DIGITS.indexOf(each);
      if (digit < 0) throw new Error("not base58btc");
      number = number * 58n + BigInt(digit);
    }
    while (text[1 + zeros] === "1") zeros += 1;
    const bytes = [];
    for (; number > 0n; number >>= 8n) bytes.unshift(Number(number & 255n));
    return new Uint8Array([...Array(zeros).fill(0), ...bytes]);
  }

  function canonical(value) {  // RFC 8785
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  }

  async function digest(value) {
    return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical(value))));
  }

  async function isSigned(document_) {
    const { proof: proofs, ...rest } = document_;
    const [proof] = [proofs].flat();
    const { proofValue, ...options } = proof;
    const key = unbased(about.issuer.replace("did:key:", "")).slice(2);
    if (options.verificationMethod !== `${about.issuer}#${about.issuer.replace("did:key:", "")}`) return false;
    if (options.cryptosuite !== "eddsa-jcs-2022" || options.proofPurpose !== "assertionMethod") return false;
    const data = new Uint8Array([...(await digest(options)), ...(await digest(rest))]);
    const known = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return crypto.subtle.verify({ name: "Ed25519" }, known, unbased(proofValue), data);
  }

  function plain(name) {  // "Novak, Ana" is Ana Novak
    const [last, first] = String(name).split(",").map((part) => part.trim());
    return (first ? `${first} ${last}` : last).toLowerCase();
  }

  function isOf(document_, [id, name]) {
    const given = document_.credentialSubject.identifier.map((each) => each.identityHash);
    return given.some((each) => each === id || (name && plain(each) === plain(name)));
  }

  async function fault(document_, learner) {
    if (!window.crypto || !crypto.subtle) return "This page must be reached by https to check a certificate.";
    let signed = false;
    try {
      signed = document_.issuer.id === about.issuer && (await isSigned(document_));
    } catch (error) {
      if (error.name === "NotSupportedError") return "This browser can't check the signature. Use a newer one.";
    }
    if (!signed) return "This is no certificate of this course, or it was changed.";
    const now = Date.now();
    if (Date.parse(document_.validFrom) > now + 60000) return "This certificate does not hold yet.";
    if (document_.validUntil && Date.parse(document_.validUntil) < now) return "This certificate holds no longer.";
    const shown = document_.credentialSubject.achievement.tag;
    const missing = about.objectives.filter(([id]) => !shown.includes(id)).map(([, text]) => text);
    if (missing.length) return `This certificate does not show yet: ${missing.join("; ")}`;
    if (!isOf(document_, learner)) return `This certificate is somebody else's; your platform calls you ${learner.filter(Boolean).join(", ")}.`;
    return "";
  }

  // the platforms ----------------------------------------------------------------------------------

  function findApi(start) {
    for (let here = start, steps = 0; here && steps < 10; here = here.parent, steps += 1) {
      if (here.API) return here.API;
      if (here.parent === here) return null;
    }
    return null;
  }

  class Scorm {
    constructor(api) {
      this.api = api;
      this.call("LMSInitialize", "");
    }
    call(name, ...words) {
      const came = this.api[name](...words);
      const code = Number(this.api.LMSGetLastError());
      if (code) throw new Error(this.api.LMSGetErrorString(String(code)));
      return came;
    }
    set(name, value) {
      this.call("LMSSetValue", `cmi.core.${name}`, value);
    }
    get(name) {
      return this.call("LMSGetValue", `cmi.core.${name}`);
    }
    async begin() {
      if (["", "not attempted"].includes(this.get("lesson_status"))) this.set("lesson_status", "incomplete");
      this.call("LMSCommit", "");
      this.learner = [this.get("student_id"), this.get("student_name")];
      return this.get("lesson_status") === "passed";
    }
    async passed(id) {
      this.set("lesson_status", "passed");
      this.call("LMSSetValue", "cmi.suspend_data", id);
      this.call("LMSCommit", "");
    }
    end() {
      const seconds = Math.round((Date.now() - begun) / 1000);
      const two = (number) => String(number).padStart(2, "0");
      this.set("session_time", `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`);
      this.call("LMSFinish", "");
    }
  }

  class Cmi5 {
    constructor(words) {
      this.endpoint = words.get("endpoint").replace(/\/?$/, "/");
      this.fetch = words.get("fetch");
      this.actor = JSON.parse(words.get("actor"));
      this.registration = words.get("registration");
      this.activity = words.get("activityId");
    }
    async ask(path, words, options = {}) {
      const address = new URL(path, this.endpoint);
      for (const [key, value] of Object.entries(words)) address.searchParams.set(key, value);
      const came = await window.fetch(address, { ...options, headers: {
        Authorization: `Basic ${this.token}`, "X-Experience-API-Version": "1.0.3", "Content-Type": "application/json" } });
      if (!came.ok && came.status !== 404) throw new Error(`${came.status} ${came.statusText}`);
      return came;
    }
    async begin() {
      this.token = (await (await window.fetch(this.fetch, { method: "POST" })).json())["auth-token"];
      const agent = JSON.stringify(this.actor);
      this.launch = await (await this.ask("activities/state", {
        stateId: "LMS.LaunchData", activityId: this.activity, agent, registration: this.registration })).json();
      await this.ask("agents/profile", { profileId: "cmi5LearnerPreferences", agent });  // the order that cmi5 asks for
      await this.state("initialized", {});
      const account = this.actor.account || {};
      this.learner = [account.name || (this.actor.mbox || "").replace("mailto:", ""), this.actor.name];
      return false;
    }
    async passed() {
      await this.state("passed", { success: true, duration: this.duration() }, ["moveon"], true);
    }
    end() {
      return this.state("terminated", { duration: this.duration() }, [], false, true);
    }
    duration() {
      return `PT${Math.round((Date.now() - begun) / 1000)}S`;
    }
    state(verb, result, categories = [], mastery = false, keepalive = false) {
      const context = structuredClone(this.launch.contextTemplate || {});
      context.registration = this.registration;
      context.contextActivities = context.contextActivities || {};
      const base = "https://w3id.org/xapi/cmi5/context/";
      context.contextActivities.category = [...(context.contextActivities.category || []),
        ...["cmi5", ...categories].map((name) => ({ objectType: "Activity", id: `${base}categories/${name}` }))];
      if (mastery && this.launch.masteryScore !== undefined) {
        context.extensions = { ...context.extensions, [`${base}extensions/masteryscore`]: this.launch.masteryScore };
      }
      const statement = {
        id: crypto.randomUUID(), timestamp: new Date().toISOString(), actor: this.actor,
        verb: { id: `http://adlnet.gov/expapi/verbs/${verb}`, display: { en: verb } },
        object: { objectType: "Activity", id: this.activity }, context,
        ...(Object.keys(result).length ? { result } : {}),
      };
      return this.ask("statements", {}, { method: "POST", body: JSON.stringify(statement), keepalive });
    }
  }

  class Nobody {  // opened by itself, from a folder
    constructor() {
      this.learner = ["", ""];
    }
    async begin() {
      say("No learning platform opened this page: nothing will be told to one.");
    }
    async passed() {}
    end() {}
  }

  function platform() {
    const words = new URLSearchParams(location.search);
    if (words.has("endpoint") && words.has("fetch")) return new Cmi5(words);
    const api = findApi(window) || (window.opener && findApi(window.opener));
    return api ? new Scorm(api) : new Nobody();
  }

  async function start() {
    const place = platform();
    if (await place.begin()) say("You have passed this lesson.", "good");
    document.getElementById("file").addEventListener("change", async (event) => {
      try {
        const document_ = JSON.parse(await event.target.files[0].text());
        const why = await fault(document_, place.learner);
        if (why) return say(why, "bad");
        await place.passed(document_.id);
        say("You have passed this lesson, and your learning platform knows.", "good");
      } catch (error) {
        say(error instanceof SyntaxError || error instanceof TypeError ? "This is no certificate."
          : `Your learning platform did not take it: ${error.message}. Try again.`, "bad");
      }
    });
    window.addEventListener("pagehide", () => place.end());
  }

  start().catch((error) => say(`Your learning platform can't be reached: ${error.message}`, "bad"));
})();
