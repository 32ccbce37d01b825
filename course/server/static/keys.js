// Which key and which button does what.

import { asked, by } from "./dom.js";
import { quote, toLines } from "./lines.js";
import { start } from "./run.js";

const SINGLE = "course-desk-single-keys";

export function listen(page) {
    const does = {
        n: () => page.next(), p: () => page.previous(), s: () => page.skip(), u: () => page.undo(), f: () => page.flag(),
        c: () => by("comment").focus(), e: () => page.editor.show(), a: () => page.editor.show(true), r: () => start(), l: () => toLines(), q: () => quote(), "?": () => help(),
        "+": () => page.judging.step(1), "=": () => page.judging.step(1), "-": () => page.judging.step(-1), "−": () => page.judging.step(-1),
    };
    const buttons = { skip: "s", next: "n", previous: "p", undo: "u", flag: "f", edit: "e", help: "?" };
    for (const [id, key] of Object.entries(buttons)) by(id).addEventListener("click", does[key]);
    by("name").addEventListener("click", () => page.reveal());
    by("judgement").addEventListener("submit", (event) => (event.preventDefault(), page.save()));
    for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
    by("single").checked = localStorage.getItem(SINGLE) !== "off";
    by("single").addEventListener("change", (event) => localStorage.setItem(SINGLE, event.target.checked ? "on" : "off"));

    by("comment").addEventListener("keydown", (event) => {
        if (event.key === "Escape") by("answer-title")?.focus({ preventScroll: true });
        else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) by("comment").blur(), page.save();
        else return;
        event.preventDefault();
        event.stopPropagation();
    });

    document.addEventListener("keydown", (event) => {
        const { key, target } = event;
        if (event.defaultPrevented || event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
        if (document.querySelector("dialog[open]") || page.editor.open || writes(target)) return;
        if (key === "Enter") {
            if (target.closest("button, a, summary")) return; // these do what they say
            page.save();
        } else if (!by("single").checked && key !== "?") return;
        else if (page.busy && key !== "?" && (/^[0-9]$/.test(key) || does[key])) page.coming();
        else if (/^[0-9]$/.test(key)) {
            if (!page.answer || !page.judging.key(key)) return;
        } else if (does[key] && (page.answer || key === "?" || key === "p" || key === "u")) does[key]();
        else return;
        event.preventDefault();
    });
}

function help() {
    asked(by("keys"));
}

function writes(target) {
    return target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button])") || target.isContentEditable;
}
