// The answer on the screen: the task, what was answered, how the tests went, what came before.

import { clock, make, plural } from "./dom.js";

const OUTCOMES = {
    passed: ["✓", "good"], partly: ["◐", "part"], failed: ["✗", "bad"], error: ["✗", "bad"],
    "needs a person": ["…", "wait"],
};

/** Draw an answer, as api/next tells it, into an element. */
export function draw(paper, answer) {
    const { before, task, work } = split(answer.parts);
    paper.replaceChildren(
        ...question(answer, before, task),
        section("answer", "Answer", ...work.map(cell), ...response(answer), !work.length && !answer.response.length ? make("p", { class: "dim" }, "This answer is empty, or its notebook is away.") : null),
        ...tests(answer.standing, answer.parts.filter((part) => part.role === "tests")),
        ...earlier(answer.earlier ?? []),
        ...voice(answer.asked),
    );
    for (const picture of paper.querySelectorAll("img:not([src])")) picture.replaceWith(`[a picture from elsewhere${picture.alt ? `: ${picture.alt}` : ""}]`);
    for (const picture of paper.querySelectorAll("img:not([alt])")) picture.alt = "a picture without a description";
    for (const box of paper.querySelectorAll("pre, .table, .code")) scrollable(box);
}

/** The task begins at the last heading before the answer; what stands above it is folded away. */
function split(parts) {
    const shown = parts.filter((part) => part.role !== "tests");
    const first = shown.findIndex((part) => part.role === "answer");
    const context = shown.slice(0, first < 0 ? shown.length : first);
    const start = Math.max(context.findLastIndex((part) => /<h[1-4]>/.test(part.html)), 0);
    return { before: context.slice(0, start), task: context.slice(start), work: first < 0 ? [] : shown.slice(first) };
}

function question(answer, before, task) {
    const prompt = answer.prompt ? [make("div", { class: "prose", html: answer.prompt })] : [];
    const more = before.length ? [make("details", { class: "before" }, make("summary", {}, "What the lesson says before it"), ...before.map(cell))] : [];
    return [section("task", "Question", ...(prompt.length ? prompt : task.map(cell)), ...more)];
}

function cell(part) {
    return make("div", { class: `cell ${part.role}`, html: part.html });
}

function response(answer) {
    if (!answer.response.length) return [];
    if (answer.chosen) return [make("pre", { class: "said" }, answer.chosen)];
    return answer.response.map((text) => make("p", { class: "said" }, text));
}

function tests(standing, cells) {
    const { outcome, notes, repairs } = standing;
    if (!notes.length && !repairs.length && (!outcome || outcome === "needs a person")) return [];
    return [section("tests", "Tests",
        make("p", { class: "verdict" }, ...mark(outcome), standing.auto === null ? null : `: ${standing.auto} of ${standing.maximum} points by the tests`),
        make("ul", { class: "notes" }, ...notes.map((note) => make("li", {},
            make("b", {}, ...mark(note.outcome, note.test ?? "")), note.text ? make("span", { class: "said" }, note.text) : null,
            note.aside ? make("p", { class: "said aside" }, make("b", {}, "For you only: "), note.aside) : null))),
        repairs.length ? make("p", { class: "repairs" }, make("b", {}, "Put right before grading: "), repairs.join("; ")) : null,
        cells.some((each) => /class="output/.test(each.html)) ? make("details", {}, make("summary", {}, "What the check printed"), ...cells.map(cell)) : null,
    )];
}

/** Return an outcome as sign and words, never as colour alone. */
function mark(outcome, name = "") {
    const [sign, tone] = OUTCOMES[outcome] ?? ["!", "bad"];
    return [make("span", { class: `tone ${tone}` }, make("span", { "aria-hidden": "true" }, `${sign} `), name ? `${name}: ${outcome}` : outcome)];
}

function earlier(attempts) {
    if (!attempts.length) return [];
    return [make("details", { id: "earlier" }, make("summary", {}, plural(attempts.length, "earlier attempt", "earlier attempts")),
        ...attempts.map((each) => make("section", { class: "attempt" }, make("h3", {}, each.at ? `${new Date(each.at).toLocaleDateString()}, ${clock(each.at)}` : "Before"),
            ...each.parts.map(cell), ...each.response.map((text) => make("p", { class: "said" }, text)))))];
}

function voice(asked) {
    return asked.length ? [section("voice", "The learner asked", ...asked.map((text) => make("blockquote", {}, text)))] : [];
}

function section(id, title, ...inside) {
    return make("section", { id, "aria-labelledby": `${id}-title` }, make("h2", { id: `${id}-title`, tabindex: "-1" }, title), ...inside);
}

/** What is wider or longer than its place can be scrolled from the keyboard, too. */
function scrollable(box) {
    if (box.scrollHeight <= box.clientHeight + 1 && box.scrollWidth <= box.clientWidth + 1) return;
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", "more than fits: scroll with the arrow keys");
}
