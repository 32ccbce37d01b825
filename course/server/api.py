"""What the marking page asks for and sends: JSON, one address per thing that happens."""

import json
from dataclasses import asdict
from typing import Any, ClassVar

from tornado.web import HTTPError

from course import markup
from course.desk import Answer, Conflict, Desk, Marked, judgement
from course.model import Place
from course.review import rubric as rubrics
from course.review.roles import Deed
from course.server import show
from course.server.handler import Handler, asked
from course.store import database
from course.store.asked import Asked
from course.store.standing import Standing
from course.term import background

MOST = 200_000
"""Bytes of a request."""
MOST_AHEAD = 5
"""Answers that one grader may have claimed beside the one on the screen."""


class Api(Handler):
    """Base of what answers in JSON."""

    def body(self) -> dict[str, Any]:
        """Return the request's JSON object."""
        if len(self.request.body) > MOST:
            raise HTTPError(413, f"more than {MOST} bytes")
        try:
            data = json.loads(self.request.body)
        except ValueError as error:
            raise HTTPError(400, "this is no JSON") from error
        if not isinstance(data, dict):
            raise HTTPError(400, "a JSON object is expected")
        return data

    def text(self, data: dict[str, Any], key: str) -> str:
        """Return one text of a request; 400 when it is none."""
        value = data.get(key, "")
        if not isinstance(value, str):
            raise HTTPError(400, f"{key}: a text is expected")
        return value

    @property
    def again(self) -> bool:
        """Whether it is about a second reading, which only those make who mark."""
        return self.get_query_argument("again", "") == "1" and self.may(Deed.MARK)

    def counted(self, desk: Desk, question: Asked) -> dict[str, Any]:
        """Return a question with its numbers; of a second reading those of the sample."""
        if not self.again:
            return counted(question)
        left = desk.again(question)
        return counted(question) | {"answers": left, "waiting": left}


class Next(Api):
    """``GET api/next/LESSON/NOTEBOOK/QUESTION?after=ID``: claims and returns the next answer, or null.

    With ``again=1`` the next one that another grader marked, to be read a second time.
    """

    deeds: ClassVar = {"GET": Deed.MARK}  # who sees it has it

    async def get(self, lesson: str, notebook: str, question: str) -> None:
        """Give the next one that waits."""
        after = self.get_query_argument("after", "")

        def look(desk: Desk) -> dict[str, Any]:
            about = asked(desk, (lesson, notebook, question))
            answer = desk.next_again(about, after) if self.again else desk.next(about, after)
            return {
                "answer": told(desk, answer) if answer else None,
                "question": self.counted(desk, about),
            }

        self.say(await self.desk(look))


class Ahead(Api):
    """``GET api/ahead/LESSON/NOTEBOOK/QUESTION?after=ID&count=2``: claims and returns what comes after it."""

    deeds: ClassVar = {"GET": Deed.MARK}

    async def get(self, lesson: str, notebook: str, question: str) -> None:
        """Give them; none is given back, as `Next` does."""
        after, count = self.get_query_argument("after", ""), self.get_query_argument("count", "1")
        if not count.isdecimal() or not 0 < int(count) <= MOST_AHEAD:
            raise HTTPError(400, f"count: 1 to {MOST_AHEAD} is expected")

        def look(desk: Desk) -> dict[str, Any]:
            about = asked(desk, (lesson, notebook, question))
            answers = desk.ahead(about, after, int(count))
            return {"answers": [told(desk, each) for each in answers], "question": counted(about)}

        self.say(await self.desk(look))


