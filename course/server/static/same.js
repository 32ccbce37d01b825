// On the marking page: who else answered the same.
const { base } = document.body.dataset;
let last = 0;

document.addEventListener("desk:answer", async ({ detail: { answer, desk } }) => {
    document.getElementById("same")?.remove();
    const panels = document.getElementById("panels");
    if (!panels) return;
    const place = document.getElementById("desk").dataset.question ?? desk.question;
    const mine = ++last;
    const asked = await fetch(`${base}api/groups/${place}`);
    if (!asked.ok || mine !== last) return; // marking goes on without it
    const group = (await asked.json()).groups.find(({ members }) => members.includes(answer.id));
    if (!group || mine !== last) return;
    const others = group.members.length - 1;
    const panel = document.createElement("details");
    panel.id = "same";
    panel.open = true;
    const title = document.createElement("summary");
    title.textContent = "Same answers";
    const link = document.createElement("a");
    link.href = `${base}groups/${place}/${group.key}`;
    link.textContent = `${others} ${others === 1 ? "other" : "others"} ${group.sure ? "answered the same" : others === 1 ? "says something similar" : "say something similar"}: mark them together`;
    panel.append(title, link);
    panels.append(panel);
});
