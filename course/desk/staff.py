"""What can be said of those who mark."""

import datetime as dt

from course.desk.seat import Seat
from course.review import agreement
from course.review.agreement import Given, Grader
from course.store import judging


class Staff(Seat):
    """A seat from which the graders' own work is looked at."""

    def graders(self, lesson: str) -> list[Grader]:
        """Return of each grader of a lesson: how many marks, how severe, how soon.

        Each person's first judgement of an answer counts; what a rubric's edit or an undoing wrote does not.
        """
        points = {(each.notebook, each.question): each.maximum for each in self.questions(lesson)}
        with self.book.reading() as connection:
            made = judging.of_lesson(connection, lesson)
        given, seen = [], set[tuple[str, ...]]()
        for row in made:
            place = (row["notebook"], row["question"], row["learner"], row["grader"])
            maximum = points.get(place[:2], 0.0)
            if row["why"] not in ("rubric", "undone") and row["score"] is not None and maximum and place not in seen:  # fmt: skip
                seen.add(place)
                waited: dt.timedelta | None = (
                    row["at"] - row["submitted_at"] if row["submitted_at"] else None
                )
                given.append(
                    Given(row["grader"], "/".join(place[:2]), row["score"] / maximum, waited)
                )
        return agreement.graders(given)
