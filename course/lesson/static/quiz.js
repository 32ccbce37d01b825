// One question as a form. The state lives in Python; this draws it and sends what is done.

const SIGN = { right: "✓", partly: "◐", wrong: "✗", saved: "●", problem: "!" };
const PATIENCE = 10000;

function legend(item, words) {
  const [worth, more] = [fresh("worth"), fresh("more")];
  const named = item.legend ? {} : { "aria-labelledby": more };
  const set = element("fieldset", { "aria-describedby": worth, ...named }, ...(item.legend ? [rendered(item.legend, "legend")] : []));
  if (item.more) set.append(rendered(item.more, "div", { class: "course-more", id: more }));
  set.append(element("p", { class: "course-worth", id: worth }, item.worth));
  const form = FORMS[item.form];
  if (!form) set.append(element("p", { class: "course-field-problem" }, fill(words.unknown, { form: item.form })));
  return { set, form: form?.(item, words) };
}

// Buttons stay where they are and keep the focus: "disabled" would throw it away.
function button(kind, act) {
  const node = element("button", { type: kind === "submit" ? "submit" : "button", class: `course-${kind}` });
  if (act) node.addEventListener("click", () => node.getAttribute("aria-disabled") !== "true" && act());
  return node;
}
function label(node, text, enabled = true) {
  node.textContent = text;
  node.hidden = !text;
  node.setAttribute("aria-disabled", String(!enabled));
}

