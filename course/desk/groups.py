"""Same answers marked together: each gets a judgement of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from course.desk.answer import Answer, cells, voice
from course.desk.marking import Marking
from course.errors import Invalid, NotFound
from course.review import alike
from course.review.alike import Given, Group
from course.store import groups as rows
from course.store import judging
from course.store.asked import Asked
from course.store.database import Row, now
from course.store.judging import Standing


@dataclass(frozen=True, slots=True)
class Together:
    """A group of same answers as it stands.

    Attributes:
        members: id and standing of each, those first that wait.
        said: the last judgement of the whole group; None when there was none.
        apart: ids of those that were taken out of it.
    """

    group: Group
    members: tuple[tuple[str, Standing], ...]
    said: Row | None
    apart: tuple[str, ...]

    @property
    def waiting(self) -> int:
        """How many members still wait for a person."""
        return sum(standing.waits for _, standing in self.members)


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a judgement of a group.

    Attributes:
        marked: ids of the answers that have it now.
        left: why an answer was left out, by id.
    """

    marked: tuple[str, ...]
    left: Mapping[str, str]


class Groups(Marking):
    """A seat from which same answers are marked together."""

    def groups(self, question: Asked) -> tuple[Together, ...]:
        """Return the answers to a question in groups, the largest first.

        Answers that can't be read are in none: nobody knows whether they are the same.
        """
        with self.book.reading() as connection:
            there = {each.place.learner: each for each in judging.standings(connection, question)}
            apart, said = rows.apart(connection, question), rows.judged(connection, question)
        read = {who: self._given(question, standing) for who, standing in there.items()}
        given = {who: each for who, each in read.items() if each is not None}
        found = alike.groups(given, apart, said)
        ids = {who: self.id(standing.place) for who, standing in there.items()}
        return tuple(
            Together(
                group,
                tuple((ids[who], there[who]) for who in sorted(group.members, key=lambda who: not there[who].waits)),
                said.get(group.key),
                tuple(ids[who] for key, who in sorted(apart) if key == group.key and who in ids),
            )
            for group in found
        )  # fmt: skip

    def group(self, question: Asked, key: str) -> Together:
        """Return one group; raise NotFound when no answers stand in it."""
        for each in self.groups(question):
            if each.group.key == key:
                return each
        raise NotFound(
            "this group is not there any more", where=question.question, found=key,
            hint="its answers changed or were taken out: load the list of groups again",
        )  # fmt: skip

    def members(self, question: Asked, together: Together, most: int) -> tuple[Answer, ...]:
        """Return what its first members answered, at most so many, in the group's order."""
        return tuple(self._answer(question, standing) for _, standing in together.members[:most])

    def take_out(self, question: Asked, key: str, answer: str, *, out: bool) -> None:
        """Take an answer out of a group, or let it in again."""
        with self.book.transaction() as connection:
            place = self._standing(connection, question, answer).place
            rows.take_out(connection, place, key, self.grader, out=out)

    def mark_group(
        self, question: Asked, key: str, tokens: Mapping[str, str], *, request: str,
        items: Sequence[str] = (), adjustment: float = 0.0, comment: str = "",
    ) -> Applied:  # fmt: skip
        """Write the same judgement of several answers, one row for each, all or none.

        An answer that changed since the grader saw it, that was taken out, or that somebody else has
        on the screen is left out. The same request again writes nothing.

        Args:
            tokens: of the standings that the grader saw, by answer's id.
            request: made by who asks, once for each judgement.

        Raises:
            NotFound: no such item of the rubric.
            Invalid: no request, or an adjustment that is out of bounds.
        """
        if not request:
            raise Invalid("a judgement without a request's name", expected="one that is used once")
        marked, left = [], {}
        with self.book.transaction() as connection:
            judging.turn(connection, question)
            chosen, score = self._scored(connection, question, items, adjustment)
            apart = {who for group, who in rows.apart(connection, question) if group == key}
            for standing in judging.standings(connection, question):
                answer = self.id(standing.place)
                if answer not in tokens:
                    continue
                own = sha256(f"{request}\0{answer}".encode()).hexdigest()
                if judging.judged_by(connection, own) is None:
                    if why := self._hindrance(standing, tokens[answer], apart):
                        left[answer] = why
                        continue
                    judging.judge(
                        connection, standing.place, grader=self.grader, score=score,
                        items=[asdict(item) for item in chosen], adjustment=adjustment, comment=comment,
                        why="group", request=own,
                    )  # fmt: skip
                marked.append(answer)
            left |= dict.fromkeys({*tokens} - {*marked, *left}, "it is not there any more")
            if marked:
                said = {
                    "items": [item.id for item in chosen],
                    "adjustment": adjustment,
                    "comment": comment,
                }
                rows.judge(connection, question, key, said, self.grader, sha256(request.encode()).hexdigest())  # fmt: skip
        return Applied(tuple(marked), left)

    def _hindrance(self, standing: Standing, token: str, apart: set[str]) -> str:
        """Return why an answer is not to be marked with its group; empty when it is."""
        if standing.token != token:
            return "it changed since you saw it"
        if standing.place.learner in apart:
            return "it was taken out of the group"
        held = standing.until is not None and standing.until > now()
        if held and standing.claimed_by != self.grader:
            return f"{standing.claimed_by} has it on the screen"
        return ""

    def _given(self, question: Asked, standing: Standing) -> Given | None:
        place = standing.place
        folder = self.course.layout.autograded / place.learner / place.lesson
        path = folder / f"{place.notebook}.ipynb"
        try:
            seen = path.stat().st_mtime_ns
        except OSError:
            seen = 0
        verdict = (
            standing.outcome,
            *(f"{note.get('test')}: {note.get('outcome')}" for note in standing.notes),
        )
        return _read(path, seen, question.question, question.kind, verdict)  # fmt: skip


@lru_cache(maxsize=20_000)
def _read(
    path: Path, _seen: int, question: str, kind: str, verdict: tuple[str, ...]
) -> Given | None:
    """Return what was answered, None if it can't be read; a notebook is read once, until it is graded anew."""
    found = cells(path, question)
    if not found:
        return None
    if kind == "quiz":
        return Given(words=voice(path.parent, question)[0], verdict=verdict)
    own = [cell for cell, role in found if role == "answer"]
    coded = [cell for cell in own if cell.get("cell_type") == "code"]
    return Given(
        tuple(cell["source"] for cell in coded),
        tuple(text for cell in coded for text in _shown(cell.get("outputs"))),
        tuple(cell["source"] for cell in own if cell.get("cell_type") != "code"), verdict,
    )  # fmt: skip


def _shown(outputs: Any) -> list[str]:
    """Return a cell's outputs as texts; a picture by its content."""
    found = []
    for each in outputs if isinstance(outputs, list) else ():
        if not isinstance(each, dict):
            continue
        kind, data = each.get("output_type"), each.get("data")
        if kind == "stream":
            found.append(_text(each.get("text")))
        elif kind == "error":
            found.append(f"{each.get('ename')}: {each.get('evalue')}")
        elif isinstance(data, dict):
            found += [
                f"{form}: {_text(data[form])}" for form in sorted(map(str, data)) if form in data
            ]
    return found


def _text(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)
