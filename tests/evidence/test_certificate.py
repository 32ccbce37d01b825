"""Certificates: what they say, that anybody can check them, and that a change is told."""

import contextlib
import copy
import datetime as dt
import json
import re
import sys
import zlib
from pathlib import Path
from typing import Any

import classroom
import pytest
import weasyprint
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser
from safety import faults, hand_in, picture

from course.certificate import credential, did, paper, proof
from course.errors import Invalid
from course.signing import Key
from course.store import accounts, evidence
from course.term import Course

VECTOR = json.loads((Path(__file__).parents[1] / "data" / "eddsa-jcs-2022.json").read_text("utf-8"))
"""W3C's own example, see the file."""
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def issued(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return ana's certificate, in a course of its own."""
    root = classroom.copy(made, tmp_path_factory.mktemp("issued") / "safety")
    classroom.course("certify ana", root)
    (path,) = (root / "certificates" / "ana").glob("*.json")
    return path


def test_a_signature_is_the_one_of_the_specifications_example() -> None:
    key = Key(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(VECTOR["secret"])))
    assert did.multibase(b"\xed\x01" + did.public(proof.issuer(key))) == VECTOR["public"]
    at = dt.datetime.fromisoformat(VECTOR["created"])
    (made,) = proof.signed(VECTOR["document"], key, at)["proof"]
    assert made["proofValue"] == VECTOR["proofValue"]


def test_it_holds_for_anybody_who_has_the_file(issued: Path, tmp_path: Path) -> None:
    alone = tmp_path / "given.json"
    alone.write_bytes(issued.read_bytes())
    said = classroom.course(f"verify {alone}", tmp_path).out
    assert said.startswith("holds: Safety at work, Ana Novak (ana)\n")
    assert "shown: Leave a burning house\n  shown: Ring the alarm\n" in said
    assert "signed by The safety officer, did:key:z6Mk" in said
    assert (
        "checked here, asking nobody: its form (Open Badges 3.0), its signature by the key" in said
    )
    assert "not checked: whose key that is" in said


def test_the_course_itself_knows_its_evidence(issued: Path) -> None:
    assert (
        "its evidence stands in the course's ledger"
        in classroom.course(f"verify {issued} --course .", issued.parents[2]).out
    )


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [each for key, part in parts for each in leaves(part, (*path, key))] or [path]


def test_a_change_of_any_word_in_it_is_told(issued: Path, tmp_path: Path) -> None:
    whole = json.loads(issued.read_text("utf-8"))
    places = leaves(whole)
    assert len(places) > 40
    for place in places:
        other = copy.deepcopy(whole)
        part = other
        for key in place[:-1]:
            part = part[key]
        old = part[place[-1]]
        part[place[-1]] = (not old) if isinstance(old, bool) else f"{old}x"
        with contextlib.suppress(Invalid):  # it can't even be read
            assert credential.read(json.dumps(other)).fault, place
    name = tmp_path / "ana.json"
    name.write_text(issued.read_text("utf-8").replace("Ana Novak", "Max Power"), encoding="utf-8")
    said = classroom.course(f"verify {name}", tmp_path, code=2).err
    assert "this certificate does not hold" in said
    assert "it was changed after it was signed" in said


def test_somebody_elses_signature_is_not_the_issuers(issued: Path, tmp_path: Path) -> None:
    mine = {
        key: value for key, value in json.loads(issued.read_text("utf-8")).items() if key != "proof"
    }
    forged = tmp_path / "forged.json"
    forged.write_text(json.dumps(proof.signed(mine, Key.new(), dt.datetime.now(dt.UTC))))
    assert (
        "signed by somebody else than its issuer"
        in classroom.course(f"verify {forged}", tmp_path, code=2).err
    )


