// Editing the rubric while marking: nothing is written before it was shown whose marks change.

import { asked, by, make, plural, points } from "./dom.js";
import { ask, fresh } from "./wire.js";

export class Editor {
    /** `desk` is the page's; `done` is called with the rubric that was written. */
    constructor(desk, done) {
        this.desk = desk;
        this.done = done;
        by("editor").addEventListener("submit", (event) => (event.preventDefault(), this.save()));
        by("editor-add").addEventListener("click", () => this.#add());
        by("editor-close").addEventListener("click", () => this.close());
        by("editor").addEventListener("keydown", (event) => {
            if (event.key === "Escape") this.close();
            if (event.key === "Enter" && event.ctrlKey) by("editor").requestSubmit();
        });
    }

    get open() {
        return !by("editor").hidden;
    }

    show(adds = false) {
        const { rubric } = this.desk;
        by("editor-items").replaceChildren(...rubric.items.map((item) => this.#row(item)));
        by("editor-start").value = rubric.start;
        by("editor-least").value = rubric.least;
        by("editor-most").value = rubric.most ?? "";
        by("editor-guide").value = rubric.guide ?? "";
        this.version = this.desk.version;
        this.#say("");
        by("editor").hidden = false;
        by("judgement").hidden = true;
        if (adds || !rubric.items.length) this.#add();
        else by("editor-items").querySelector("textarea").focus();
    }

    close() {
        by("editor").hidden = true;
        by("judgement").hidden = false;
        by("edit").focus();
    }

    #add() {
        const row = this.#row({ id: fresh().slice(0, 8), points: 1, text: "", note: "", key: "", when: "" });
        by("editor-items").append(row);
        row.querySelector("textarea").focus();
    }

    /** Which outcomes of the tests can choose an item: of all together, of each, and what it says already. */
    #outcomes(when) {
        const names = this.desk.answer.standing.notes.map((note) => note.test).filter(Boolean);
        const known = { "": "the grader alone", passed: "all tests, if they pass", failed: "the tests, if not all pass" };
        for (const name of names) Object.assign(known, { [`passed: ${name}`]: `“${name}”, if it passes`, [`failed: ${name}`]: `“${name}”, if it fails` });
        known[when] ??= when;
        const choice = make("select", { name: "when" }, ...Object.entries(known).map(([value, words]) => make("option", { value }, words)));
        choice.value = when;
        return choice;
    }

    #row({ id, points: worth, text, note, key, when }) {
        const field = (name, label, element) => make("label", { class: name }, make("span", {}, label), element);
        const row = make("li", { "data-id": id },
            field("text", "Text for the learner", make("textarea", { rows: 2, required: true, name: "text" })),
            field("points", "Points", make("input", { type: "number", step: "any", required: true, name: "points", value: String(worth) })),
            field("key", "Key", make("input", { name: "key", pattern: "[1-9]", maxlength: "1", size: 2, value: key })),
            field("note", "Note for graders", make("input", { name: "note", value: note })),
            field("when", "Chosen by", this.#outcomes(when ?? "")),
            make("div", { class: "moves" },
                make("button", { type: "button", "aria-label": "Move up", onclick: () => this.#move(row, -1) }, "↑"),
                make("button", { type: "button", "aria-label": "Move down", onclick: () => this.#move(row, 1) }, "↓"),
                make("button", { type: "button", "aria-label": "Remove this item", onclick: () => this.#remove(row) }, "Remove")));
        row.querySelector("textarea").value = text;
        return row;
    }

    #move(row, by_) {
        const other = by_ < 0 ? row.previousElementSibling : row.nextElementSibling;
        if (!other) return;
        if (by_ < 0) other.before(row);
        else other.after(row);
        row.querySelector(`[aria-label="Move ${by_ < 0 ? "up" : "down"}"]`).focus();
    }

    #remove(row) {
        const next = row.nextElementSibling ?? row.previousElementSibling;
        row.remove();
        (next?.querySelector("textarea") ?? by("editor-add")).focus();
    }

    get #edited() {
        const items = [...by("editor-items").children].map((row) => {
            const value = (name) => row.querySelector(`[name=${name}]`).value.trim();
            return { id: row.dataset.id, points: Number(value("points")), text: value("text"), note: value("note"), key: value("key"), when: row.querySelector("[name=when]").value };
        });
        const most = by("editor-most").value;
        return { items, start: by("editor-start").value, least: Number(by("editor-least").value || 0), most: most === "" ? null : Number(most), guide: by("editor-guide").value };
    }

    /** Ask who changes, show it if anybody does, and write. */
    async save() {
        const path = `api/rubric/${this.desk.question}`;
        const rubric = this.#edited;
        try {
            const first = await ask("PUT", path, { rubric, version: this.version, apply: false });
            if (first.moves.length && !(await this.#agreed(first.moves))) return;
            const { version } = await ask("PUT", path, { rubric, version: this.version, apply: true });
            const changed = first.moves.length;
            this.close();
            this.done(version, changed);
        } catch (error) {
            await this.#refused(error, path);
        }
    }

    async #agreed(moves) {
        const rows = moves.map((move) => make("tr", {},
            make("td", {}, move.answer ? make("a", { href: `?answer=${move.answer}`, target: "_blank" }, move.answer.slice(0, 6)) : "an answer"),
            make("td", {}, move.before === null ? "–" : points(move.before)), make("td", {}, points(move.after))));
        const differ = moves.filter((move) => move.before !== move.after).length;
        by("moves-what").textContent = `${plural(moves.length, "answer was", "answers were")} marked with what you changed; ${plural(differ, "gets", "get")} another score. Their history keeps what stood before.`;
        by("moves-rows").replaceChildren(...rows);
        return (await asked(by("moves"))) === "apply";
    }

    /** Somebody else's edit came first: show theirs, keep mine in the form, and let the next save go on theirs. */
    async #refused(error, path) {
        this.#say(error.message);
        if (error.status !== 400) return;
        const { rubric, version } = await ask("GET", path);
        if (version === this.version) return;
        this.version = version;
        const theirs = rubric.items.map((item) => make("li", {}, `${points(item.points)}: ${item.text}`));
        this.#say(`${error.message} What you wrote is still here. Saving now puts it in the place of theirs:`, make("ul", {}, ...theirs));
    }

    #say(...inside) {
        by("editor-said").replaceChildren(...inside);
    }
}
