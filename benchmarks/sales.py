"""A lesson of two questions in nbgrader's own format, and a class that answers them in many ways.

The way of learner number N is drawn with the seed and N alone: the same learner, whatever the size of the
class. It is a way to the total, a way to the best city, and a habit; there are no endless cells and no
crashes, since nbgrader waits 30 s for the one, and gives the other no score at all.
"""

import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

OPENING = 2
"""How many cells come before the first answer; an autograder may run them once for the whole class."""
CELLS = {
    "setup": "import matplotlib.pyplot as plt\nimport pandas as pd\n"
             "sales = pd.DataFrame({'city': ['Oslo', 'Rome', 'Oslo', 'Bern'] * 50, 'amount': range(200)})",
    "look": "sales.describe()",
    "total-answer": "def total(table):\n    ### BEGIN SOLUTION\n    return table['amount'].sum()\n"
                    "    ### END SOLUTION",
    "total": "assert total(sales) == 19900\n### BEGIN HIDDEN TESTS\nassert total(sales.head(3)) == 3\n"
             "### END HIDDEN TESTS",
    "best-answer": "def best(table):\n    ### BEGIN SOLUTION\n"
                   "    return table.groupby('city')['amount'].mean().idxmax()\n    ### END SOLUTION",
    "best": "assert best(sales) == 'Bern'",
    "show": "sales.groupby('city')['amount'].agg(['mean', 'median'])",
}  # fmt: skip
_MARKS = {"total-answer": {"solution": True}, "total": {"grade": True, "points": 2},
          "best-answer": {"solution": True}, "best": {"grade": True, "points": 2}}  # fmt: skip

TOTAL = [  # the first half is right
    "return table['amount'].sum()",
    "found = 0\nfor value in table['amount']:\n    found += value\nreturn found",
    "return sum(value for value in table['amount'])",
    "import math\nreturn math.fsum(table['amount'])",
    "import statistics\nreturn round(statistics.mean(table['amount']) * len(table))",
    "return table['amount'].to_numpy().sum()",
    "return sum(row.amount for row in table.itertuples())",
    "found = 0\nfor _, row in table.iterrows():\n    found += row['amount']\nreturn found",
    "return table.groupby('city')['amount'].sum().sum()",
    "return table['amount'].max()",
    "return table['amount'].mean()",
    "return 19900",
    "return sales['amount'].sum()",
    "return str(table['amount'].sum())",
    "print(table['amount'].sum())",
    "return table['amounts'].sum()",
    "return totl",
    "raise NotImplementedError('later')",
    "return table['amount'].sum(",
    "return table['city'].sum() / 2",
]
BEST = [
    "return table.groupby('city')['amount'].mean().idxmax()",
    "found = {}\nfor city, amount in zip(table['city'], table['amount']):\n"
    "    found.setdefault(city, []).append(amount)\n"
    "return max(found, key=lambda city: sum(found[city]) / len(found[city]))",
    "import statistics\nreturn max(table['city'].unique(),"
    " key=lambda city: statistics.mean(table[table['city'] == city]['amount']))",
    "return table.pivot_table(index='city', values='amount')['amount'].sort_values().index[-1]",
    "means = [(part['amount'].mean(), city) for city, part in table.groupby('city')]\nreturn max(means)[1]",
    "return table.groupby('city').agg({'amount': 'mean'}).sort_values('amount', ascending=False).index[0]",
    "for _ in range(2):\n    means = {city: table[table['city'] == city]['amount'].mean()"
    " for city in table['city']}\nreturn max(means, key=means.get)",  # slow
    "return table.groupby('city')['amount'].sum().idxmax()",
    "return table['city'].value_counts().idxmax()",
    "return table.groupby('city')['amount'].mean().max()",
    "return table.groupby('city')['amount'].mean().idxmin()",
    "return 'Rome'",
    "return table.loc['city', 'amount']",
    "raise ValueError('not yet')",
    "return best",
    "pass",
]
HABITS: list[dict[str, Any]] = [
    *[{}] * 6,
    {"more": ["print('trying', total(sales), best(sales))"]},
    {"more": ["for row in sales.itertuples():\n    print(row)"]},
    {"more": ["pd.concat([sales] * 20).to_html()"]},
    {"more": ["for number in range(3000):\n    print('row', number, 'of a long output that nobody reads')"]},
    {"more": ["sales.groupby('city')['amount'].sum().plot.bar()"]},
    {"more": ["import warnings\nwarnings.warn('careful')", "sales", "sales.tail()", "sales.info()"]},
    {"more": ["sorted(sum(range(n)) for n in range(2000))[-1]"]},  # slow
    {"more": ["undefined_name"]},
    {"left": ["show", "look"]},
    {"left": ["best"]},
    {"left": ["total-answer"]},
    {"setup": CELLS["setup"] + "\nimport numpy as np"},
]  # fmt: skip