// Says how long it is until a fresh variant; quietly, but for the end.
function countdown(node, state, over) {
  const until = Math.min(new Date(state.until).getTime(), Date.now() + state.delay * 1000);
  const tick = () => {
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    node.textContent = left ? fill(state.waiting, { time: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` }) : "";
    if (left) return;
    clearInterval(timer);
    over();
  };
  const timer = setInterval(tick, 250);
  if (until > Date.now()) tick();
  else setTimeout(tick);
  return timer;
}

function draw({ model, el, words }) {
  const send = (does, more = {}) => {
    if (pending) return;
    pending = true;
    if (does === "answer" || does === "again") unsaved = false;
    say("", element("p", {}, does === "answer" ? words.saving : words.asking));
    patience = setTimeout(() => {
      pending = false;
      say("problem", element("p", {}, words.silent));
    }, PATIENCE);
    model.send({ does, ...more });
  };
  let pending = false;
  let patience;
  let timer;
  let part;
  let item;

  const submit = button("submit");
  const hint = button("hint", () => send("hint"));
  const reveal = button("reveal", () => send("reveal"));
  const again = button("again", () => send("again"));
  const time = element("span", { class: "course-time" });
  const left = element("span", { class: "course-left" });
  const wait = element("p", { class: "course-wait", role: "timer", "aria-live": "off" });
  const problem = element("p", { class: "course-field-problem", id: fresh("problem"), role: "alert" });
  const hints = element("ol", { class: "course-hints", "aria-label": words.hints, "aria-live": "polite" });
  const feedback = element("div", { class: "course-feedback", role: "status", "aria-live": "polite" });
  const solution = element("div", { class: "course-solution", "aria-live": "polite" });
  const place = element("div");
  const form = element("form", { class: "course-quiz", novalidate: true }, place, problem,
    element("div", { class: "course-bar" }, submit, again, hint, reveal, element("span", { class: "course-known" }, left, time)),
    hints, feedback, wait, solution);

  function say(tone, ...nodes) {
    feedback.className = `course-feedback course-${tone}`;
    feedback.replaceChildren(...nodes);
  }
  function mark(wrong) {
    problem.textContent = wrong ?? "";
    const fields = part?.fields ?? [];
    const empty = fields.filter((field) => field.value === "" && field.type !== "radio" && field.type !== "checkbox");
    for (const field of fields.filter((field) => !field.matches("button"))) {
      const here = Boolean(wrong) && (empty.length === 0 || empty.includes(field));
      if (here) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
    if (wrong && fields.length) {
      (empty[0] ?? fields.find((field) => field.checked) ?? fields[0]).focus();
    }
  }
  function body() {
    item = model.get("item");
    form.dataset.question = item.id;
    const made = legend(item, words);
    part = made.form;
    if (part) made.set.append(element("div", { class: `course-body course-is-${item.form}` }, ...part.nodes));
    const within = place.contains(document.activeElement) || again === document.activeElement;
    place.replaceChildren(made.set);
    if (within && !first) part?.fields[0]?.focus();
  }
  function tell(state) {
    const paragraph = element("p", { class: "course-verdict" });
    if (SIGN[state.tone]) paragraph.append(element("span", { class: "course-sign", "aria-hidden": "true" }, SIGN[state.tone]));
    paragraph.append(element("strong", {}, state.message));
    const reasons = state.reasons.filter(([, why]) => why).map(([what, why]) => element("li", {},
      rendered(what, "span", { class: "course-what" }), rendered(why, "span", { class: "course-why" })));
    say(state.tone, paragraph, ...(reasons.length ? [element("ul", { class: "course-reasons" }, ...reasons)] : []));
  }
  function lock(state) {
    form.toggleAttribute("data-locked", state.locked);
    for (const field of part?.fields ?? []) {
      if ("readOnly" in field && !field.matches("[type=radio], [type=checkbox]")) field.readOnly = state.locked;
      else field.setAttribute("aria-disabled", String(state.locked));
    }
  }
  const key = () => (model.get("place") ? `course ${model.get("place")} ${item.id} ${item.variant}` : "");
  let first = true;
  let touched = false; // since what is said was said
  let unsaved = false; // by the person, who must not lose it whatever is replied
  function write(state) {
    const draft = first && !state.locked && key() ? unkept(key()) : null;
    unsaved ||= Boolean(draft) || (!first && state.tone === "problem");
    if (draft) part?.write(draft);
    else if (!unsaved && state.response.length) part?.write(state.response);
    if (!unsaved) keep(key());
  }
  function show() {
    const state = model.get("state");
    const asked = pending; // here, not in another place that shows the question, too
    pending = false;
    touched = false;
    clearTimeout(patience);
    clearInterval(timer);
    if (item !== model.get("item")) body();
    write(state);
    form.dataset.tone = state.tone;
    lock(state);
    const focused = document.activeElement === submit;
    label(submit, state.locked && state.again ? "" : state.submit, !state.locked && Boolean(part));
    label(hint, state.hint, state.moreHints);
    label(reveal, state.reveal);
    label(again, state.again, !state.until);
    if (focused && submit.hidden) again.focus();
    left.textContent = state.left;
    time.textContent = state.saved ? fill(words.saved, { time: when(new Date(state.saved)) }) : "";
    hints.replaceChildren(...state.hints.map((html) => rendered(html, "li")));
    if (state.message && !state.field) tell(state);
    else say("");
    if (!first || !state.field) mark(state.field);
    solution.replaceChildren(...(state.solution ? [element("p", { class: "course-name" }, words.solution), rendered(state.solution, "div")] : []));
    wait.textContent = "";
    if (state.until) {
      timer = countdown(wait, state, () => {
        label(again, state.again);
        feedback.append(element("p", {}, words.ready));
      });
    }
    if (unsaved && state.tone !== "problem") touch();
    if (asked) (state.field ? problem : feedback).scrollIntoView({ block: "nearest" });
    first = false;
  }
  // A closed variant can be read and walked through, not changed; "disabled" would make it pale.
  const fixed = ".course-list, .course-option, .course-step, select";
  for (const type of ["click", "dblclick", "pointerdown", "mousedown", "keydown"]) {
    place.addEventListener(type, (event) => {
      if (!form.hasAttribute("data-locked") || event.key === "Tab" || !event.target.closest(fixed)) return;
      event.preventDefault();
      event.stopPropagation();
    }, true);
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (submit.getAttribute("aria-disabled") === "true") return;
    mark();
    send("answer", { response: part.read() });
  });
  // Enter in a line sends the form, as everywhere; JupyterLab takes that away from what is in a cell.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    form.requestSubmit(submit);
  });
  function touch() {
    unsaved = true;
    if (key()) keep(key(), part.read());
    if (touched) return;
    touched = true;
    delete form.dataset.tone;
    mark();
    const { saved, submit: name } = model.get("state");
    const said = saved ? words.changed : first ? words.unsaved : ""; // a first answer needs no word
    say("", ...(said ? [element("p", {}, fill(said, { button: name }))] : []));
  }
  form.addEventListener("input", touch);
  form.addEventListener("change", touch);

  keepKeys(form);
  model.on("change:turn", show); // not the state: two replies in a row may be the same
  show();
  el.append(form);
  return () => {
    clearTimeout(patience);
    clearInterval(timer);
    model.off("change:turn", show);
  };
}

export { draw };
