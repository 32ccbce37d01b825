"""Editing a rubric while marking: who changes, then the new scores."""

import secrets
from dataclasses import asdict

from course.desk.answer import judgement
from course.desk.seat import Seat
from course.errors import Invalid
from course.review import rubric as rubrics
from course.review.rubric import Rubric
from course.store import judging
from course.store.asked import Asked


class Rubrics(Seat):
    """A seat from which rubrics are edited."""

    def edit_rubric(
        self, question: Asked, rubric: Rubric, version: int, *, apply: bool
    ) -> tuple[tuple[rubrics.Move, ...], int | None]:
        """Return whose marks a new rubric would change; with ``apply`` write it and change them.

        Args:
            version: of the rubric that the grader saw.

        Returns:
            the moves, and the version written; None when nothing was.

        Raises:
            Invalid: somebody else edited the rubric since.
        """
        with self.book.transaction() as connection:
            judging.turn(connection, question)
            _, standing = self._rubric(connection, question)
            if standing != version:
                raise Invalid(
                    "somebody else edited this rubric meanwhile", where=question.question,
                    expected=f"version {standing}", found=f"version {version}",
                    hint="load it again, and make your edit there",
                )  # fmt: skip
            there = {each.place.learner: each for each in judging.standings(connection, question)}
            judged = {who: judgement(each.judgement) for who, each in there.items()
                      if each.stands}  # fmt: skip
            moves = rubrics.moves(rubric, judged, question.maximum)
            if not apply:
                return moves, None
            written = judging.save_rubric(connection, question, rubric.plain(), self.grader)
            for move in moves:
                old = judged[move.learner]
                judging.judge(
                    connection, there[move.learner].place, grader=self.grader, score=move.after,
                    items=[asdict(item) for item in move.items], adjustment=old.adjustment,
                    comment=there[move.learner].comment, why="rubric", request=secrets.token_hex(16),
                )  # fmt: skip
        return moves, written
