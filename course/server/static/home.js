// Home: the autograder's progress as it goes on, and the buttons that mend.
const { base, xsrf } = document.body.dataset;
const said = document.getElementById("said");
const EVERY = 2000; // ms

async function ask(address, body) {
    const options = body && {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-XSRFToken": xsrf },
        body: JSON.stringify(body),
    };
    const answer = await fetch(base + address, options);
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.error);
    return told;
}

// The page as the server makes it now; who is writing something keeps it.
async function refresh() {
    const now = document.getElementById("overview");
    if ([...now.querySelectorAll("textarea")].some((field) => field.value || field === document.activeElement)) return;
    const answer = await fetch(location.pathname);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("overview");
    if (!fresh) return;
    const mark = [...now.querySelectorAll("a, button, summary, [tabindex]")];
    const at = mark.indexOf(document.activeElement);
    now.replaceWith(fresh);
    if (at >= 0) [...fresh.querySelectorAll("a, button, summary, [tabindex]")][at]?.focus({ preventScroll: true });
}

let known = new Set([...document.querySelectorAll("[data-lesson]:has(progress)")].map((row) => row.dataset.lesson));

async function look() {
    try {
        const { lessons } = await ask("api/progress");
        const now = new Set(Object.keys(lessons));
        if (now.size !== known.size || [...now].some((lesson) => !known.has(lesson))) {
            const done = [...known].filter((lesson) => !now.has(lesson));
            if (done.length) said.textContent = `The autograder is done with ${done.join(", ")}.`;
            known = now;
            await refresh();
        }
        for (const [lesson, { done, of }] of Object.entries(lessons)) {
            const row = document.querySelector(`tr[data-lesson="${CSS.escape(lesson)}"]`);
            const bar = row?.querySelector("progress");
            if (!bar || !of) continue;
            Object.assign(bar, { max: of, value: done });
            row.querySelector(".count").textContent = `${done} of ${of}`;
        }
    } catch (error) {
        console.warn("home: not seen this time", error); // the server may be away for a moment
    }
}

async function act(button, work) {
    button.disabled = true;
    try {
        said.textContent = await work();
        said.className = "good";
        await look();
        await refresh();
    } catch (error) {
        said.textContent = error.message;
        said.className = "bad";
        button.disabled = false;
    }
}

const mend = (element, doing, text = "") => {
    const { lesson, learner } = element.closest("[data-learner]").dataset;
    const place = [lesson, learner].map(encodeURIComponent).join("/");
    return ask(`api/triage/${place}`, { do: doing, text }).then((told) => told.said);
};

document.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-grade], button[data-do]");
    if (button?.dataset.grade) {
        const lesson = button.dataset.grade;
        act(button, () => ask("api/autograde", { lesson }).then(() => `The autograder begins with ${lesson}.`));
    } else if (button) {
        act(button, () => mend(button, button.dataset.do));
    }
});

document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-do]");
    if (!form) return;
    event.preventDefault();
    const field = form.elements.text;
    act(form.querySelector("button"), async () => {
        const told = await mend(form, form.dataset.do, field.value);
        form.reset();
        field.blur();
        return told;
    });
});

setInterval(() => document.hidden || look(), EVERY);
