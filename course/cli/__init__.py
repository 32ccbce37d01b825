"""The command ``course``: a thin shell over `course.term` and `course.study`.

Exit codes: 0 all done; 1 something is away (disk, database, exchange); 2 something that was given
is wrong; 3 done, but some submissions need a person; 130 interrupted.
"""

import errno
import sys
import tempfile

import typer

from course.cli import (
    ahead,
    audit,
    certify,
    give,
    grade,
    inspect,
    items,
    learn,
    make,
    oversee,
    pace,
    people,
    platforms,
    privacy,
    review,
    serve,
    session,
    show,
    suggest,
    teach,
    trade,
    verify,
    write,
)  # fmt: skip
from course.errors import CourseError

INTERRUPTED = 130

app = typer.Typer(
    name="course",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Courses taught with Jupyter notebooks at the learner's own pace, on top of nbgrader.",
)
for group in (
    make,
    write,
    trade,
    people,
    serve,
    teach,
    give,
    pace,
    session,
    inspect,
    suggest,
    review,
    grade,
    audit,
    oversee,
    privacy,
    items,
    certify,
    verify,
    platforms,
    learn,
    ahead,
):
    group.add_to(app)


def main() -> None:
    """Run the command line; never shows a traceback for what a person did."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    try:
        app(arguments, prog_name="course")
    except SystemExit as end:
        if end.code == INTERRUPTED:
            show.note("interrupted: nothing is half-written; the same command goes on from here")
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except CourseError as error:
        show.problem(str(error))
        return error.exit_code
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        scratch = tempfile.gettempdir()
        show.problem(
            f"{error.filename or 'a disk'}: {error.strerror}\n"
            f"  make room there or in {scratch}, and run it again"
        )
        return 1
    return 0
