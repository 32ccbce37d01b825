// The running score, so that it is there before the server says it. What counts is the server's:
// the rule is `Rubric.score` of course/review/rubric.py.

const top = (rubric, maximum) => (rubric.most === null ? maximum : Math.min(rubric.most, maximum));

/** Return the points that are given when nothing applies. */
export const start = (rubric, maximum) => (rubric.start === "full" ? top(rubric, maximum) : 0);

export function scored(rubric, ids, adjustment, maximum) {
    const items = rubric.items.filter((item) => ids.has(item.id));
    const total = items.reduce((sum, item) => sum + item.points, start(rubric, maximum) + adjustment);
    return Math.round(Math.min(Math.max(total, rubric.least, 0), top(rubric, maximum)) * 1e6) / 1e6;
}