class OneAnswer(Api):
    """``GET api/answer/…/ID``: one answer, whether it waits or not; with ``again=1`` as if nobody had marked it."""

    async def get(self, lesson: str, notebook: str, question: str, answer: str) -> None:
        """Give it."""

        def look(desk: Desk) -> dict[str, Any]:
            about = asked(desk, (lesson, notebook, question))
            found = (
                desk.answer_again(about, answer)
                if self.again
                else desk.answer(about, answer, claim=self.may(Deed.MARK))
            )
            return {"answer": told(desk, found), "question": self.counted(desk, about)}

        self.say(await self.desk(look))

    async def delete(self, lesson: str, notebook: str, question: str, answer: str) -> None:
        """Give it back to the others."""
        await self.desk(
            lambda desk: desk.give_back(asked(desk, (lesson, notebook, question)), answer)
        )
        self.say({})


class Mark(Api):
    """``POST api/mark/…/ID`` {request, token, items, adjustment, comment}: 200 written, 409 changed."""

    def judge(self, desk: Desk, *what: Any, **said: Any) -> Marked | Conflict:
        """Write a judgement; see `course.desk.marking.Marking.mark`."""
        return desk.mark(*what, **said)

    async def post(self, lesson: str, notebook: str, question: str, answer: str) -> None:
        """Write it."""
        data = self.body()
        items, adjustment = data.get("items", []), data.get("adjustment", 0)
        if not isinstance(items, list) or not all(isinstance(each, str) for each in items):
            raise HTTPError(400, "items: a list of texts is expected")
        if isinstance(adjustment, bool) or not isinstance(adjustment, (int, float)):
            raise HTTPError(400, "adjustment: a number is expected")

        def write(desk: Desk) -> Marked | Conflict:
            return self.judge(
                desk, asked(desk, (lesson, notebook, question)), answer, token=self.text(data, "token"),
                request=self.text(data, "request"), items=items, adjustment=float(adjustment),
                comment=self.text(data, "comment"),
            )  # fmt: skip

        self.told(await self.desk(write))

    def told(self, done: Marked | Conflict) -> None:
        """Answer what became of a judgement."""
        if isinstance(done, Conflict):
            self.set_status(409)
            self.say({"standing": standing(done.standing)})
        else:
            self.say({"number": done.number, "score": done.score, "token": done.token,
                      "at": done.at.isoformat() + "Z"})  # fmt: skip


class Again(Mark):
    """``POST api/again/…/ID``: as `Mark`, a second reading, by which no mark changes."""

    def judge(self, desk: Desk, *what: Any, **said: Any) -> Marked | Conflict:
        """Write it; see `course.desk.calibration.Calibration.read_again`."""
        return desk.read_again(*what, **said)


class Undo(Mark):
    """``POST api/undo/…/ID`` {request, token}: as `Mark`."""

    async def post(self, lesson: str, notebook: str, question: str, answer: str) -> None:
        """Take the last judgement back."""
        data = self.body()

        def write(desk: Desk) -> Marked | Conflict:
            return desk.undo(asked(desk, (lesson, notebook, question)), answer,
                             token=self.text(data, "token"), request=self.text(data, "request"))  # fmt: skip

        self.told(await self.desk(write))


class Flag(Api):
    """``POST api/flag/…/ID`` {text}: text null takes the flag away."""

    async def post(self, lesson: str, notebook: str, question: str, answer: str) -> None:
        """Flag it, or not."""
        data = self.body()
        text = None if data.get("text") is None else self.text(data, "text")
        await self.desk(
            lambda desk: desk.flag(asked(desk, (lesson, notebook, question)), answer, text)
        )
        self.say({})


class Name(Api):
    """``POST api/name/…/ID``: who the learner is; the ledger notes that it was asked for."""

    async def post(self, lesson: str, notebook: str, question: str, answer: str) -> None:
        """Tell the name."""
        self.say({
            "name": await self.desk(
                lambda desk: desk.reveal(asked(desk, (lesson, notebook, question)), answer)
            )
        })  # fmt: skip


