// A judgement that the server did not take: both are shown, and a person chooses.

import { asked, by, clock, make, points, signed } from "./dom.js";

/** Show it; resolves with "mine", "theirs", "look" or "" for later. */
export function decide(entry) {
    const { standing } = entry;
    const judged = ["mark", "again"].includes(entry.kind);
    by("conflict-title").textContent = standing ? "Somebody was here before you" : "This was not taken";
    by("conflict-why").textContent = standing ? reason(entry) : `The server says: ${entry.why}. What you said is kept here until you decide.`;
    const theirs = standing ? side(`What stands now${who(standing)}`, {
        score: standing.points, items: standing.judgement?.said ?? [], adjustment: standing.judgement?.adjustment ?? 0, comment: standing.comment,
    }) : null;
    by("sides").replaceChildren(...(judged ? [side("What you said", entry.said)] : []), ...(theirs ? [theirs] : []));
    by("conflict-mine").hidden = !standing || !judged;
    by("conflict-look").hidden = !judged;
    by("conflict-theirs").textContent = standing ? "Leave what stands" : "Throw mine away";
    return asked(by("conflict"));
}

function reason({ kind, standing }) {
    if (kind === "undo") return "The answer was marked since, so nothing was undone.";
    if (standing.marked_by) return `${standing.marked_by} marked this answer after it came to your screen. Nothing is lost: choose which is to count. The other stays in the history.`;
    return "The answer was handed in or graded again after it came to your screen. Look at it, or let yours count as it is.";
}

function who(standing) {
    if (!standing.marked_by) return "";
    return standing.judgement ? `: ${standing.judgement.grader}, ${clock(standing.judgement.at)}` : `: ${standing.marked_by}`;
}

function side(title, { score, items, adjustment, comment }) {
    return make("section", {}, make("h3", {}, title),
        make("p", { class: "big" }, score === null ? "not marked" : `${points(score)} points`),
        make("ul", {}, ...items.map((item) => make("li", {}, `${signed(item.points)} ${item.text}`)),
            adjustment ? make("li", {}, `${signed(adjustment)} beside the rubric`) : null),
        comment ? make("blockquote", {}, comment) : make("p", { class: "dim" }, "no comment"));
}
