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

// The time; with the day, if that is not today.
function when(moment) {
  const time = { hour: "2-digit", minute: "2-digit" };
  return moment.toDateString() === new Date().toDateString() ? moment.toLocaleTimeString([], time)
    : moment.toLocaleString([], { day: "numeric", month: "short", ...time });
}

const SIGN = { right: "✓ ", wrong: "✗ ", saved: "● ", problem: "! " };

// JupyterLab's shortcuts of one key (arrows, Enter, Space, letters) would take the keys away from the
// form. It leaves them to what carries this attribute, which has to be the very element with the
// focus. While Ctrl or Command is held the attribute is off: saving with Ctrl+S works here too.
function keepKeys(form) {
  const set = (event) => {
    const held = event.ctrlKey || event.metaKey;
    for (const node of form.querySelectorAll("input, button")) node.toggleAttribute("data-lm-suppress-shortcuts", !held);
  };
  for (const type of ["focusin", "keydown", "keyup"]) form.addEventListener(type, set);
  set({});
}

function render({ model, el }) {
  const item = model.get("item");
  const group = `course-${item.id}-${Math.random().toString(36).slice(2, 8)}`;
  const type = item.kind === "single" ? "radio" : "checkbox";
  const form = element("form", { class: "course-quiz", novalidate: true });
  const legend = element("legend", {}, prose(item.prompt));
  const points = `${item.points} ${item.points === 1 ? "point" : "points"}`;
  const worth = item.mode === "graded" ? `${points}, graded later`
    : item.mode === "must-correct" ? `${points}, must be answered right` : "Practice";
  const fieldset = element("fieldset", { "aria-describedby": `${group}-worth` }, legend,
    element("p", { class: "course-worth", id: `${group}-worth` }, worth));
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
  const hints = element("ol", { class: "course-hints", "aria-label": "Hints", "aria-live": "polite" });
  if (item.hints.length) {
    const more = element("button", { type: "button" });
    const left = () => {
      const rest = item.hints.length - shown;
      more.textContent = rest ? `Hint (${rest} left)` : "No more hints";
      more.setAttribute("aria-disabled", String(rest === 0)); // "disabled" would throw the focus away
    };
    more.addEventListener("click", () => {
      if (shown < item.hints.length) hints.append(element("li", {}, prose(item.hints[shown++])));
      left();
    });
    left();
    bar.append(more);
  }
  form.append(fieldset, bar, hints, feedback);
  keepKeys(form);
  let patience;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    feedback.className = "course-feedback";
    feedback.textContent = "Saving…";
    clearTimeout(patience);
    patience = setTimeout(() => {
      feedback.className = "course-feedback course-problem";
      feedback.textContent = "Not saved yet: the kernel has not replied. If it is busy, wait; if it was restarted, run this cell again.";
    }, 10000);
    model.send({ answer: inputs.filter((input) => input.checked).map((input) => input.value) });
  });

  form.addEventListener("change", () => {
    if (!model.get("state").saved) return;
    feedback.className = "course-feedback";
    feedback.textContent = `Changed. Press "${submit.textContent}" to keep the new answer.`;
  });

  function draw() {
    const state = model.get("state");
    const answered = state.tone !== "problem";
    clearTimeout(patience);
    if (answered) inputs.forEach((input) => { input.checked = state.answer.includes(input.value); });
    feedback.className = `course-feedback course-${state.tone}`;
    feedback.replaceChildren();
    if (!state.message) return;
    feedback.append(element("p", {}, element("strong", {}, (SIGN[state.tone] ?? "") + state.message)));
    if (!answered) return; // reasons and time belong to an earlier answer
    for (const [option, why] of state.reasons) {
      if (why) feedback.append(element("p", {}, element("em", {}, prose(option)), ": ", prose(why)));
    }
    if (state.saved) {
      feedback.append(element("p", { class: "course-time" }, `Saved ${when(new Date(state.saved))}`));
    }
  }
  model.on("change:turn", draw); // not the state: two replies in a row may be the same
  draw();
  el.append(form);
  return () => {
    clearTimeout(patience);
    model.off("change:turn", draw);
  };
}

export default { render };
