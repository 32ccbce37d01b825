// Choices and scales: radio buttons and check boxes.

function choices(item, type) {
  const group = fresh("choice");
  const fields = item.options.map((option) => element("input", { type, name: group, value: option.id, id: fresh("option") }));
  const nodes = item.options.map((option, place) => element("div", { class: "course-option" }, fields[place],
    rendered(option.text, "label", { for: fields[place].id })));
  return {
    nodes,
    fields,
    read: () => fields.filter((field) => field.checked).map((field) => field.value),
    write: (response) => fields.forEach((field) => { field.checked = response.includes(field.value); }),
  };
}

FORMS["choose-one"] = (item) => choices(item, "radio");
FORMS["choose-many"] = (item) => choices(item, "checkbox");

FORMS.rate = (item) => {
  const { least, most, low, high } = item.scale;
  const group = fresh("scale");
  const fields = [];
  const steps = element("div", { class: "course-scale" });
  for (let step = least; step <= most; step += 1) {
    const said = step === least ? low : step === most ? high : "";
    const field = element("input", { type: "radio", name: group, value: String(step), id: fresh("step") });
    const label = element("label", { for: field.id, "aria-label": said ? `${step}: ${said}` : false }, String(step));
    fields.push(field);
    steps.append(element("span", { class: "course-step" }, field, label));
  }
  const ends = element("div", { class: "course-ends", "aria-hidden": "true" }, element("span", {}, low ?? ""), element("span", {}, high ?? ""));
  return {
    nodes: [element("div", { class: "course-rate" }, steps, ends)],
    fields,
    read: () => fields.filter((field) => field.checked).map((field) => field.value),
    write: (response) => fields.forEach((field) => { field.checked = response[0] === field.value; }),
  };
};
