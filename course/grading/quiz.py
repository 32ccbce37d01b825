"""Judging one answer of the record to a quiz question, by the key that never travelled."""

from course.lesson.record import Try
from course.model import Note, Outcome, Question, Verdict
from course.questions import Item, MalformedAnswerError, Result, kind_of, seed, written
from course.scoring import judge

_TYPED = ("number", "text", "block", "blanks", "words")
"""Forms whose answers are a learner's own letters."""


def judge_quiz(
    question: Question, item: Item, saved: Try | None, learner: str
) -> tuple[Verdict, str]:
    """Return the verdict on the saved answer, and the answer as text for a person to read.

    The variant is the one that the learner saw: the seed stands in the record, and without it
    grows from the learner and the question as it did there. What a machine can't judge waits.
    """
    top = question.points
    if saved is None:
        note = Note("answer", Outcome.FAILED, 0.0, top, "No answer was given.")
        return judge(question.id, top, [note]), ""
    kind = kind_of(item)
    number = seed(learner, item.id, saved.variant) if saved.seed is None else saved.seed
    try:
        answer = kind.parse(item, saved.response)
    except MalformedAnswerError as error:
        note = Note("answer", Outcome.FAILED, 0.0, top, f"Not an answer: {error}")
        return judge(question.id, top, [note]), "\n".join(saved.response)[:1000]
    prepared = kind.prepare(item, number)
    result = kind.grade(item, answer, number)
    text = _reasons(result, typed=prepared["form"] in _TYPED)
    if result.share is None:
        notes = (Note("answer", Outcome.NEEDS_PERSON, 0.0, 0.0, text),) if text else ()
        return Verdict(question.id, Outcome.NEEDS_PERSON, None, top, notes), written(
            prepared, answer
        )
    outcome = (
        Outcome.PASSED if result.share >= 1 else Outcome.PARTLY if result.share else Outcome.FAILED
    )
    note = Note("answer", outcome, result.share * top, top, text)
    return judge(question.id, top, [note]), written(prepared, answer)


def _reasons(result: Result, *, typed: bool) -> str:
    """Return one line of Markdown for each reason; a learner's own letters are none."""
    lines = []
    for said, why in result.reasons:
        shown = f"`{' '.join(said.replace('`', chr(39)).split())}`" if typed and said else said
        lines.append(f"{shown}: {why}" if shown and why else shown or why)
    return "\n".join(lines)
