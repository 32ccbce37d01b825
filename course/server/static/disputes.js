// A learner's request to look at a mark again: the thread beside the answer, and the instructor's words.

const { base, xsrf } = document.body.dataset;
const WORDS = { asked: "The learner asked", reopened: "will mark it again", declined: "left the mark as it is" };

let current = "";

document.addEventListener("desk:answer", async ({ detail: { answer, question } }) => {
    document.getElementById("dispute")?.remove();
    if (!answer) return;
    const parts = [question.lesson, question.notebook, question.question, answer.id];
    const address = `${base}api/thread/${parts.map(encodeURIComponent).join("/")}`;
    current = address;
    const told = await fetch(address);
    if (told.ok && current === address) draw(address, await told.json());
});

function draw(address, thread, said = "") {
    document.getElementById("dispute")?.remove();
    if (!thread.messages.length) return;
    const panel = make("details", { id: "dispute", open: thread.open || said !== "" });
    panel.append(make("summary", { textContent: thread.open ? "A request waits for your answer" : "A request, answered" }));
    for (const message of thread.messages) {
        const when = new Date(message.at).toLocaleString();
        const who = message.what === "asked" ? WORDS.asked : `${message.author || "Somebody"} ${WORDS[message.what]}`;
        const words = make("div", { className: "prose" });
        words.innerHTML = message.html; // safe: made by course.markup
        panel.append(make("p", { className: "dim", textContent: `${who}, ${when}` }), words);
    }
    const form = make("form", {});
    const label = make("label", { textContent: "Your answer, for the learner" });
    label.append(make("textarea", { name: "text", rows: 3, maxLength: 4000, required: true }));
    const buttons = make("div", { className: "actions" });
    buttons.append(
        make("button", { value: "declined", textContent: "The mark stays" }),
        make("button", { value: "reopened", textContent: "Mark it again" }),
    );
    form.append(label, buttons, make("p", { role: "status", textContent: said }));
    const request = crypto.randomUUID?.() ?? String(Math.random()).slice(2); // the same when it is sent again
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const status = form.querySelector("[role=status]");
        const body = JSON.stringify({ text: form.elements.text.value, reopen: event.submitter?.value === "reopened", request });
        try {
            const done = await fetch(address, { method: "POST", body, headers: { "X-XSRFToken": xsrf, "Content-Type": "application/json" } });
            const told = await done.json();
            if (!done.ok) status.textContent = told.error;
            else if (current === address) draw(address, told, "Answered. The learner reads it with the next feedback.");
        } catch {
            status.textContent = "Not sent: no connection. Press the button again.";
        }
    });
    panel.append(form);
    (document.getElementById("panels") ?? document.getElementById("desk")).append(panel);
}

function make(name, properties) {
    return Object.assign(document.createElement(name), properties);
}
