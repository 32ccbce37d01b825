"""What runs in every learner's kernel. Light: heavy packages are imported when first used."""

__all__ = ["check", "quiz"]


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
