// The marking page: one answer after the other, from the keyboard, whatever the connection does.

import { decide } from "./conflict.js";
import { asked, by, clock, make, plural } from "./dom.js";
import { listen } from "./keys.js";
import { Judging } from "./judging.js";
import { Outbox } from "./outbox.js";
import { draw } from "./paper.js";
import { Editor } from "./rubric.js";
import { ask, Away, leave } from "./wire.js";

const AHEAD = 2; // answers that are fetched before they are asked for
const RENEW = 4 * 60_000; // ms; a claim ends after ten minutes

const root = by("desk");
const sheet = root.querySelector(".sheet");
const { question, grader, again } = root.dataset; // `again`: a second reading of what others marked
const kept = `course-desk-history:${question}${again ? ":again" : ""}`;
const kind = again ? "again" : "mark";
const COMING = "The next answer is still on its way: that key did nothing.";
const owner = `${document.body.dataset.base}:${grader}`;

class Page {
    question = question;
    rubric = { items: [] };
    version = -1;
    answer = null;
    #seen = new Map(); // id: what api/answer told
    #tokens = new Map(); // id: of the standing that this page knows
    #ahead = [];
    #history = JSON.parse(sessionStorage.getItem(kept) ?? "[]");
    #at = this.#history.length;
    #marked = []; // what `u` takes back: {id, standing} before each judgement
    #skipped = new Set();
    busy = false; // another answer is on its way: what is pressed now was not meant for the one on the screen
    #counted = null;
    #revealed = "";

