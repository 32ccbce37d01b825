const desk = document.getElementById("desk");
const { base } = document.body.dataset;
const asked = await fetch(`${base}api/next/${desk.dataset.question}`);
const { answer } = await asked.json();
for (const part of answer?.parts ?? []) {
    const cell = document.createElement("section");
    cell.className = part.role;
    cell.innerHTML = part.html; // safe: made by course.server.show
    desk.append(cell);
}
