"""What runs in every learner's kernel. Light: heavy packages are imported when first used."""

from collections.abc import Mapping, Sequence

__all__ = [
    "ask",
    "check",
    "gate",
    "live",
    "progress",
    "quiz",
    "reflect",
    "review",
    "section",
    "video",
]


def check(question: str, *, clean: bool = False, hints: int = 0) -> None:
    """Try the public tests of one exercise on what this notebook holds now, and say what came.

    Shows each test with what was expected and what came, and a button for the next hint where one
    did not hold. Tests that take longer than 10 s together are stopped. Inside nbgrader's own
    execution a failing test raises AssertionError, so that nbgrader sees it.

    Args:
        question: the exercise.
        clean: run the saved cells above this one in a fresh process, and check there.
        hints: show this many hints, for where there is no button.
    """
    from course.lesson.check import show_check  # noqa: PLC0415  only when used

    show_check(question, clean=clean, hints=hints)


def quiz(question: str) -> None:
    """Show one question of this lesson; the answer is saved in ``record.jsonl`` beside it."""
    from course.lesson.quiz import show_quiz  # noqa: PLC0415  only when used

    show_quiz(question)


def section(name: str, *, objective: str | Sequence[str] = ()) -> None:
    """Begin a section of the lesson; those whose questions are settled are recorded as finished.

    Args:
        name: the section's id. Its title is the nearest heading above the cell.
        objective: id of the objective that its questions are about, or several.
    """
    del objective  # the release reads it from the cell
    from course.lesson.section import show_section  # noqa: PLC0415  only when used

    show_section(name)


def gate(*, section: str = "", objective: str = "", skip: bool = False) -> None:
    """Ask for a finished section or a shown objective before the lesson goes on.

    "Run All" ends at a closed gate. An objective may be shown in any lesson of the learner's folder.

    Args:
        section: id of a section of this lesson.
        objective: id of an objective, instead of a section.
        skip: let the learner go on without; the record says so.
    """
    from course.lesson.section import show_gate  # noqa: PLC0415  only when used

    if bool(section) == bool(objective):
        raise ValueError("course.gate: give section= or objective=, one of them")
    show_gate(section, objective, skip=skip)


def progress() -> None:
    """Show how far the learner is in this lesson, what is left, and what comes next."""
    from course.lesson.progress import show_progress  # noqa: PLC0415  only when used

    show_progress()


def video(file: str, *, questions: Mapping[str, str] | None = None) -> None:
    """Show a video that lies beside the notebook, with the captions of the ``.vtt`` of its name.

    A language in the captions' name, as in ``intro.de.vtt``, is told to the browser; of several
    files, the learner's own language is taken.

    Args:
        file: its name, "intro.webm" for example.
        questions: time, as in "0:42", and the quiz that is asked there; the video waits for it.
    """
    from course.lesson.video import show_video  # noqa: PLC0415  only when used

    show_video(file, questions or {})


def review(count: int = 5) -> None:
    """Ask again, from all lessons in the learner's folder, what was wrong or is long ago.

    Args:
        count: how many questions at most.
    """
    from course.lesson.review import show_review  # noqa: PLC0415  only when used

    show_review(count)


def reflect(name: str = "", prompt: str = "") -> None:
    """Ask for a few own words, and keep them; without a name, show all that were kept.

    Args:
        name: the reflection's id.
        prompt: what to write about.
    """
    from course.lesson.reflect import show_reflect  # noqa: PLC0415  only when used

    show_reflect(name, prompt)


def ask(question: str = "", *, about: str = "", nameless: bool = False) -> None:
    """Ask the instructor; the question goes along with the code, its error and the attempts.

    It is sent at once where there is a course service and a network, else as soon as there is one, or
    with the submission. The answer appears at this cell when it is run again; what the author prepared
    and what others were told about the same failure is shown at once.

    Args:
        question: in the learner's own words; empty shows all that was asked here, with the answers.
        about: the exercise; by default the one that was checked last.
        nameless: other learners never read who asks; instructors do.
    """
    from course.lesson.ask import show_ask  # noqa: PLC0415  only when used

    show_ask(question, about, nameless=nameless)


def live() -> None:
    """Show where the class is and what it is asked, for a class in one room; it is brought up to date by itself.

    An answer to a poll of this lesson counts in the poll while it is open. Without a course service, or
    without a network, it says so, and nothing waits for it.
    """
    from course.lesson.live import show_live  # noqa: PLC0415  only when used

    show_live()
