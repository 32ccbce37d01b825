// The form beside the answer: what applies, points beside it, the comment; kept as a draft until saved.

import { by, make, points, signed } from "./dom.js";
import { scored, start } from "./score.js";
import { ask } from "./wire.js";

const STEP = 0.5;
const PAUSE = 250; // ms without typing before the preview is asked for

export class Judging {
    #answer;
    #key = "";
    #timer = 0;
    #shown = "";

    /** `changed` is called after every change; `prefix` is where drafts are kept. */
    constructor(prefix, changed) {
        this.prefix = prefix;
        this.changed = changed;
        this.rubric = { items: [], start: "zero", least: 0, most: null };
        by("comment").addEventListener("input", () => this.#touch());
        by("adjustment").addEventListener("input", (event) => this.adjust(event.target.valueAsNumber || 0, false));
        by("less").addEventListener("click", () => this.step(-1));
        by("more").addEventListener("click", () => this.step(1));
        by("rubric").addEventListener("change", (event) => this.toggle(event.target.value));
    }

    /** Put an answer's judgement, or the draft of one, into the form; returns whether there was a draft. */
    open(answer) {
        this.#answer = answer;
        this.#key = this.prefix + answer.id;
        this.before = this.#standing();
        const draft = this.#kept();
        this.now = draft ?? structuredClone(this.before);
        by("comment").value = this.now.comment;
        this.drawRubric();
        this.#preview(0);
        return draft !== null;
    }

    #standing() {
        const { judgement, points: given, maximum, comment } = this.#answer.standing;
        const mine = judgement && judgement.why !== "undone" ? judgement : given === null ? null : judgement;
        const known = new Set(this.rubric.items.map((item) => item.id));
        const items = (mine?.items ?? this.byTests).filter((id) => known.has(id));
        // points of the tests, or of the formgrader, stay until somebody changes them
        const fits = mine && given !== null && scored(this.rubric, new Set(items), mine.adjustment, maximum) === given;
        const adjustment = fits || given === null ? (mine?.adjustment ?? 0) : given - scored(this.rubric, new Set(items), 0, maximum);
        return { items, adjustment: Math.min(Math.max(adjustment, -maximum), maximum), comment, chosen: given !== null || items.length > 0 };
    }

    /** The items that the tests choose, as long as no person judged. */
    get byTests() {
        const { standing, preselected } = this.#answer;
        return standing.marked_by || standing.judgement ? [] : (preselected ?? []);
    }

    get maximum() {
        return this.#answer.standing.maximum;
    }

    get score() {
        return scored(this.rubric, new Set(this.now.items), this.now.adjustment, this.maximum);
    }

    /** Whether something is here that the server has not. */
    get dirty() {
        return JSON.stringify(this.#plain(this.now)) !== JSON.stringify(this.#plain(this.before));
    }

    #plain({ items, adjustment, comment, chosen }) {
        return [[...items].sort(), adjustment, comment, chosen];
    }

    key(digit) {
        if (digit === "0" && this.rubric.items.length) return this.none();
        const item = this.rubric.items.find((each) => each.key === digit);
        if (item) this.toggle(item.id);
        else if (!this.rubric.items.length && Number(digit) <= this.maximum) this.give(Number(digit));
        else return false;
        return true;
    }

    toggle(id) {
        const items = new Set(this.now.items);
        if (!items.delete(id)) items.add(id);
        this.now.items = this.rubric.items.map((item) => item.id).filter((each) => items.has(each));
        this.#chose();
    }

    /** Nothing applies: what counting starts with. */
    none() {
        Object.assign(this.now, { items: [], adjustment: 0 });
        this.#chose();
        return true;
    }

    /** Give points without a rubric. */
    give(score) {
        this.adjust(score - start(this.rubric, this.maximum));
    }

    step(sign) {
        this.adjust(this.now.adjustment + sign * STEP);
    }

    adjust(adjustment, write = true) {
        this.now.adjustment = Math.min(Math.max(adjustment, -this.maximum), this.maximum);
        this.#chose(write);
    }