class RubricOf(Api):
    """``GET`` a question's rubric, or ``PUT`` {rubric, version, apply}: first who changes, then written."""

    deeds: ClassVar = {"PUT": Deed.RUBRIC}

    async def get(self, lesson: str, notebook: str, question: str) -> None:
        """Give it."""
        rubric, version = await self.desk(
            lambda desk: desk.rubric(asked(desk, (lesson, notebook, question)))
        )
        self.say({"rubric": rubric.plain(), "version": version})

    async def put(self, lesson: str, notebook: str, question: str) -> None:
        """Show whose marks an edit changes; with ``apply`` write it."""
        data = self.body()
        if not isinstance(data.get("rubric"), dict) or not isinstance(data.get("version"), int):
            raise HTTPError(400, "rubric and version are expected")
        rubric = rubrics.read(data["rubric"])

        def write(desk: Desk) -> dict[str, Any]:
            about = asked(desk, (lesson, notebook, question))
            moves, version = desk.edit_rubric(
                about, rubric, data["version"], apply=data.get("apply") is True
            )
            ids = [desk.id(Place(lesson, notebook, question, move.learner)) for move in moves]
            return {
                "moves": [{"answer": answer, "before": move.before, "after": move.after}
                          for answer, move in zip(ids, moves, strict=True)],
                "version": version, "rubric": rubric.plain(),
            }  # fmt: skip

        self.say(await self.desk(write))


class Markdown(Api):
    """``POST api/markdown`` {text}: the HTML of a comment, as the learner will see it."""

    def post(self) -> None:
        """Render it."""
        self.say({"html": markup.block(self.text(self.body(), "text"))})


def told(desk: Desk, answer: Answer) -> dict[str, Any]:
    """Return an answer as the marking page takes it: HTML is safe here, everything else is text."""
    course, place = desk.course, answer.standing.place
    return {
        "id": answer.id,
        "prompt": background.prompt(course, place),
        "chosen": background.response(course, place),
        "earlier": [{"at": each.at, "response": list(each.response),
                     "parts": [{"role": "answer", "html": show.cell(cell)} for cell in each.cells]}
                    for each in background.earlier(course, place)],
        "parts": [{"role": role, "html": show.cell(cell)} for cell, role in answer.cells],
        "response": list(answer.response),
        "asked": list(answer.asked),
        "rubric": answer.rubric.plain() | {
            "guide_html": markup.block(answer.rubric.guide),
            "items": [asdict(item) | {"html": markup.line(item.text)} for item in answer.rubric.items],
        },
        "version": answer.version,
        "preselected": answer.rubric.preselected(
            answer.standing.outcome, [(note["test"], note["outcome"]) for note in answer.standing.notes]
        ),
        "standing": standing(answer.standing),
    }  # fmt: skip


def standing(now: Standing) -> dict[str, Any]:
    """Return how an answer stands; the learner is not named."""
    judged = judgement(now.judgement) if now.judgement is not None else None
    return {
        "token": now.token, "points": now.points, "maximum": now.maximum, "waits": now.waits,
        "auto": now.auto, "outcome": now.outcome,
        "notes": [{key: note.get(key) for key in ("test", "outcome", "text", "aside")} for note in now.notes],
        "repairs": [fix["text"] for fix in now.repairs], "comment": now.comment, "flag": now.flag,
        "marked_by": now.marked_by, "claimed_by": now.claimed_by if now.until and now.until > database.now() else "",
        "submitted_at": now.submitted_at.isoformat() + "Z" if now.submitted_at else None,
        "judgement": {"items": [item.id for item in judged.items], "adjustment": judged.adjustment,
                      "said": [{"text": item.text, "points": item.points} for item in judged.items],
                      "grader": judged.grader, "at": judged.at + "Z", "why": judged.why} if judged else None,
    }  # fmt: skip


def counted(question: Asked) -> dict[str, Any]:
    """Return a question with its numbers."""
    return {
        "lesson": question.lesson, "notebook": question.notebook, "question": question.question,
        "title": question.title or question.question, "maximum": question.maximum, "kind": question.kind,
        "answers": question.answers, "waiting": question.waiting, "flags": question.flags,
    }  # fmt: skip
