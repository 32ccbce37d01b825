// Putting an entry of the worklist to rest.

import { ask } from "./wire.js";

const said = document.getElementById("said");

document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-rest]");
    if (!form) return;
    event.preventDefault();
    const entry = form.closest(".entry");
    const { kind, learner, lesson, question, trace } = entry.dataset;
    try {
        const told = await ask("POST", "api/rest", { kind, learner, lesson, question, trace, reason: form.elements.reason.value });
        entry.remove();
        said.textContent = told.said;
    } catch (error) {
        said.textContent = error.message;
    }
});
