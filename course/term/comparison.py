"""`course diff`: what changed in a lesson since its release, and whose marks it would change."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from course.authoring import changes, versions
from course.authoring.changes import Change
from course.authoring.versions import Version
from course.grading.pool import Workers
from course.term import Course, inspection, regrade


@dataclass(frozen=True, slots=True)
class Comparison:
    """A lesson as it is now beside its last release.

    Attributes:
        before: the last released version; None when there was none.
        now: what a release would be; the same as ``before`` when nothing changed.
        changes: the differences.
        affected: what grading again would change, when it was tried.
        triage: learners whose work could not be graded again.
        tried: whether that was tried.
    """

    before: Version | None
    now: Version
    changes: list[Change] = field(default_factory=list)
    affected: list[regrade.Change] = field(default_factory=list)
    triage: list[str] = field(default_factory=list)
    tried: bool = False


def compare(term: Course, lesson: str, *, grade: bool = True, walls: bool = True) -> Comparison:
    """Compare a lesson's source with its last released version.

    Args:
        term: the course.
        lesson: the lesson's folder.
        grade: whether to grade what was handed in with the new state, without writing anything.
        walls: False runs learners' code without a sandbox.

    Raises:
        NotFound: there is no such lesson.
        Invalid: it can't be built, so that nothing can be graded with it.
    """
    term.known(lesson)
    before, now = versions.last(term.layout, lesson), term.version(lesson)
    if before is None or before == now:
        return Comparison(before, now)
    found = changes.compare(before.facts, now.facts)
    touched = any(change.questions or change.what == "file" for change in found)
    if not grade or not touched or not term.submissions(lesson):
        return Comparison(before, now, found)
    again, triage = list[regrade.Change](), list[str]()
    for learner, marks in _graded_again(term, lesson, walls=walls):
        if marks is None:
            triage.append(learner)
        else:
            again += [mark for mark in marks if mark.direction != "unchanged"]
    return Comparison(before, now, found, again, triage, tried=True)


def _graded_again(
    term: Course, lesson: str, *, walls: bool
) -> Iterator[tuple[str, list[regrade.Change] | None]]:
    """Grade what was handed in by a release that is made for this, beside the course."""
    with tempfile.TemporaryDirectory(prefix="course-diff-") as folder:
        scratch = Path(folder, "course")
        inspection.copy(term, lesson, scratch)
        twin = Course.open(scratch)
        twin.release(lesson, unapproved=True)
        prepared = twin.prepare(lesson)
        with Workers(walls=walls) as workers:
            for graded, marks in regrade.preview(term, prepared, workers):
                yield graded.submission.learner, None if graded.reason else marks
