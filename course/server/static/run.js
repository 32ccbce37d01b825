// Below the answer: its cells run again, and a cell of the grader's own after them, behind the server's walls.

import { by, make } from "./dom.js";
import { ask } from "./wire.js";

const LONGEST = 120_000; // ms; the server's own bound, and a wait for others' runs

const source = make("textarea", { id: "run-source", rows: 3, spellcheck: "false", maxlength: "50000", "aria-describedby": "run-hint" });
const button = make("button", { type: "submit" }, "Run ", make("kbd", {}, "Shift+Enter"));
const said = make("p", { role: "status", class: "dim" });
const came = make("div", { id: "run-came" });
const form = make("form", {}, make("label", {}, "A cell of your own, run after the learner's", source),
    make("p", { id: "run-hint", class: "dim" }, "Empty, it runs the answer again as it is. Your cell stays for the next answer; nothing of it is kept or changes a mark."),
    make("div", { class: "actions" }, button), said, came);
const panel = make("details", { id: "run" }, make("summary", {}, "Run it ", make("kbd", {}, "r")), form);
let here = null;

document.addEventListener("desk:answer", ({ detail: { answer, desk } }) => {
    here = `${desk.question}/${answer.id}`;
    said.textContent = "";
    came.replaceChildren();
    by("answer").after(panel);
});

form.addEventListener("submit", (event) => (event.preventDefault(), run()));
source.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) run();
    else if (event.key === "Escape") by("answer-title").focus({ preventScroll: true });
    else return;
    event.preventDefault();
    event.stopPropagation();
});

/** Open it and write in it. */
export function start() {
    panel.open = true;
    source.focus();
}

async function run() {
    if (button.disabled) return;
    const place = here;
    button.disabled = true;
    said.textContent = "Running …";
    came.replaceChildren();
    try {
        const told = await ask("POST", `api/run/${place}`, { source: source.value }, LONGEST);
        if (place === here) draw(told);
    } catch (error) {
        if (place === here) said.textContent = `Not run: ${error.message}`;
    } finally {
        button.disabled = false;
        if (place !== here) said.textContent = "";
    }
}

function draw({ cells, before, own, seconds }) {
    said.textContent = `Ran in ${seconds} s.`;
    const struck = before.length ? [make("p", { class: "bad" }, `Before the answer: ${before.join("; ")}`)] : [];
    const result = (html) => (html ? make("div", { html }) : make("p", { class: "dim" }, "No output."));
    const answer = cells.flatMap(({ code, html }) => [cells.length > 1 ? make("div", { html: code }) : "", result(html)]);
    came.replaceChildren(...struck,
        ...(own === null ? [] : [make("h3", {}, "Your cell"), result(own)]),
        ...(answer.length ? [make("h3", {}, "The answer, run again"), ...answer] : []));
}
