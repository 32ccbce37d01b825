// Comments on a line, a cell or some words of an answer. They stand in the one comment, below a quotation of what
// they are about, so that the feedback page, the formgrader and an export have them; here they stand beside the line.

import { by, make } from "./dom.js";

const MOST = 200; // characters that are quoted
const PLACE = /^> (?:(Task|Check)|Cell (\d+))?,? ?[Ll]ine (\d+): .*$/;
const ROLES = { task: "Task", tests: "Check" };
let desk = null;

document.addEventListener("desk:answer", ({ detail }) => {
    desk = detail.desk;
    const cells = by("answer").querySelectorAll(".cell.answer");
    for (const cell of document.querySelectorAll("#answer .cell, #task .cell, #tests .cell")) {
        const number = [...cells].indexOf(cell) + 1;
        const role = ROLES[cell.closest("section").id];
        cell.dataset.place = role ?? (cells.length > 1 ? `Cell ${number}` : "");
        numbered(cell);
        cell.append(make("button", { type: "button", class: "quiet about", onclick: () => about(cell) }, "Comment", make("span", { class: "unseen" }, ` on ${cell.dataset.place || "this cell"}`)));
    }
    remarks();
});
document.addEventListener("input", ({ target }) => target.id === "comment" && remarks());

/** Give each line of code a number that can be pressed; one of a cell is reached with Tab, the others with arrows. */
function numbered(cell) {
    const rows = [...cell.querySelectorAll(".code .row")];
    rows.forEach((row, index) => {
        row.prepend(make("button", { type: "button", class: "line-number", tabindex: index ? "-1" : "0", "aria-label": `Comment on line ${index + 1}`, onclick: () => line(cell, row, index + 1) }, String(index + 1)));
    });
    cell.addEventListener("keydown", (event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!step || !event.target.matches(".line-number")) return;
        const next = rows[rows.indexOf(event.target.parentElement) + step]?.querySelector(".line-number");
        next?.focus();
        event.preventDefault();
    });
}

/** Go to the first line of the answer. */
export function toLines() {
    (document.querySelector("#answer .line-number") ?? document.querySelector("#answer .about"))?.focus();
}

/** Quote what is selected on the paper. */
export function quote() {
    const text = selected(by("paper"));
    if (text) write(`> ${text.replaceAll("\n", "\n> ")}`);
}

function line(cell, row, number) {
    const place = cell.dataset.place ? `${cell.dataset.place}, line ${number}` : `Line ${number}`;
    write(`> ${place}: ${code(source(row).trim())}`);
}

function about(cell) {
    const text = selected(cell);
    write(text ? `> ${text.replaceAll("\n", "\n> ")}` : `> ${cell.dataset.place || "The answer"}: ${code(start(cell))}`);
}

function start(cell) {
    const text = cell.querySelector(".row") ? source(cell.querySelector(".row")) : (cell.querySelector("p, li, pre, img") ?? cell).textContent;
    return text.trim().split("\n")[0] || "…";
}

function source(row) {
    return [...row.childNodes].filter((node) => !node.classList?.contains("line-number") && !node.classList?.contains("remark")).map((node) => node.textContent).join("");
}

function selected(within) {
    const selection = getSelection();
    if (selection.isCollapsed || !within.contains(selection.anchorNode) || !within.contains(selection.focusNode)) return "";
    return cut(selection.toString().trim());
}

const cut = (text) => (text.length > MOST ? `${text.slice(0, MOST)} …` : text);

/** Return code as Markdown shows it, with backticks in it too. */
function code(text) {
    const known = cut(text) || " ";
    const fence = "`".repeat(1 + Math.max(0, ...[...known.matchAll(/`+/g)].map(([run]) => run.length)));
    return fence.length > 1 ? `${fence} ${known} ${fence}` : `\`${known}\``;
}

function write(quotation) {
    desk.insertComment(`${quotation}\n\n`);
    const field = by("comment");
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
    field.scrollTop = field.scrollHeight;
    remarks();
}

/** Put each remark below the line that it is about. */
function remarks() {
    for (const old of document.querySelectorAll("#paper .remark")) old.remove();
    let row = null;
    for (const text of by("comment").value.split("\n")) {
        if (text.startsWith("> ")) row = found(PLACE.exec(text));
        else if (row && text.trim()) row.append(make("span", { class: "remark" }, text.trim()));
    }
}

function found(place) {
    if (!place) return null;
    const [, role, cell, number] = place;
    const wanted = role ?? (cell ? `Cell ${cell}` : "");
    const at = [...document.querySelectorAll("#paper .cell[data-place]")].find((each) => each.dataset.place === wanted && each.querySelector(".row"));
    return at?.querySelectorAll(".row")[number - 1] ?? null;
}
