"""What runs in every learner's kernel. Light: heavy packages are imported when first used."""

__all__ = ["check", "quiz"]


def check(question: str) -> None:
    """Try the public tests of one exercise on what this notebook holds now, and say what came.

    Shows each test with what was expected and what came. Inside nbgrader's own execution a
    failing test raises AssertionError, so that nbgrader sees it.
    """
    from course.lesson.check import show_check  # noqa: PLC0415  only when used

    show_check(question)


def quiz(question: str) -> None:
    """Show one question of this lesson; the answer is saved in ``record.jsonl`` beside it."""
    from course.lesson.quiz import show_quiz  # noqa: PLC0415  only when used

    show_quiz(question)
