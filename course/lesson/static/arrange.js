// Things to put in order, and lines of a program (Parsons): by buttons, by keys, by dragging.
//
// One list for an order, two for a program (what is left over, and the answer). Only the current line
// and its buttons are stops of the Tab key; the arrows walk over the lines, Alt with an arrow moves.

const DEEPEST = 12; // as in order.py
const INDENT = 2; // em per level, as in the style

function board(names, items, { indent, code, words, home }) {
  const said = element("span", { class: "course-unseen", role: "status" });
  const lists = names.map((name) => element("ol", { class: "course-list", "aria-label": name, "data-empty": words.empty }));
  const levels = new Map(items.map((one) => [one.id, 0]));
  const lines = new Map();
  const answer = lists.at(-1);
  const two = lists.length > 1;

  const place = (line) => [...line.parentNode.children].indexOf(line);
  const text = (line) => line.querySelector(".course-line").textContent;
  const handle = (line) => line.querySelector(".course-line");

  function current(line) {
    for (const other of lines.values()) {
      for (const button of other.querySelectorAll("button")) button.tabIndex = other === line ? 0 : -1;
    }
  }
  function show(line) {
    const level = line.parentNode === answer ? levels.get(line.dataset.id) : 0;
    line.style.setProperty("--course-level", level);
    for (const list of lists) list.toggleAttribute("data-filled", list.children.length > 0);
    line.toggleAttribute("data-used", line.parentNode === answer);
  }
  function tell(line) {
    const level = levels.get(line.dataset.id);
    said.textContent = two && line.parentNode !== answer ? fill(words.taken, { text: text(line) })
      : fill(indent ? words.placed : words.position, { text: text(line), n: place(line) + 1, all: line.parentNode.children.length, level });
  }
  function done(line, focus) {
    show(line);
    current(line);
    (focus ?? handle(line)).focus();
    tell(line);
    changed(answer);
  }
  function move(line, by, focus) {
    const goal = line.parentNode.children[place(line) + by];
    if (!goal) return;
    goal[by < 0 ? "before" : "after"](line);
    done(line, focus);
  }
  function shift(line, by, focus) {
    const level = Math.min(DEEPEST, Math.max(0, levels.get(line.dataset.id) + by));
    levels.set(line.dataset.id, level);
    done(line, focus);
  }
  function swap(line, focus) {
    (line.parentNode === answer ? lists[0] : answer).append(line);
    done(line, focus);
  }
  function walk(line, by) {
    const all = [...lines.values()].sort((a, b) => (a.compareDocumentPosition(b) & 4 ? -1 : 1));
    const next = all[all.indexOf(line) + by];
    if (!next) return;
    current(next);
    handle(next).focus();
  }

  function keys(event, line) {
    const used = line.parentNode === answer;
    const moves = { ArrowUp: () => move(line, -1), ArrowDown: () => move(line, 1) };
    if (indent && used) Object.assign(moves, { ArrowLeft: () => shift(line, -1), ArrowRight: () => shift(line, 1) });
    const walks = { ArrowUp: () => walk(line, -1), ArrowDown: () => walk(line, 1) };
    const act = (event.altKey ? moves : walks)[event.key];
    if (!act && !(event.altKey && event.key.startsWith("Arrow"))) return;
    event.preventDefault(); // Alt with an arrow is also the browser's "back"
    event.stopPropagation();
    act?.();
  }

  function tool(line, sign, name, act, only = "") {
    const button = element("button", { type: "button", class: `course-tool ${only}`, "aria-label": fill(name, { text: text(line) }), title: fill(name, { text: text(line) }) }, sign);
    button.addEventListener("click", () => act(button));
    return button;
  }
  function make(one) {
    const grip = element("button", { type: "button", class: "course-line" }, code ? element("code", {}, one.text) : rendered(one.text));
    const line = element("li", { "data-id": one.id }, grip);
    const tools = element("span", { class: "course-tools" });
    if (indent) {
      tools.append(tool(line, "⇤", words.outdent, (button) => shift(line, -1, button), "course-if-used"),
        tool(line, "⇥", words.indent, (button) => shift(line, 1, button), "course-if-used"));
    }
    tools.append(tool(line, "↑", words.up, (button) => move(line, -1, button)), tool(line, "↓", words.down, (button) => move(line, 1, button)));
    if (two) {
      tools.append(tool(line, "+", words.use, (button) => swap(line, line.querySelector(".course-if-used:last-child") ?? button), "course-if-left"),
        tool(line, "×", words.drop, (button) => swap(line, line.querySelector(".course-if-left") ?? button), "course-if-used"));
      grip.addEventListener("dblclick", () => swap(line));
      grip.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        swap(line);
      });
    }
    line.append(tools);
    line.addEventListener("focusin", () => current(line));
    line.addEventListener("keydown", (event) => keys(event, line));
    grip.addEventListener("pointerdown", (event) => drag(event, line, { lists, answer, levels: indent && levels, show, done }));
    lines.set(one.id, line);
    return line;
  }

  function lay(response) {
    const wanted = response.map((entry) => (indent !== undefined ? entry.split(":") : [entry, "0"]));
    (home ?? answer).append(...items.map((one) => lines.get(one.id)));
    for (const [id, level] of wanted) {
      if (!lines.has(id)) continue;
      levels.set(id, Number(level) || 0);
      answer.append(lines.get(id));
    }
    lines.forEach(show);
    current(lines.values().next().value);
  }
  items.forEach(make);
  home = two ? lists[0] : answer;
  return { lists, said, levels, answer, lay, handles: () => [...answer.children].map(handle) };
}

FORMS.order = (item, words) => {
  const made = board([words.order], item.options, { code: false, words });
  made.lay([]);
  return {
    nodes: [element("p", { class: "course-how" }, words.howOrder), ...made.lists, made.said],
    get fields() { return made.handles(); },
    read: () => [...made.answer.children].map((line) => line.dataset.id),
    write: made.lay,
  };
};

FORMS.arrange = (item, words) => {
  const made = board([words.pool, words.program], item.lines, { indent: item.indent, code: true, words });
  made.lay([]);
  const [pool, program] = made.lists.map((list) => element("div", { class: "course-half" },
    element("p", { class: "course-name", "aria-hidden": "true" }, list.getAttribute("aria-label")), list));
  return {
    nodes: [element("p", { class: "course-how" }, item.indent ? words.howIndent : words.howArrange),
      element("div", { class: "course-halves" }, pool, program), made.said],
    get fields() { return made.handles(); },
    read: () => [...made.answer.children].map((line) => `${line.dataset.id}:${item.indent ? made.levels.get(line.dataset.id) : 0}`),
    write: made.lay,
  };
};
