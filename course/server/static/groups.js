// One judgement for a group of same answers: what is ticked is marked, nothing else.
const { base, xsrf } = document.body.dataset;
const { place, key } = document.getElementById("group").dataset;
const form = document.getElementById("judgement");
const said = document.getElementById("said");
const SAID = `course-desk-said:${place}/${key}`;

async function send(address, body) {
    const answer = await fetch(base + address, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-XSRFToken": xsrf },
        body: JSON.stringify(body),
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.error);
    return told;
}

const ticked = () => [...document.querySelectorAll("[name=member]:checked")];
const answers = (n) => `${n} ${n === 1 ? "answer" : "answers"}`;

function count() {
    if (form) document.getElementById("count").textContent = answers(ticked().length);
}

// What was done is said on the page as it is then.
function again(text) {
    sessionStorage.setItem(SAID, text);
    location.reload();
}

let pending = null; // a judgement whose answer did not come: sent again it is the same one

async function mark() {
    const chosen = ticked();
    if (!chosen.length) return void (said.textContent = "Nothing is ticked, so nothing was marked.");
    if (!form.reportValidity()) return;
    const body = {
        tokens: Object.fromEntries(chosen.map((each) => [each.value, each.dataset.token])),
        items: [...form.querySelectorAll("[name=item]:checked")].map((each) => each.value),
        adjustment: Number(form.elements.adjustment.value), comment: form.elements.comment.value,
    };
    const same = JSON.stringify(body);
    if (pending?.same !== same) pending = { same, request: [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("") };
    said.textContent = "Saving…";
    const { marked, left } = await send(`api/group/${place}/${key}`, { ...body, request: pending.request });
    const reasons = Object.entries(left).map(([id, why]) => `${name(id)} was left out: ${why}`);
    again([`${answers(marked.length)} marked.`, ...reasons].join(" "));
}

function name(id) {
    return document.querySelector(`[data-id="${id}"] label`)?.textContent.trim() ?? "An answer";
}

function doing(work) {
    work().catch((error) => (said.textContent = `Not done: ${error.message}`));
}

form?.addEventListener("submit", (event) => {
    event.preventDefault();
    doing(mark);
});
document.addEventListener("change", count);
document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-out], [data-in]");
    if (!button) return;
    const out = button.dataset.out !== undefined;
    doing(async () => {
        await send(`api/apart/${place}/${key}/${button.dataset.out ?? button.dataset.in}`, { out });
        again(out ? "Taken out; it is marked by itself." : "It is in the group again.");
    });
});
document.addEventListener("keydown", (event) => {
    if (!form || event.altKey || event.metaKey) return;
    if (event.key === "Enter" && event.ctrlKey) {
        event.preventDefault();
        doing(mark);
    } else if (/^[1-9]$/.test(event.key) && !event.ctrlKey && !/^(TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "number") {
        const item = form.querySelector(`[name=item][data-key="${event.key}"]`);
        if (item) {
            item.checked = !item.checked;
            said.textContent = `${item.parentElement.textContent.trim()}: ${item.checked ? "on" : "off"}`;
        }
    }
});
count();
said.textContent = sessionStorage.getItem(SAID) ?? "";
sessionStorage.removeItem(SAID);
