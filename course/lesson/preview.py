"""``%%quiz`` in the author's source notebook: running the cell shows the question as it will be."""

import datetime as dt


def register() -> None:
    """Add the cell magic to the running IPython, if there is one, and watch which cells run."""
    from IPython.core.getipython import get_ipython  # noqa: PLC0415  called in a notebook only

    from course.lesson.doubt import watch  # noqa: PLC0415  as above

    shell = get_ipython()
    if shell is not None:
        watch(shell)
        shell.register_magic_function(_quiz, "cell", "quiz")


def _quiz(line: str, cell: str) -> None:
    from IPython.display import display  # noqa: PLC0415  as above

    from course.lesson.quiz import QuizWidget, learner  # noqa: PLC0415  heavy
    from course.lesson.sitting import Sitting  # noqa: PLC0415  as above
    from course.questions import check  # noqa: PLC0415  as above
    from course.questions.text import QuizTextError, parse  # noqa: PLC0415  as above

    try:
        item = parse(f"%%quiz {line}\n{cell}")
        problems = [(problem.line, str(problem)) for problem in check(item)]
    except QuizTextError as error:
        problems = error.problems
    if problems:
        for number, text in problems:
            print(f"line {number}: {text}" if number else text)  # noqa: T201  the author reads it here
        return
    display(QuizWidget(Sitting(item, learner(), _forget)))


def _forget(*_event: object) -> str:
    """Keep nothing: an author tries answers without leaving a record."""
    return dt.datetime.now().astimezone().isoformat()