def test_it_holds_after_the_course_has_a_new_key_and_is_issued_anew_with_that(
    made: Path, tmp_path: Path
) -> None:
    root = classroom.copy(made, tmp_path / "safety")
    classroom.course("certify ana", root)
    (old,) = (root / "certificates" / "ana").glob("*.json")
    key = Key.at(root / ".course" / "key")
    (root / ".course" / "key").rename(tmp_path / "old.key")
    alone = tmp_path / "given.json"
    alone.write_bytes(old.read_bytes())
    assert classroom.course(f"verify {alone}", tmp_path).out.startswith("holds: ")
    assert "its evidence stands" in classroom.course(f"verify {alone} --course .", root).out

    classroom.course("certify ana", root)
    (new,) = set((root / "certificates" / "ana").glob("*.json")) - {old}
    owners = {json.loads(each.read_text("utf-8"))["issuer"]["id"] for each in (old, new)}
    assert len(owners) == 2
    for each in (old, new):
        assert "its evidence stands" in classroom.course(f"verify {each} --course .", root).out
    classroom.course("certify ana", root)
    assert len(list((root / "certificates" / "ana").glob("*.json"))) == 2, "the same again"

    stolen = {name: each for name, each in json.loads(alone.read_text("utf-8")).items() if name != "proof"}  # fmt: skip
    stolen["credentialSubject"]["identifier"][0]["identityHash"] = "Mallory"
    forged = tmp_path / "forged.json"
    forged.write_text(json.dumps(proof.signed(stolen, key, dt.datetime.now(dt.UTC))))
    said = classroom.course(f"verify {forged} --course {root}", tmp_path, code=2).err
    assert "the course's ledger does not say that it issued it" in said


def test_another_issuer_of_the_same_name_is_told_from_this_one(
    issued: Path, tmp_path: Path
) -> None:
    other = Key.new()
    mine = {
        key: value for key, value in json.loads(issued.read_text("utf-8")).items() if key != "proof"
    }
    mine["issuer"]["id"] = proof.issuer(other)
    forged = tmp_path / "forged.json"
    forged.write_text(json.dumps(proof.signed(mine, other, dt.datetime.now(dt.UTC))))
    assert "A name can be claimed by anybody" in classroom.course(f"verify {forged}", tmp_path).out
    real = json.loads(issued.read_text("utf-8"))["issuer"]["id"]
    assert (
        f"not by {real}"
        in classroom.course(f"verify {forged} --issuer {real}", tmp_path, code=2).err
    )
    assert (
        "this course's key is"
        in classroom.course(f"verify {forged} --course {issued.parents[2]}", tmp_path, code=2).err
    )


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '"x"', '{"type": ["VerifiableCredential"]}', "[" * 5000]
)
def test_what_is_no_certificate_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    said = classroom.course("verify x.json", tmp_path, code=2).err
    assert "x.json: " in said
    assert "found: " in said


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "no such file" in classroom.course("verify x.json", tmp_path, code=2).err


def test_on_a_day_after_its_end_it_holds_no_longer(issued: Path, tmp_path: Path) -> None:
    late = f"{dt.datetime.now(dt.UTC) + 366 * DAY:%Y-%m-%d}"
    assert (
        "HOLDS NO LONGER" in classroom.course(f"verify {issued} --on {late}", tmp_path, code=3).out
    )
    early = f"{dt.datetime.now(dt.UTC) - 2 * DAY:%Y-%m-%d}"
    assert (
        "DOES NOT HOLD YET"
        in classroom.course(f"verify {issued} --on {early}", tmp_path, code=3).out
    )


def test_the_paper_holds_the_credential_itself(issued: Path) -> None:
    document = json.loads(issued.read_text("utf-8"))
    data = issued.with_suffix(".pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    attached = [text for each in streams if (text := _inflated(each)).startswith(b'{\n "@context"')]
    assert [json.loads(each) for each in attached] == [document]


def test_it_looks_like_a_certificate_on_a_screen_too(issued: Path, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1123, "height": 740})
    page.set_content(paper.html(json.loads(issued.read_text("utf-8"))))
    assert page.get_by_role("heading", name="Safety at work").is_visible()
    assert page.get_by_text("Holds until").is_visible()
    picture(page.locator("main"), "certificate")
    assert faults(page) == []
    page.close()


def test_a_long_name_and_many_objectives_stay_on_one_page_and_no_text_is_carried_out() -> None:
    now = dt.datetime.now(dt.UTC)
    shown = tuple(
        credential.Shown(f"o{n}", f"Objective {n} " * 20, now, (n, "0" * 64), ("x",), ("y",))
        for n in range(30)
    )
    name = "<script>alert(1)</script> Željko Ψ Журавлёв " * 6
    what = credential.Certificate(("c", "T" * 300), "I" * 40, ("ž", name), shown, now)
    document = credential.issue(what, Key.new())
    assert "<script>" not in paper.html(document)
    assert "and 21 more" in paper.html(document)
    assert len(weasyprint.HTML(string=paper.html(document)).render().pages) == 1


