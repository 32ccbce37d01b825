// Small tools. All files are joined into one module, in the order of page.py.

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== undefined) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

// Text that Python rendered from Markdown and made safe; nothing else may come here.
function rendered(html, tag = "span", attributes = {}) {
  const node = element(tag, attributes);
  node.innerHTML = html;
  return node;
}

// "Saved {time}" with its values.
function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

let count = 0;
function fresh(name) {
  count += 1;
  return `course-${name}-${count}`;
}

// The time; with the day, if that is not today.
function when(moment) {
  const time = { hour: "2-digit", minute: "2-digit" };
  return moment.toDateString() === new Date().toDateString() ? moment.toLocaleTimeString([], time)
    : moment.toLocaleString([], { day: "numeric", month: "short", ...time });
}

// JupyterLab's shortcuts of one key (arrows, Enter, Space, letters) would take the keys away from the
// form. It leaves them to what carries this attribute, which has to be the very element with the
// focus. While Ctrl or Command is held the attribute is off: saving with Ctrl+S works here too.
function keepKeys(form) {
  const set = (event) => {
    const held = event.ctrlKey || event.metaKey;
    for (const node of form.querySelectorAll("input, button, select, textarea")) {
      node.toggleAttribute("data-lm-suppress-shortcuts", !held);
    }
  };
  for (const type of ["focusin", "keydown", "keyup"]) form.addEventListener(type, set);
}

// What was typed and not saved yet outlives a reload, or a cell that is run again; in this tab alone.
function keep(key, response) {
  try {
    if (response) sessionStorage.setItem(key, JSON.stringify(response));
    else sessionStorage.removeItem(key);
  } catch { /* a browser may forbid it */ }
}
function unkept(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

// A form's own name for "something was changed by the person".
function changed(node) {
  node.dispatchEvent(new Event("change", { bubbles: true }));
}

// How to draw each form: (item, words) => { nodes, read(): [text], write([text]), fields: [element] }.
const FORMS = {};