    constructor() {
        this.outbox = new Outbox(owner);
        this.judging = new Judging(`course-desk-draft:${owner}:${question}:${again ? "again:" : ""}`, () => this.#drawDraft());
        this.editor = new Editor(this, (version, changed) => this.#rubricWritten(version, changed));
        this.outbox.addEventListener("change", () => this.#drawUnsent());
        this.outbox.addEventListener("sent", (event) => this.#sent(event.detail));
        this.outbox.addEventListener("stopped", (event) => this.#stopped(event.detail));
        addEventListener("pagehide", () => this.#giveBack());
        setInterval(() => this.#renew(), RENEW);
        this.#drawUnsent();
        this.outbox.send();
    }

    // going from answer to answer ----------------------------------------------------------------

    async start() {
        const id = new URLSearchParams(location.search).get("answer");
        await (id ? this.#go(() => this.#load(id)) : this.next());
    }

    /** Show the next answer that waits. */
    async next() {
        await this.#go(async () => {
            const here = this.answer?.id ?? "";
            const after = this.#ahead.findIndex((each) => each.id !== here && this.#wanted(each.id));
            if (after >= 0) return this.#ahead.splice(0, after + 1).at(-1);
            await this.outbox.send();
            const told = await ask("GET", `api/next/${question}?after=${here}&again=${again ?? ""}`);
            this.#counted = told.question;
            if (this.#skipped.delete(told.answer?.id)) this.#say("Only answers that you skipped are left.");
            return told.answer;
        });
        this.#fetchAhead();
    }

    async previous() {
        if (this.#at < 1) return this.#say("This is the first answer that you saw here.");
        this.#at -= 1;
        const id = this.#history[this.#at];
        this.#putAhead();
        await this.#go(() => this.#seen.get(id) ?? this.#load(id), false);
        this.#fetchAhead();
    }

    skip() {
        if (!this.answer) return;
        const { id } = this.answer;
        this.#skipped.add(id);
        leave("DELETE", `api/answer/${question}/${id}`);
        return this.next();
    }

    async #go(find, remember = true) {
        if (this.busy) return;
        this.busy = true;
        root.setAttribute("aria-busy", "true");
        sheet.inert = true;
        const before = document.activeElement;
        try {
            const answer = await find();
            if (answer) this.#show(answer, remember);
            else this.#done();
        } catch (error) {
            if (error instanceof Away) this.#say("The next answer can't be fetched now: the server can't be reached. What you marked is kept here.");
            else this.#say(error.message);
        } finally {
            this.busy = false;
            root.removeAttribute("aria-busy");
            sheet.inert = false;
            if (document.activeElement === document.body) before.focus({ preventScroll: true });
            if (by("saved").textContent === COMING) this.#say("");
        }
    }

    /** Say why a key did nothing. */
    coming() {
        this.#say(COMING);
    }

    async #load(id) {
        const told = await ask("GET", `api/answer/${question}/${id}?again=${again ?? ""}`);
        this.#counted = told.question;
        return told.answer;
    }

    #wanted(id) {
        return !this.#pending.has(id) && !this.#skipped.has(id);
    }

    /** What is on the screen comes next again, when we go back from it. */
    #putAhead() {
        if (this.answer?.standing.waits) this.#ahead.unshift(this.answer);
    }

    /** Answers of this question whose judgement is still on its way. */
    get #pending() {
        return new Set(this.outbox.waiting.filter((each) => each.question === question && each.kind === kind).map((each) => each.answer));
    }

    async #fetchAhead() {
        if (!this.answer || again) return;
        await this.outbox.send();
        try {
            const here = this.answer.id;
            const told = await ask("GET", `api/ahead/${question}?after=${here}&count=${AHEAD}`);
            if (this.answer?.id !== here) return; // somebody was faster than the server
            this.#counted = told.question;
            this.#ahead = told.answers.filter((each) => this.#wanted(each.id));
            this.#drawCount();
        } catch {} // then the next one is asked for when it is wanted
    }

    #show(answer, remember) {
        this.answer = answer;
        this.#seen.set(answer.id, answer);
        if (!this.#tokens.has(answer.id) || !this.#pending.has(answer.id)) this.#tokens.set(answer.id, answer.standing.token);
        if (answer.version >= this.version) [this.rubric, this.version] = [answer.rubric, answer.version];
        this.judging.rubric = this.rubric;
        if (remember && this.#history.at(-1) !== answer.id) this.#history.push(answer.id);
        if (remember) this.#at = this.#history.length - 1;
        sessionStorage.setItem(kept, JSON.stringify(this.#history.slice(-500)));
        history.replaceState(null, "", `?${again ? "again=1&" : ""}answer=${answer.id}`);
        this.#revealed = "";
        by("learner").textContent = "";
        by("side").hidden = false;
        draw(by("paper"), answer);
        const draft = this.judging.open(answer);
        this.#notices(draft);
        this.#drawCount();
        scrollTo(0, 0);
        by(answer.parts.length ? "answer-title" : "task-title").focus({ preventScroll: true });
        const desk = { insertComment: (text) => this.judging.insert(text), question, ask };
        document.dispatchEvent(new CustomEvent("desk:answer", { detail: { answer, question: this.#counted, desk } }));
    }

    #done() {
        const left = this.#left;
        this.answer = null;
        history.replaceState(null, "", location.pathname + (again ? "?again=1" : ""));
        by("side").hidden = true;
        const look = make("button", { type: "button", class: "main", onclick: () => (this.#skipped.clear(), this.next()) }, "Look again");
        by("paper").replaceChildren(make("section", { class: "done" },
            make("h2", { tabindex: "-1", id: "done" }, left ? "Nothing else is free" : again ? "All of it is read twice" : "All of it is marked"),
            make("p", {}, left ? `${plural(left, "answer waits", "answers wait")} still: skipped here, or on somebody's screen.` : again ? "Nothing else that others marked is to be read by you." : "No answer to this question waits for a person."),
            left ? look : null, make("p", {}, make("a", { href: document.body.dataset.base }, "Back to the grading desk"))));
        this.#drawCount();
        by("done").focus();
    }

    // judging ------------------------------------------------------------------------------------

    /** Save and go on; a judgement that nobody made is never saved. */
    save() {
        if (!this.answer || this.busy) return;
        if (!this.judging.now.chosen) {
            const first = this.rubric.items.length ? "an item, or 0 if none applies" : "the points";
            return this.#say(`Not saved: choose ${first}.`);
        }
        if (this.judging.dirty || this.answer.standing.waits) this.#judge();
        return this.next();
    }

    #judge() {
        const { id, standing } = this.answer;
        const { body, said } = this.judging;
        this.#marked.push({ id, standing });
        this.#put({ ...standing, points: said.score, waits: false, comment: body.comment, marked_by: grader,
            judgement: { ...body, grader, at: new Date().toISOString(), why: "marked", said: said.items } });
        this.judging.settle();
        this.#skipped.delete(id);
        this.outbox.add({ kind, question, answer: id, token: this.#tokens.get(id), body, said });
    }

    async undo() {
        if (again) return this.#say("A second reading is not taken back.");
        const last = this.#marked.pop();
        if (!last && this.answer?.standing.judgement?.grader !== grader) return this.#say("There is nothing of yours to undo here.");
        const id = last?.id ?? this.answer.id;
        this.outbox.add({ kind: "undo", question, answer: id, token: this.#tokens.get(id), body: {}, said: null });
        this.#putAhead();
        if (last) {
            this.#seen.set(id, { ...this.#seen.get(id), standing: last.standing });
            await this.#go(() => this.#seen.get(id));
        } else {
            await this.outbox.send();
            await this.#go(() => this.#load(id), false);
        }
        this.#say("Undone.");
        this.#fetchAhead();
    }

    async flag() {
        if (!this.answer) return;
        const { id, standing } = this.answer;
        by("reason").value = standing.flag;
        by("unflag").hidden = !standing.flag;
        const chosen = await asked(by("flagging"));
        if (!chosen) return;
        const text = chosen === "flag" ? by("reason").value.trim() || "look at this" : null;
        this.#put({ ...standing, flag: text ?? "" });
        this.outbox.add({ kind: "flag", question, answer: id, body: { text }, said: null });
        this.#notices(false);
    }

    async reveal() {
        try {
            this.#revealed = (await ask("POST", `api/name/${question}/${this.answer.id}`, {})).name;
            by("learner").textContent = this.#revealed;
        } catch (error) {
            this.#say(`The name can't be shown: ${error.message}`);
        }
    }

    #put(standing) {
        this.answer = { ...this.answer, standing };
        this.#seen.set(this.answer.id, this.answer);
    }

    async #rubricWritten(version, changed) {
        const told = await this.#load(this.answer.id);
        [this.rubric, this.version] = [told.rubric, version];
        this.#tokens.set(told.id, told.standing.token);
        for (const [id, each] of this.#seen) this.#seen.set(id, { ...each, rubric: told.rubric, version });
        if (changed) for (const id of [...this.#seen.keys()]) this.#seen.delete(id); // their points are others now
        this.#ahead = [];
        this.#show(told, false);
        this.#say(changed ? `The rubric is saved; ${plural(changed, "mark", "marks")} changed.` : "The rubric is saved.");
        this.#fetchAhead();
    }

    // what came of it ----------------------------------------------------------------------------

    #sent({ entry, result }) {
        by("saved").textContent = `saved ${clock(result.at ?? Date.now())}`;
        if (result.token === undefined) return;
        this.#tokens.set(entry.answer, result.token);
        const seen = this.#seen.get(entry.answer);
        if (seen && entry.kind === kind) seen.standing.points = result.score;
    }

    #stopped(entry) {
        // not while somebody writes: then the notice waits
        if (!document.querySelector("dialog[open]") && !/^(TEXTAREA|INPUT)$/.test(document.activeElement?.tagName)) this.#decide(entry);
    }

    async #decide(entry) {
        const choice = await decide(entry);
        if (!choice) return;
        this.outbox.drop(entry);
        const { standing } = entry;
        if (standing) this.#tokens.set(entry.answer, standing.token);
        if (choice === "mine") this.outbox.add({ ...entry, token: standing.token });
        else if (choice === "theirs") this.#seen.delete(entry.answer);
        if (choice === "look" && entry.question !== question) {
            location.assign(`${document.body.dataset.base}mark/${entry.question}?answer=${entry.answer}`);
        } else if (choice === "look") {
            await this.#go(() => this.#load(entry.answer));
            this.judging.fill({ ...entry.body, items: entry.body.items.filter((id) => this.rubric.items.some((item) => item.id === id)) });
        } else if (this.answer?.id === entry.answer) await this.#go(() => this.#load(entry.answer), false);
    }

    async #renew() {
        if (!this.answer || document.hidden) return;
        try {
            const { id } = this.answer;
            const told = await this.#load(id);
            if (this.answer?.id === id && told.standing.token !== this.#tokens.get(id) && !this.#pending.has(id))
                this.#notice("Somebody changed this answer's mark meanwhile. Save yours, and you see both.");
        } catch {} // the claim ends; saving tells when somebody else was faster
    }

    #giveBack() {
        const mine = [this.answer, ...this.#ahead].filter((each) => each && !this.#pending.has(each.id));
        for (const each of mine) leave("DELETE", `api/answer/${question}/${each.id}`);
    }

    // saying so ----------------------------------------------------------------------------------

    #say(text) {
        by("saved").textContent = text;
    }

    #notice(text, ...more) {
        by("notices").append(make("p", { class: "notice" }, text, ...more));
    }

    #notices(draft) {
        const { standing } = this.answer;
        by("notices").replaceChildren();
        if (standing.claimed_by && standing.claimed_by !== grader) this.#notice(`${standing.claimed_by} has this answer on the screen now. You may read it; if both of you save, you see both.`);
        if (standing.flag) this.#notice(`⚑ Flagged: ${standing.flag}`);
        if (!draft && standing.waits && this.judging.byTests.length) this.#notice("The tests chose what is ticked. Enter confirms it, or change it first.");
        if (draft) this.#notice("This is your draft from before; it is not saved yet.");
        if (!standing.waits && standing.marked_by) this.#notice(`Marked by ${standing.marked_by}${standing.judgement ? ` at ${clock(standing.judgement.at)}` : ""}.`);
    }

    #drawDraft() {
        by("draft").textContent = this.answer && this.judging.before && this.judging.dirty ? "not saved yet" : "";
    }

    get #left() {
        const pending = [...this.#pending].filter((id) => !this.#seen.get(id)?.standing.waits).length;
        return Math.max((this.#counted?.waiting ?? 0) - pending, 0);
    }

    #drawCount() {
        if (!this.#counted) return;
        const { answers } = this.#counted;
        by("progress").max = Math.max(answers, 1);
        by("progress").value = answers - this.#left;
        by("left").textContent = `${this.#left} of ${plural(answers, "answer waits", "answers wait")}`;
    }

    #drawUnsent() {
        const { waiting, stopped, trouble, kept } = this.outbox;
        const words = [];
        if (waiting.length && trouble) words.push(`not sent yet: ${waiting.length} (${trouble}; ${kept ? "kept in this browser" : "keep this page open"})`);
        by("unsent").replaceChildren(...words);
        if (stopped.length) by("unsent").append(" ", make("button", { type: "button", id: "decide", onclick: () => this.#decide(stopped[0]) }, plural(stopped.length, "judgement needs your decision", "judgements need your decision")));
        this.#drawCount();
    }
}

const page = new Page();
listen(page);
addEventListener("DOMContentLoaded", () => page.start()); // when other modules, with their panels, listen too
