// Brings what is live every three seconds, and leaves alone what a person is just choosing.
const place = document.getElementById("live");

async function refresh() {
  const busy = place.contains(document.activeElement) || place.querySelector("input:checked:not([checked])");
  if (document.hidden || busy) return;
  try {
    const answer = await fetch(place.dataset.from, { credentials: "same-origin" });
    if (!answer.ok) return;
    const text = (await answer.text()).trim();
    if (text === place.dataset.seen) return;
    place.dataset.seen = text;
    place.innerHTML = text; // rendered and escaped by the server
  } catch {
    // no network just now: the next turn tries again
  }
}

setInterval(refresh, 3000);
