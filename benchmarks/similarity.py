"""How long 1,000 answers to one exercise take to compare, and that it grows as their number does.

    python benchmarks/similarity.py

Answers are made: programs of 10 to 40 lines over one table, a fifth of the lines out of a common
solution. Ten pairs are copies with other names; all of them must be found.
"""

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from course.review.similarity import similar

SIZES = (250, 500, 1000)
BOUND = 30.0
COPIES = 10
SHARED = 0.2
COMMON = [
    '    late = flights[flights["delay"] > 15]',
    '    return late.groupby("carrier")["delay"].median().sort_values(ascending=False)',
    '    by_month = flights.groupby("month").size()',
]
PARTS = [
    "    flights = flights[flights[{a!r}] > {n}]",
    "    value{n} = flights.groupby({a!r})[{b!r}].mean()",
    "    flights[{a!r}] = flights[{b!r}].fillna({n})",
    "    for row in flights.head({n}).itertuples():\n        print(row.{a}, {m})",
    "    if len(flights) > {n}:\n        flights = flights.sort_values({b!r}).head({m})",
    '    note = f"{{len(flights)}} rows of {a}, {n}"',
]
COLUMNS = ["delay", "carrier", "dest", "month", "day", "origin", "distance"]


def answer(number: int) -> str:
    """Return a made program, always the same for a number."""
    dice = random.Random(number)  # noqa: S311  made up, not secret
    lines = ["def summary(flights):"]
    for _ in range(dice.randint(10, 40)):
        if dice.random() < SHARED:
            lines.append(dice.choice(COMMON[:1] + COMMON[2:]))
        else:
            a, b = dice.sample(COLUMNS, 2)
            lines.append(
                dice.choice(PARTS).format(a=a, b=b, n=dice.randint(1, 60), m=dice.randint(1, 60))
            )
    return "\n".join([*lines, COMMON[1], ""])


def main() -> None:
    """Measure and print."""
    took = {}
    for size in SIZES:
        answers = {f"learner{number:04}": answer(number) for number in range(size)}
        for number in range(COPIES):
            answers[f"learner{number:04}"] = (
                answer(size - 1 - number).replace("flights", "table").replace("late", "slow")
            )
        begin = time.perf_counter()
        found = {one.learners for one in similar(answers, "def summary(flights):\n    ...\n", 0.8)}
        took[size] = time.perf_counter() - begin
        wanted = {
            (f"learner{number:04}", f"learner{size - 1 - number:04}") for number in range(COPIES)
        }
        print(
            f"{size:5} answers: {took[size]:5.2f} s, {len(found)} similar pairs, {len(wanted & found)} of {COPIES} copies found"
        )
    ratio = took[SIZES[-1]] / took[SIZES[0]] / (SIZES[-1] / SIZES[0])
    print(
        f"time grew {ratio:.2f} times as fast as the number of answers; bound for {SIZES[-1]}: {BOUND:.0f} s"
    )
    sys.exit(took[SIZES[-1]] > BOUND)


if __name__ == "__main__":
    main()