    /** Put a text after what the comment says. */
    insert(text) {
        const field = by("comment");
        field.value = field.value.trimEnd() ? `${field.value.trimEnd()}\n\n${text}` : text;
        this.#touch();
    }

    /** Take what somebody said elsewhere into the form, as a draft. */
    fill({ items, adjustment, comment }) {
        Object.assign(this.now, { items, adjustment });
        by("comment").value = comment;
        this.#touch();
        this.#chose();
    }

    /** What the server wants of a judgement. */
    get body() {
        const { items, adjustment, comment } = this.now;
        return { items, adjustment, comment };
    }

    /** What a person reads of it, as long as it is here. */
    get said() {
        const items = this.rubric.items.filter((item) => this.now.items.includes(item.id));
        return { score: this.score, items: items.map(({ text, points: worth }) => ({ text, points: worth })), adjustment: this.now.adjustment, comment: this.now.comment };
    }

    settle() {
        this.before = structuredClone(this.now);
        localStorage.removeItem(this.#key);
    }

    #chose(write = true) {
        this.now.chosen = true;
        this.#keep();
        this.drawMarks(write);
    }

    #touch() {
        this.now.comment = by("comment").value;
        this.#keep();
        this.#preview(PAUSE);
        this.changed();
    }

    #keep() {
        try {
            if (this.dirty) localStorage.setItem(this.#key, JSON.stringify(this.now));
            else localStorage.removeItem(this.#key);
        } catch {} // a browser that keeps nothing: the form itself still has it
    }

    #kept() {
        const text = localStorage.getItem(this.#key);
        if (text === null) return null;
        const draft = JSON.parse(text);
        draft.items = draft.items.filter((id) => this.rubric.items.some((item) => item.id === id));
        return draft;
    }

    drawRubric() {
        const { items } = this.rubric;
        const rows = items.map((item) => make("li", {},
            make("label", {},
                make("input", { type: "checkbox", value: item.id }),
                make("kbd", {}, item.key || "·"),
                make("span", { class: "worth" }, signed(item.points)),
                make("span", { class: "prose", html: item.html ?? "" }, item.html === undefined ? item.text : "")),
            item.note ? make("p", { class: "note" }, item.note) : null));
        const digits = items.length || this.maximum > 9 ? [] : Array.from({ length: Math.floor(this.maximum) + 1 }, (_, n) => n);
        by("rubric").replaceChildren(...(items.length ? rows : [make("li", { class: "digits" },
            ...digits.map((n) => make("button", { type: "button", value: String(n), onclick: () => this.give(n) }, make("kbd", {}, String(n)))),
            make("p", { class: "dim" }, digits.length ? "No rubric yet: a digit gives the points." : "No rubric yet: make one, or give points below."))]));
        by("guide").innerHTML = this.rubric.guide_html ?? "";
        by("guide").hidden = !this.rubric.guide;
        this.drawMarks();
    }

    drawMarks(write = true) {
        for (const box of by("rubric").querySelectorAll("input")) {
            box.checked = this.now.items.includes(box.value);
            box.closest("li").classList.toggle("on", box.checked);
        }
        for (const button of by("rubric").querySelectorAll("button"))
            button.setAttribute("aria-pressed", String(this.now.chosen && this.score === Number(button.value)));
        if (write) by("adjustment").value = this.now.adjustment;
        by("score").textContent = this.now.chosen ? points(this.score) : "–";
        this.changed();
    }

    #preview(pause) {
        clearTimeout(this.#timer);
        const text = this.now.comment;
        by("preview").hidden = !text.trim();
        if (!text.trim() || text === this.#shown) return;
        this.#timer = setTimeout(async () => {
            try {
                const { html } = await ask("POST", "api/markdown", { text });
                if (text === this.now.comment) [by("preview").innerHTML, this.#shown] = [html, text];
            } catch {
                [by("preview").textContent, this.#shown] = [text, ""]; // as typed, until the server is back
            }
        }, pause);
    }
}
