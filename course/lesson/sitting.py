"""A learner before one question: what was tried, what may be tried or seen now, what is said.

Whatever happens is in the record before it is shown, so that nothing seen is ever lost.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from course import markup
from course.lesson import words
from course.lesson.language import _, _n
from course.lesson.record import State, Try
from course.questions import (
    Item,
    MalformedAnswerError,
    Result,
    kind_of,
    seed,
    solution,
    variant_after,
)

Write = Callable[[str, str, dict[str, Any], dict[str, Any] | None], str]
"""Keeps one event for good, as `record.append` does for a folder; returns its time."""


class Sitting:
    """One learner and one question.

    Args:
        learner: whose variants these are.
        write: where events go; may raise OSError.
        state: what the record says so far.
        due: when the lesson is due; None for never.
    """

    def __init__(
        self, item: Item, learner: str, write: Write, state: State | None = None,
        due: dt.datetime | None = None,
    ) -> None:  # fmt: skip
        self.item, self.learner, self.write, self.due = item, learner, write, due
        self.kind = kind_of(item)
        self.see(state or State())
        last = self.tries[-1] if self.tries else None
        self.variant = last.variant if last else 0
        known = last.seed if last else None
        self.seed = seed(learner, item.id, self.variant) if known is None else known

    def see(self, state: State) -> None:
        """Take in what the record says by now: the same question may be shown in two places."""
        self.tries = [each for each in state.tries.get(self.item.id, []) if self._fits(each)]
        self.hints = min(state.hints.get(self.item.id, 0), len(self.item.hints))
        self.revealed = self.item.id in state.revealed

    def _fits(self, each: Try) -> bool:
        """Tell whether an answer still is one: a new version may have other options."""
        try:
            self.kind.parse(self.item, each.response)
        except MalformedAnswerError:
            return False
        return True

    # -- what stands ----------------------------------------------------------------------------

    @property
    def prepared(self) -> dict[str, Any]:
        """The question as it is asked now."""
        return self.kind.prepare(self.item, self.seed)

    @property
    def last(self) -> Try | None:
        """The last answer to the variant that is asked now."""
        last = self.tries[-1] if self.tries else None
        return last if last and last.variant == self.variant else None

    @property
    def passed(self) -> bool:
        """Whether it was answered right, ever."""
        return any(each.scaled == 1 for each in self.tries)

    @property
    def left(self) -> int | None:
        """How many tries are left; None for any number. What must be right has no end."""
        if not self.item.tries or self.item.mode == "must-correct":
            return None
        return max(0, self.item.tries - len(self.tries))

    @property
    def closed(self) -> bool:
        """Whether this variant takes no answer (any more)."""
        if self.item.mode == "must-correct":
            return self.passed or self.last is not None
        return self.left == 0

    @property
    def until(self) -> dt.datetime | None:
        """When a fresh variant may be answered, if there is a wait."""
        if self.item.mode != "must-correct" or self.passed or self.last is None:
            return None
        until = dt.datetime.fromisoformat(self.last.time) + dt.timedelta(seconds=self.item.delay)
        return until if until > dt.datetime.now(dt.UTC) else None

    @property
    def unlocked(self) -> bool:
        """Whether the solution may be seen."""
        overdue = self.due is not None and dt.datetime.now(dt.UTC) > self.due
        return self.item.keyed and self.item.unlocked(
            tries=len(self.tries), passed=self.passed, overdue=overdue
        )

    # -- what a learner does ----------------------------------------------------------------------

    def answer(self, raw: object) -> None:
        """Judge an answer and keep it.

        Raises:
            MalformedAnswerError: when it can't be one; nothing is kept.
            OSError: when it could not be kept; nothing else happened.
        """
        if self.closed:
            return
        response = self.kind.parse(self.item, raw)
        result: dict[str, Any] = {"response": list(response)}
        share = self._judged(list(response)).share
        if share is not None:
            result |= {"scaled": share, "success": share == 1}
        time = self.write(
            "answered", self.item.id, result, {"seed": self.seed, "variant": self.variant}
        )
        self.tries.append(Try(list(response), time, share, self.seed, self.variant))

    def hint(self) -> None:
        """Take the next hint. Raises OSError."""
        if self.hints < len(self.item.hints):
            self.write("hinted", self.item.id, {"step": self.hints + 1}, None)
            self.hints += 1

    def reveal(self) -> None:
        """Show the solution, where the author's rule allows it. Raises OSError."""
        if self.unlocked and not self.revealed:
            self.write("revealed", self.item.id, {}, None)
            self.revealed = True

    def again(self) -> None:
        """Ask a fresh variant, unless there is a wait or nothing to ask for."""
        if self.again_label and self.until is None:
            self.variant = variant_after(self.item, self.learner, self.variant)
            self.seed = seed(self.learner, self.item.id, self.variant)
            self.revealed = False

    @property
    def _checks(self) -> bool:
        """Whether an answer is judged at once."""
        return self.item.mode != "graded" and self.item.keyed and self.prepared["form"] != "words"

    def _judged(self, response: list[str]) -> Result:
        if self.item.mode == "graded":
            return Result(None)
        return self.kind.grade(self.item, tuple(response), self.seed)

    # -- what is shown ----------------------------------------------------------------------------

    @property
    def again_label(self) -> str:
        """The button for a fresh variant; empty where there is none to ask for."""
        if self.last is None or self.item.mode == "graded" or self.left == 0:
            return ""
        if self.item.mode == "must-correct":
            fresh = _("Answer a fresh variant") if self.item.varies else _("Answer again")
            return "" if self.passed else fresh
        return _("Try another variant") if self.item.variables else ""

    @property
    def reveal_label(self) -> str:
        """The button for the solution, or what it waits for."""
        if not self.item.keyed or self.revealed:
            return ""
        if self.unlocked:
            return _("Show the solution")
        if self.item.unlock.isdecimal():
            more = int(self.item.unlock) - len(self.tries)
            return _n("Solution after {n} more try", "Solution after {n} more tries", more).format(
                n=more
            )
        return _("Solution after the due date") if self.item.unlock == "due" else ""

    def view(self) -> dict[str, Any]:
        """Return what the page shows besides the question itself."""
        prepared, left, until = self.prepared, self.left, self.until
        more = len(self.item.hints) - self.hints
        hint = _n("Hint ({n} left)", "Hint ({n} left)", more).format(n=more)
        shown: dict[str, Any] = {
            "response": self.last.response if self.last else [],
            "saved": self.last.time if self.last else "",
            "submit": _("Check answer") if self._checks else _("Save answer"),
            "locked": self.closed,
            "left": "" if left is None else _n("{n} try left", "{n} tries left", left).format(n=left),
            "hints": [markup.block(each) for each in prepared["hints"][: self.hints]],
            "hint": "" if not self.item.hints else hint if more else _("No more hints"),
            "moreHints": more > 0,
            "again": self.again_label,
            "reveal": self.reveal_label,
            "mayReveal": self.unlocked,
            "solution": markup.block(solution(self.item, self.seed)) if self.revealed and self.unlocked else "",
            "until": until.isoformat() if until else "",
            "delay": self.item.delay,
            "waiting": _("A fresh variant in {time}"),
            "field": "",
        }  # fmt: skip
        return {**shown, **self._said()}

    def _said(self) -> dict[str, Any]:
        if self.last is None:
            return {"tone": "", "message": "", "reasons": []}
        result = self._judged(self.last.response)
        tones = {None: "saved", 0.0: "wrong", 1.0: "right"}
        reasons = [
            [markup.line(words.of_message(part)) for part in pair] for pair in result.reasons
        ]
        return {
            "tone": tones.get(result.share, "partly"),
            "message": self._verdict(result.share),
            "reasons": reasons,
        }

    def _verdict(self, share: float | None) -> str:
        if self.item.mode == "graded":
            return (
                _("Saved. You will see the result after grading.")
                if self.left == 0
                else _("Saved. You will see the result after grading; you can still change it.")
            )
        if share is None:
            return _("Saved. Thank you.")
        if self.item.mode == "must-correct" and (share == 1 or self.passed):
            return _("Right. This one is done.")
        if share == 1:
            return _("Right.")
        wrong = _("Partly right.") if share else _("Not right.")
        if self.item.mode == "must-correct":
            wait = words.of_span(self.item.delay)
            return f"{wrong} " + _(
                "This stays open until you answer a fresh variant right. You can do so after {wait}."
            ).format(wait=wait)
        return wrong if self.left == 0 else f"{wrong} " + _("Try again.")