@dataclass(frozen=True)
class Work:
    """What one learner hands in.

    Attributes:
        changes: name of a cell -> its source, where it is not the lesson's.
        more: sources of cells of their own, behind the lesson's.
        left: names of cells that are gone.
        answered: how many lines the record of their answers has.
    """

    changes: dict[str, str] = field(default_factory=dict)
    more: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    answered: int = 0

    def notebook(self) -> Any:
        """Return the notebook."""
        cells = [new_markdown_cell("# Sales", id="title")]
        for name, source in CELLS.items():
            cell = new_code_cell(self.changes.get(name, source), id=name)
            if marks := _MARKS.get(name):
                cell.metadata["nbgrader"] = {
                    "grade_id": name, "schema_version": 3, "solution": False, "grade": False, "task": False,
                    "locked": "grade" in marks, **marks,
                }  # fmt: skip
            cells += [] if name in self.left else [cell]
        cells += [new_code_cell(source, id=f"own-{n}") for n, source in enumerate(self.more)]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        return new_notebook(cells=cells, metadata={"kernelspec": kernel})

    def runs(self) -> list[str]:
        """Return the sources that an autograder runs of it: graded cells that are gone are put back."""
        kept = {name: self.changes.get(name, source) for name, source in CELLS.items()
                if name not in self.left or name in _MARKS}  # fmt: skip
        if "total-answer" in self.left:
            kept["total-answer"] = "def total(table):\n    raise NotImplementedError()"
        return [*kept.values(), *self.more]

    def hand_in(self, folder: Path) -> None:
        """Write it into an empty folder."""
        folder.mkdir(parents=True)
        nbformat.write(self.notebook(), folder / "ps1.ipynb")
        lines = (
            {"id": f"{n:032}", "timestamp": f"2026-03-01T10:{n % 60:02}:00+00:00", "verb": "answered",
             "object": f"quiz-{n % 7}", "result": {"response": [str(n % 4)]}}
            for n in range(self.answered)
        )  # fmt: skip
        if self.answered:
            text = "".join(json.dumps(line) + "\n" for line in lines)
            (folder / "record.jsonl").write_text(text)


def work(number: int, seed: int = 0) -> Work:
    """Return what learner ``number`` of the class hands in."""
    drawn = random.Random(f"{seed}/{number}")  # noqa: S311  no secret
    habit = drawn.choice(HABITS)
    changes = {"total-answer": _function("total", drawn.choice(TOTAL)),
               "best-answer": _function("best", drawn.choice(BEST))}  # fmt: skip
    if "setup" in habit:
        changes["setup"] = habit["setup"]
    more, left = tuple(habit.get("more", ())), tuple(habit.get("left", ()))
    return Work(changes, more, left, drawn.choice([0, 0, 3, 20, 200]))


def _function(name: str, body: str) -> str:
    return f"def {name}(table):\n    " + body.replace("\n", "\n    ")
