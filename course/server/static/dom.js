// Making elements. Text stays text: only `html`, which the server has made safe, is read as HTML.

/** Return an element: `make("button", { type: "button", class: "quiet", onclick }, "Words", …)`. */
export function make(name, attributes = {}, ...inside) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
        else if (key === "html") element.innerHTML = value;
        else if (key in element && typeof value !== "string") element[key] = value;
        else element.setAttribute(key, value);
    }
    element.append(...inside.filter((each) => each !== null && each !== undefined));
    return element;
}

export const by = (id) => document.getElementById(id);

/** Return points as people write them: 2, 2.5, −1 with a true minus. */
export function points(number) {
    return String(Math.round(number * 100) / 100).replace("-", "−");
}

/** Return points with their sign. */
export const signed = (number) => (number > 0 ? `+${points(number)}` : points(number));

export const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;

export function clock(time) {
    return new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** Show a dialog; resolves with the value of the button that closed it, "" for Escape. */
export function asked(dialog) {
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
}
