"""An auditor's question, answered in one command."""

import datetime as dt
import json
import re
from pathlib import Path

import classroom
from safety import hand_in

TODAY = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


def ask(root: Path, who: str, objective: str, days: int = 0) -> str:
    on = f"{TODAY + days * DAY:%Y-%m-%d}"
    return classroom.course(f"audit --who {who} --objective {objective} --on {on}", root).out


def test_yes_with_the_evidence_and_without_a_certificate(root: Path) -> None:
    said = ask(root, "ana", "leave")
    assert said.startswith(
        f"Yes. On {TODAY:%Y-%m-%d}, Ana Novak (ana) had shown 'Leave a burning house' (leave)"
    )
    assert re.search(
        r"  fire, version 1 \([0-9a-f]{8}\): handed in \S+ \S+ UTC, returned .* by \w+: shown\n",
        said,
    )
    assert "    exit: 2 of 2 points, by autograder on 20" in said
    assert "lift, which must be right: wrong once first, on 20" in said
    assert "no certificate about it held on that day" in said
    assert said.rstrip().endswith("The evidence ledger has 4 rows, and its chain is whole.")


def test_a_certificate_of_that_day_is_named(root: Path) -> None:
    classroom.course("certify ana", root)
    (path,) = (root / "certificates" / "ana").glob("*.json")
    assert f"certificate {json.loads(path.read_text('utf-8'))['id']}, from" in ask(
        root, "ana", "leave"
    )
    assert "no certificate" in ask(root, "ana", "leave", -1)


def test_no_before_anything_was_handed_in_and_no_longer_when_it_lapsed(root: Path) -> None:
    assert ask(root, "ana", "leave", -1).startswith("No. On ")
    assert ask(root, "ana", "leave", 364).startswith("Yes. ")
    later = ask(root, "ana", "leave", 367)
    assert later.startswith(
        "No longer. Ana Novak (ana) had shown 'Leave a burning house' (leave), but on "
    )
    assert ask(root, "ana", "alarm", 4000).startswith("Yes. ")


def test_what_was_wrong_then_and_right_later_is_told_for_each_time(root: Path) -> None:
    before = ask(root, "ben", "leave")
    assert before.startswith("No. On ")
    assert "which must be right: wrong once first, on 20" in before
    assert "not right yet" in before
    hand_in(root, "ben", [("lift", "yes"), ("lift", "no")])
    after = ask(root, "ben", "leave")
    assert after.startswith("Yes. ")
    assert re.search(r"lift, which must be right: wrong 2 times first, on \S+, right on 20", after)


def test_the_answer_comes_as_data_too_and_nothing_is_written_by_asking(root: Path) -> None:
    asked = f"audit --who ana --objective leave --on {TODAY:%Y-%m-%d} --json"
    found = json.loads(classroom.course(asked, root).out)
    again = json.loads(classroom.course(asked, root).out)
    assert found == again
    assert (found["standing"]["state"], found["rows"]) == ("shown", 4)


def test_what_is_missing_or_unknown_is_told(root: Path) -> None:
    assert "whose objective?" in classroom.course("audit --objective leave", root, code=2).err
    assert (
        "did you mean 'leave'?"
        in classroom.course("audit --who ana --objective leav", root, code=2).err
    )
    assert (
        "no learner 'anna'"
        in classroom.course("audit --who anna --objective leave", root, code=2).err
    )
    assert (
        "not a time"
        in classroom.course("audit --who ana --objective leave --on monday", root, code=2).err
    )
