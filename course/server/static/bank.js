// On the marking page: comments that were written on this question before, to be used again.
const { base } = document.body.dataset;
const WAIT = 250; // ms after a key, before the list is asked for
const panel = document.createElement("details");
const list = document.createElement("ul");
const title = document.createElement("summary");
title.textContent = "Comments used before";
list.className = "bank";
panel.id = "bank";
panel.append(title, list);
let here = null;
let last = 0;
let waiting = 0;

async function load() {
    const mine = ++last;
    const typed = (document.getElementById("comment")?.value ?? "").slice(0, 500);
    const answer = await fetch(`${base}api/comments/${here.place}?typed=${encodeURIComponent(typed)}`);
    if (!answer.ok || mine !== last) return; // the list stays as it was
    const { comments } = await answer.json();
    if (mine !== last) return;
    list.replaceChildren(...comments.map(({ text, uses }) => {
        const item = document.createElement("li");
        const use = document.createElement("button");
        use.type = "button";
        use.textContent = text;
        use.title = `used ${uses} ${uses === 1 ? "time" : "times"}`;
        use.addEventListener("click", () => here.desk.insertComment(text));
        item.append(use);
        return item;
    }));
    panel.hidden = !comments.length && !typed;
    if (!comments.length) list.textContent = "None is like what you wrote.";
}

document.addEventListener("desk:answer", ({ detail: { desk } }) => {
    const panels = document.getElementById("panels");
    if (!panels) return;
    here = { desk, place: document.getElementById("desk").dataset.question ?? desk.question };
    if (!panel.isConnected) panels.append(panel);
    if (panel.open) load();
});
panel.addEventListener("toggle", () => panel.open && load());
document.addEventListener("input", ({ target }) => {
    if (target.id !== "comment" || !panel.open) return;
    clearTimeout(waiting);
    waiting = setTimeout(load, WAIT);
});
