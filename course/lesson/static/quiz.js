// One question as a form. The state lives in Python; this draws it and sends answers back.

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== undefined) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

// The author's text with `code`, **bold** and line breaks; everything else is plain text.
function prose(text) {
  const holder = element("span");
  for (const part of text.split(/(`[^`]+`|\*\*[^*]+\*\*|\n)/)) {
    if (part === "\n") holder.append(element("br"));
    else if (part.startsWith("`") && part.length > 2) holder.append(element("code", {}, part.slice(1, -1)));
    else if (part.startsWith("**") && part.length > 4) holder.append(element("strong", {}, part.slice(2, -2)));
    else holder.append(part);
  }
  return holder;
}

const SIGN = { right: "✓ ", wrong: "✗ ", saved: "● ", problem: "! " };

function render({ model, el }) {
  const item = model.get("item");
  const group = `course-${item.id}-${Math.random().toString(36).slice(2, 8)}`;
  const type = item.kind === "single" ? "radio" : "checkbox";
  const form = element("form", { class: "course-quiz", novalidate: true });
  const legend = element("legend", {}, prose(item.prompt));
  const worth = item.mode === "graded" ? `${item.points} points, graded later`
    : item.mode === "must-correct" ? `${item.points} points, must be answered right` : "practice";
  const fieldset = element("fieldset", {}, legend, element("p", { class: "course-worth" }, worth));
  const inputs = item.options.map((option) => {
    const input = element("input", { type, name: group, value: option.id, id: `${group}-${option.id}` });
    fieldset.append(element("div", { class: "course-option" }, input,
      element("label", { for: input.id }, prose(option.text))));
    return input;
  });
  const submit = element("button", { type: "submit" }, item.mode === "graded" ? "Save answer" : "Check answer");
  const feedback = element("div", { class: "course-feedback", role: "status", "aria-live": "polite" });
  const bar = element("div", { class: "course-bar" }, submit);
  let shown = 0;
  const hints = element("ol", { class: "course-hints", "aria-label": "Hints" });
  if (item.hints.length) {
    const more = element("button", { type: "button" }, `Hint (${item.hints.length})`);
    more.addEventListener("click", () => {
      if (shown < item.hints.length) hints.append(element("li", {}, prose(item.hints[shown++])));
      more.textContent = `Hint (${item.hints.length - shown})`;
      more.disabled = shown === item.hints.length;
    });
    bar.append(more);
  }
  form.append(fieldset, bar, hints, feedback);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    feedback.textContent = "Saving…";
    model.send({ answer: inputs.filter((input) => input.checked).map((input) => input.value) });
  });

  function draw() {
    const state = model.get("state");
    if (state.tone !== "problem") inputs.forEach((input) => { input.checked = state.answer.includes(input.value); });
    feedback.className = `course-feedback course-${state.tone}`;
    feedback.replaceChildren();
    if (!state.message) return;
    feedback.append(element("p", {}, element("strong", {}, (SIGN[state.tone] ?? "") + state.message)));
    for (const [option, why] of state.reasons) {
      if (why) feedback.append(element("p", {}, element("em", {}, prose(option)), ": ", prose(why)));
    }
    if (state.saved) {
      const time = new Date(state.saved).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      feedback.append(element("p", { class: "course-saved" }, `saved ${time}`));
    }
  }
  model.on("change:state", draw);
  draw();
  el.append(form);
  return () => model.off("change:state", draw);
}

export default { render };
