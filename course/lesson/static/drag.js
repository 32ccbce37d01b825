// A line follows the pointer: up and down, from list to list, and sideways for its indentation.

const FAR = 5; // pixels; less is a click

function over(lists, x, y) {
  return lists.find((list) => {
    const box = list.parentNode.getBoundingClientRect();
    return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  });
}

function drag(start, line, { lists, answer, levels, show, done }) {
  if (start.button !== 0) return;
  const before = { list: line.parentNode, next: line.nextSibling, level: levels && levels.get(line.dataset.id) };
  const em = parseFloat(getComputedStyle(line).fontSize);
  let moved = false;

  function follow(event) {
    if (!moved && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < FAR) return;
    moved = true;
    line.setAttribute("data-dragged", "");
    const list = over(lists, event.clientX, event.clientY) ?? line.parentNode;
    const next = [...list.children].find((other) => {
      const box = other.getBoundingClientRect();
      return other !== line && event.clientY < box.top + box.height / 2;
    });
    if (line.parentNode !== list || line.nextSibling !== (next ?? null)) list.insertBefore(line, next ?? null);
    if (levels) {
      const from = before.list === answer ? before.level : 0;
      const left = before.list === list ? start.clientX : list.getBoundingClientRect().left + 3 * em;
      const level = from + Math.round((event.clientX - left) / (INDENT * em));
      levels.set(line.dataset.id, list === answer ? Math.min(DEEPEST, Math.max(0, level)) : 0);
    }
    show(line);
  }
  function end(event) {
    window.removeEventListener("pointermove", follow);
    for (const type of ["pointerup", "pointercancel", "keydown"]) window.removeEventListener(type, end, true);
    line.removeAttribute("data-dragged");
    if (!moved) return;
    if (event.type !== "pointerup") { // Escape, or the system took the pointer: all as before
      before.list.insertBefore(line, before.next);
      if (levels) levels.set(line.dataset.id, before.level);
    }
    done(line);
  }
  window.addEventListener("pointermove", follow);
  for (const type of ["pointerup", "pointercancel", "keydown"]) window.addEventListener(type, end, true);
}
