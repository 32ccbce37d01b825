// Where the class is: asked for every few seconds while somebody can see it, and gone to by a button.
const EVERY = 3000;
const PATIENCE = 15000; // ms until a kernel that is busy is asked again

function made(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const plain = (node) => node.textContent.replace("¶", "").replace(/\s+/g, " ").trim();

// A heading of this text, or the question that begins with it, in the notebook around a node.
function found(text, node) {
  const words = text.replace(/\s+/g, " ").trim();
  const notebook = node.closest(".jp-Notebook") ?? document;
  const heading = [...notebook.querySelectorAll("h1, h2, h3, h4, h5, h6")].find((each) => plain(each) === words);
  return heading ?? [...notebook.querySelectorAll(".course-quiz")].find((each) => plain(each).startsWith(words));
}

function go(part, button, note) {
  const target = found(part.find, button);
  note.textContent = target ? "" : part.missing;
  if (!target) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  target.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  target.setAttribute("tabindex", "-1");
  target.focus({ preventScroll: true });
}

function drawn(part, vote) {
  const nodes = part.lines.map((line) => made("p", {}, line));
  const options = part.options.map((option, place) => {
    const button = made("button", { type: "button", "aria-pressed": String(place === part.mine) }, option);
    button.addEventListener("click", () => vote(place));
    return button;
  });
  if (options.length) nodes.unshift(made("div", { class: "course-live-options", role: "group", "aria-label": part.head }, ...options));
  if (part.head) nodes.unshift(made("p", { class: "course-live-head" }, part.head));
  if (part.find) {
    const button = made("button", { type: "button" }, part.button);
    const note = made("p", {});
    button.addEventListener("click", () => go(part, button, note));
    nodes.push(button, note);
  }
  return made("div", { class: "course-live-part" }, ...nodes);
}

function render({ model, el }) {
  const place = made("div", { class: "course-live", role: "status" });
  let seen = "", asked = 0;
  function show() {
    asked = 0;
    const text = JSON.stringify(model.get("shown"));
    if (text === seen) return;
    seen = text;
    const at = [...place.querySelectorAll("button")].indexOf(document.activeElement);
    place.replaceChildren(...model.get("shown").map((part) => drawn(part, vote)));
    place.querySelectorAll("button")[at]?.focus({ preventScroll: true });
  }
  function vote(choice) {
    asked = Date.now();
    model.send({ does: "vote", choice });
    setTimeout(look, 800, true); // the vote has come by then
  }
  function look(now = false) {
    if (document.hidden || !place.isConnected || (!now && Date.now() - asked < PATIENCE)) return;
    asked = Date.now();
    model.send({ does: "look" });
  }
  model.on("change:turn", show);
  show();
  el.append(place);
  const timer = setInterval(() => look(), EVERY);
  const first = setTimeout(() => look(), 100);
  return () => { clearInterval(timer); clearTimeout(first); model.off("change:turn", show); };
}

export default { render };
