"""Approval of a lesson is bound to its content, ends with a day, and can be asked for."""

import datetime as dt
import json
from pathlib import Path

import classroom
import pytest
from classroom import course

pytestmark = pytest.mark.thorough

TODAY = dt.datetime.now(dt.UTC).date()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return classroom.new_course(tmp_path_factory.mktemp("reviews") / "our")


@pytest.fixture
def our(made: Path, tmp_path: Path) -> Path:
    """A course whose lesson has an owner and two reviewers."""
    copy = classroom.copy(made, tmp_path / "our")
    declare(
        copy,
        'folder = "welcome"',
        'owners = ["Ada"]\nreviewers = ["Ben", "Cleo"]\nfolder = "welcome"',
    )
    return copy


def declare(our: Path, old: str, new: str) -> None:
    path = our / "course.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def state(our: Path) -> dict[str, object]:
    (row,) = json.loads(course("review status --json", our).out)
    found: dict[str, object] = row
    return found


def rewrite(our: Path) -> None:
    path = our / "notebooks/welcome/welcome.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("About 10 minutes", "About a quarter of an hour"), encoding="utf-8"
    )


def findings(our: Path) -> list[tuple[str, str]]:
    found = json.loads(course("check welcome --json", our, None).out)
    return [(each["level"], each["text"]) for each in found if each["rule"] == "review"]


def test_an_approval_is_written_into_a_file_that_people_can_read_and_keep(our: Path) -> None:
    said = course("review approve welcome --as Ben --until 2999-12-31", our).out

    assert said.startswith("Ben approved welcome, version 1 (")
    assert "until 2999-12-31" in said
    text = (our / "reviews.toml").read_text(encoding="utf-8")
    assert 'lesson = "welcome"\nby = "Ben"\nversion = 1\n' in text
    assert f"at = {TODAY}\nuntil = 2999-12-31\n" in text
    assert state(our)["review"] == "approved by Ben until 2999-12-31"
    assert state(our)["owners"] == "Ada"
    assert "approved by Ben" in course("status", our).out


def test_a_change_of_the_lesson_makes_it_an_approval_of_an_earlier_version(our: Path) -> None:
    course("review approve welcome --as Ben", our)
    rewrite(our)

    assert state(our)["state"] == "approved an earlier version"
    assert state(our)["version"] == 2
    assert findings(our) == [
        ("note", f"review of lesson 'welcome': approved an earlier version (1, by Ben on {TODAY})"),
    ]  # fmt: skip

    course("review approve welcome --as Cleo", our)
    assert state(our)["review"] == "approved by Cleo"
    assert findings(our) == []


def test_approving_again_replaces_what_the_same_person_said_before(our: Path) -> None:
    for who in ("Cleo", "Ben", "Ben"):
        course(f"review approve welcome --as {who}", our)
    text = (our / "reviews.toml").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("by")] == [
        'by = "Ben"',
        'by = "Cleo"',
    ]


def test_an_approval_that_ended_asks_to_look_at_the_lesson_again(our: Path) -> None:
    course("review approve welcome --as Ben --until 2999-12-31", our)
    path = our / "reviews.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("2999-12-31", "2020-01-31"), encoding="utf-8"
    )

    wanted = "to be looked at again since 2020-01-31 (approved by Ben)"
    assert state(our)["review"] == wanted
    assert "to be looked at again since 2020-01-31" in course("status", our).out
    assert findings(our) == [("warning", f"review of lesson 'welcome': {wanted}")]


def test_review_every_sets_the_day_on_which_an_approval_ends(our: Path) -> None:
    declare(our, "[policies]", '[policies]\nreview_every = "1 year"')
    course("review approve welcome --as Ben", our)
    assert state(our)["review"] == f"approved by Ben until {TODAY + dt.timedelta(365)}"


def test_a_lesson_that_must_be_approved_is_not_released_before_it_is(our: Path) -> None:
    declare(our, "[policies]", "[policies]\nrequire_review = true")

    said = course("release welcome", our, 2).err

    assert "'welcome' may not be released yet" in said
    assert "found: not approved" in said
    assert "ask for one (Ben, Cleo): course review approve welcome" in said
    assert findings(our) == [("warning", "review of lesson 'welcome': not approved")]
    course("review approve welcome --as Ben", our)
    course("release welcome", our)
    rewrite(our)
    assert "found: approved an earlier version (1, by Ben" in course("release welcome", our, 2).err


def test_only_reviewers_approve_where_a_lesson_names_them(our: Path) -> None:
    said = course("review approve welcome --as Clea", our, 2).err
    assert "no reviewer of 'welcome' 'Clea'" in said
    assert "did you mean 'Cleo'?" in said
    assert not (our / "reviews.toml").exists()


def test_what_a_former_reviewer_approved_counts_no_more(our: Path) -> None:
    course("review approve welcome --as Ben", our)
    declare(our, '"Ben", "Cleo"', '"Cleo"')
    assert state(our)["state"] == "not approved"


def test_anybody_approves_where_nobody_is_named_and_nobody_is_asked_to(
    made: Path, tmp_path: Path
) -> None:
    our = classroom.copy(made, tmp_path / "our")
    assert findings(our) == []
    name = 'Zoë \\"Z\\" O\'Neill'
    course(f'review approve welcome --as "{name}"', our)
    assert state(our)["review"] == 'approved by Zoë "Z" O\'Neill'


@pytest.mark.parametrize("day", ["2020-01-31", "next year"])
def test_an_approval_can_t_end_in_the_past_or_on_no_day(our: Path, day: str) -> None:
    said = course(f"review approve welcome --as Ben --until '{day}'", our, 2).err
    assert "--until: an approval can't end then" in said
    assert f"found: {day}" in said
    assert "not before today" in said


@pytest.mark.parametrize(
    "text", ["[[reviews]]\nlesson = 'welcome'\n", "reviews = 3", "no TOML", "[[reviews]]\nlesson = 'a'\nby = 'b'\n"
             "version = 1\nhash = 'x'\nat = '2026-01-01'\n"],
)  # fmt: skip
def test_a_damaged_file_of_reviews_is_told_with_what_stands_in_it(our: Path, text: str) -> None:
    (our / "reviews.toml").write_text(text, encoding="utf-8")
    said = course("review status", our, 2).err
    assert "reviews.toml: the reviews can't be read" in said
    assert "[[reviews]] with lesson, by, version, hash, at" in said


def test_a_wrong_length_of_time_is_told_with_its_place(our: Path) -> None:
    declare(our, "[policies]", '[policies]\nreview_every = "yearly"')
    said = course("status", our, 2).err
    assert "policies.review_every: expected: text such as '1 year', '6 months' or '90 days'" in said
