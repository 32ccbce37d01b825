// Pairs: beside each thing on the left stands a choice of those on the right.

const letter = (place) => String.fromCharCode(65 + place);

FORMS.match = (item, words) => {
  const rich = item.right.some((one) => one.text.includes("<math")); // a list of choices shows text only
  const named = (one, place) => (rich ? letter(place) : one.plain);
  const rows = element("div", { class: "course-pairs" });
  const fields = item.left.map((one) => {
    const id = fresh("left");
    const field = element("select", { id, name: one.id }, element("option", { value: "" }, words.choose));
    item.right.forEach((other, place) => field.append(element("option", { value: other.id }, named(other, place))));
    rows.append(element("div", { class: "course-pair" }, rendered(one.text, "label", { for: id }), field));
    return field;
  });
  const nodes = [rows];
  if (rich) {
    nodes.unshift(element("ul", { class: "course-letters" }, ...item.right.map((one, place) => element("li", {},
      element("b", {}, `${letter(place)} `), rendered(one.text)))));
  }
  return {
    nodes,
    fields,
    read: () => item.left.map((one, place) => [one.id, fields[place].value]).filter(([, right]) => right).map((pair) => pair.join("=")),
    write: (response) => {
      const pairs = new Map(response.map((text) => text.split("=")));
      fields.forEach((field, place) => { field.value = pairs.get(item.left[place].id) ?? ""; });
    },
  };
};