def test_a_machine_without_pango_gets_the_signed_file_and_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Missing:
        def find_spec(self, name: str, *_words: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    for name in [each for each in sys.modules if each.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    said = classroom.course("certify ana", root)
    assert "a certificate can't be set on paper here" in said.err
    assert "libpango" in said.err
    assert [path.suffix for path in (root / "certificates" / "ana").iterdir()] == [".json"]


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error:
        return data


# issuing and renewing -----------------------------------------------------------------------------


def test_what_is_not_shown_is_not_certified(root: Path) -> None:
    said = classroom.course("certify ben", root, code=2).err
    assert "ben has not shown what is to be certified" in said
    assert "leave: learning, alarm: learning" in said
    assert not (root / "certificates").exists()
    assert "no learner 'bem'" in classroom.course("certify bem", root, code=2).err
    assert (
        "did you mean 'alarm'?"
        in classroom.course("certify ana --objective alarn", root, code=2).err
    )


@pytest.mark.thorough
def test_one_objective_alone_holds_for_ever_where_nothing_else_is_declared(root: Path) -> None:
    said = classroom.course("certify ana --objective alarm", root).out
    assert "holds for ever" in said
    (path,) = (root / "certificates" / "ana").glob("*.json")
    assert "validUntil" not in json.loads(path.read_text("utf-8"))


def test_nothing_new_gives_the_same_certificate_again(root: Path) -> None:
    assert classroom.course("certify ana", root).out.startswith("issued: ")
    (path,) = (root / "certificates" / "ana").glob("*.json")
    before = path.read_bytes()
    path.unlink()
    assert classroom.course("certify ana", root).out.startswith(
        "written again, as nothing changed: "
    )
    assert path.read_bytes() == before


@pytest.mark.thorough
def test_renewal_asks_for_nothing_while_all_holds(root: Path) -> None:
    classroom.course("certify ana", root)
    assert classroom.course("certify ana --renew", root).out.startswith("written again")
    assert "has no certificate yet" in classroom.course("certify ben --renew", root, code=2).err


def test_renewal_asks_only_for_what_lapses(root: Path) -> None:
    classroom.course("certify ana", root)
    said = classroom.course("certify ana --renew --soon 400", root, code=3).out
    assert said.splitlines()[0] == "ana has to show again, and nothing else:"
    assert re.fullmatch(
        r"  leave \(lapsed, until \S+\): answer its questions again in fire", said.splitlines()[1]
    )
    assert len(said.splitlines()) == 2


def test_renewal_asks_only_for_the_questions_that_changed(root: Path) -> None:
    classroom.course("certify ana", root)
    lesson = root / "notebooks" / "fire" / "fire.md"
    lesson.write_text(
        lesson.read_text("utf-8").replace("whoever sees the fire", "whoever smells the fire"),
        "utf-8",
    )
    classroom.course("release fire", root)
    said = classroom.course("certify ana --renew", root, code=3).out
    assert said.splitlines()[1:] == ["  alarm (changed): answer again alarm in fire"]
    found = json.loads(classroom.course("certify ana --renew --json", root, code=3).out)
    assert [(each["objective"], each["questions"]) for each in found] == [("alarm", ["alarm"])]


@pytest.mark.thorough
def test_who_answers_again_is_certified_anew(root: Path) -> None:
    classroom.course("certify ana", root)
    before = {path.name for path in (root / "certificates" / "ana").glob("*.json")}
    hand_in(root, "ana", [("exit", "left"), ("lift", "no")])
    assert classroom.course("certify ana --renew", root).out.startswith("issued: ")
    assert len({path.name for path in (root / "certificates" / "ana").glob("*.json")} - before) == 1


@pytest.mark.thorough
def test_handing_old_answers_in_again_renews_nothing(root: Path) -> None:
    classroom.course("certify ana", root)
    hand_in(root, "ana", [], at=dt.datetime.now(dt.UTC) + 500 * DAY)
    said = classroom.course("certify ana --renew", root, code=3).out
    assert "leave (learning): answer its questions again in fire" in said


def test_who_is_forgotten_keeps_what_they_were_given_and_nothing_of_it_stays_here(
    root: Path,
) -> None:
    classroom.course("certify ana", root)
    (path,) = (root / "certificates" / "ana").glob("*.json")
    given = root.parent / "given.json"
    given.write_bytes(path.read_bytes())
    with Course.open(root).book() as book, book.transaction() as connection:
        accounts.remember(connection, "https://lms.example.org", "u1", "ana")
    classroom.course("forget ana --yes", root)
    assert not (root / "certificates" / "ana").exists()
    with Course.open(root).book() as book:
        assert evidence.check(book) == 5
        with book.reading() as connection:
            assert accounts.names(connection, "https://lms.example.org") == {}
    said = classroom.course(f"verify {given} --course .", root).out
    assert said.startswith("holds: Safety at work, Ana Novak (ana)")
