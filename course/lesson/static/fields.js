// What is typed: numbers, a line, several lines, own words, blanks.

const PLAIN = { autocomplete: "off", autocapitalize: "off", autocorrect: "off", spellcheck: "false" };

function choice(texts, label, words) {
  const select = element("select", { "aria-label": label }, element("option", { value: "" }, words.choose));
  for (const text of texts) select.append(element("option", { value: text }, text));
  return select;
}

FORMS.number = (item, words) => {
  const id = fresh("number");
  const field = element("input", { ...PLAIN, id, type: "text", inputmode: "decimal", size: item.size ?? 12, class: "course-number" });
  const label = element("label", { for: id, class: "course-name" }, words.number);
  const line = element("div", { class: "course-field" }, label, field);
  const units = item.units ? choice(item.units, words.unit, words) : null;
  if (units) line.append(units);
  else if (item.unit) {
    const unit = element("span", { class: "course-unit", id: fresh("unit") }, item.unit);
    field.setAttribute("aria-describedby", unit.id);
    line.append(unit);
  }
  return {
    nodes: [line],
    fields: units ? [field, units] : [field],
    read: () => (units ? [field.value, units.value] : [field.value]),
    write: ([text = "", unit = ""]) => {
      field.value = text;
      if (units) units.value = unit;
    },
  };
};

function typed(item, words, make) {
  const id = fresh("text");
  const field = make(id);
  return {
    nodes: [element("div", { class: "course-field" }, element("label", { for: id, class: "course-name" }, words.answer), field)],
    fields: [field],
    read: () => [field.value],
    write: ([text = ""]) => { field.value = text; },
  };
}

FORMS.text = (item, words) => typed(item, words,
  (id) => element("input", { ...PLAIN, id, type: "text", size: item.size ?? 30 }));

FORMS.block = (item, words) => typed(item, words,
  (id) => element("textarea", { ...PLAIN, id, rows: item.rows ?? 4, wrap: "off", class: "course-code" }));

FORMS.words = (item, words) => {
  const form = typed(item, words, (id) => element("textarea", { id, rows: 6 }));
  const [field] = form.fields;
  const counter = element("p", { class: "course-count", id: fresh("count") });
  const tell = () => {
    const n = field.value.trim().split(/\s+/).filter(Boolean).length;
    const short = item.least && n < item.least;
    counter.textContent = item.count.replace("{n}", n);
    counter.toggleAttribute("data-outside", Boolean(n && (short || (item.most && n > item.most))));
  };
  field.setAttribute("aria-describedby", counter.id);
  field.addEventListener("input", tell);
  tell();
  form.nodes.push(counter);
  return { ...form, write: (response) => { form.write(response); tell(); } };
};

FORMS.blanks = (item, words) => {
  const fields = [];
  const text = element(item.code ? "pre" : "div", { class: item.code ? "course-blanks course-code" : "course-blanks" });
  for (const part of item.parts) {
    if (typeof part === "string") {
      text.append(item.code ? part : rendered(part));
      continue;
    }
    const name = fill(words.blank, { n: part.blank + 1 });
    fields[part.blank] = part.choices ? choice(part.choices, name, words)
      : element("input", { ...PLAIN, type: "text", size: part.size ?? 8, "aria-label": name });
    text.append(fields[part.blank]);
  }
  return {
    nodes: [text],
    fields,
    read: () => fields.map((field) => field.value),
    write: (response) => fields.forEach((field, place) => { field.value = response[place] ?? ""; }),
  };
};
