"""LTI 1.3 with a platform that runs here: launches, links, the roster, and scores that wait for a person."""

import asyncio
import json
import re
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import classroom
import httpx
import learning_platform
import pytest
from learning_platform import CLIENT, DEPLOYMENT, TEACHER, Person, Platform
from safety import hand_in

from course.errors import Refused
from course.platforms.lti import Launched, Tool
from course.service import lti as door
from course.store import accounts
from course.term import Course, launching

ADDRESS = "https://course.example.org/lti"
ANA = Person("u1", "Ana", "Novak", "ana@example.org")
BEN = Person("u2", "Ben", "Kos", "ben@example.org")
TINA = Person("u9", "Tina", "Zupan", "tina@example.org", TEACHER)


@pytest.fixture
def platform() -> Iterator[Platform]:
    with learning_platform.running() as made:
        made.people = [ANA, BEN, TINA]
        yield made


@pytest.fixture
def tool(root: Path, platform: Platform) -> Tool:
    """Return the course as a tool that the platform knows, and that knows the platform."""
    file, at = root / "course.toml", platform.address
    text = f"""
[[platforms.lti]]
issuer = "{at}"
client = "{CLIENT}"
deployments = ["{DEPLOYMENT}"]
login = "{at}/login"
token = "{at}/token"
keys = "{at}/keys"

[[lessons]]"""
    file.write_text(file.read_text("utf-8").replace("\n[[lessons]]", text, 1), "utf-8")
    made = launching.tool(Course.open(root), ADDRESS)
    platform.register(ADDRESS, made.keys())
    return made


def go(
    tool: Tool, platform: Platform, person: Person, lesson: str = "fire", *, deep: bool = False
) -> Launched:
    """Let somebody follow a link, as their browser does."""
    where, cookies = tool.login(platform.begin(person))
    asked = dict(parse_qsl(urlsplit(where).query))
    assert where.startswith(f"{platform.address}/login?")
    assert asked["redirect_uri"] == f"{ADDRESS}/launch"
    return tool.launch(platform.launch(asked, person, lesson, deep=deep), cookies)


def test_a_learner_is_launched_into_a_lesson_and_enrolled_once(
    root: Path, tool: Tool, platform: Platform
) -> None:
    new = Person("u7", "Cleo", "Bole", "cleo@example.org")
    came = go(tool, platform, new)
    assert (came.lesson, came.teaches, came.user) == ("fire", False, "u7")
    course = Course.open(root)
    assert launching.received(course, came) == "cleo"
    assert launching.received(course, go(tool, platform, new)) == "cleo"
    (cleo,) = [each for each in course.learners() if each.id == "cleo"]
    assert (cleo.name, cleo.email) == ("Cleo Bole", "cleo@example.org")


@pytest.mark.thorough
def test_who_has_another_address_is_not_taken_for_a_learner_of_that_name(
    root: Path, tool: Tool, platform: Platform
) -> None:
    course = Course.open(root)
    assert launching.received(course, go(tool, platform, ANA)) == "ana-2", (
        "nobody said whose address that is"
    )
    classroom.course("learners add ben --email ben@example.org", root)
    assert launching.received(course, go(tool, platform, BEN)) == "ben"


def test_a_teacher_is_told_from_a_learner_and_not_enrolled(
    root: Path, tool: Tool, platform: Platform
) -> None:
    came = go(tool, platform, TINA)
    assert came.teaches
    assert launching.received(Course.open(root), came) == ""
    assert "tina" not in {each.id for each in Course.open(root).learners()}


def test_a_teacher_chooses_lessons_to_link_to(root: Path, tool: Tool, platform: Platform) -> None:
    came = go(tool, platform, TINA, "", deep=True)
    assert came.answer is not None
    page = came.answer(launching.links(Course.open(root)))
    token = re.search(r'name="JWT" value="([^"]+)"', page)
    assert token is not None
    (link,) = platform.chosen(token[1])
    assert (link["type"], link["title"], link["url"]) == (
        "ltiResourceLink",
        "Fire",
        f"{ADDRESS}/launch",
    )
    assert link["custom"] == {"lesson": "fire"}
    assert link["lineItem"] == {
        "label": "Fire",
        "scoreMaximum": 4.0,
        "tag": "fire",
        "resourceId": "fire",
    }


def test_a_launch_counts_once_and_only_from_who_is_known(tool: Tool, platform: Platform) -> None:
    where, cookies = tool.login(platform.begin(ANA))
    form = platform.launch(dict(parse_qsl(urlsplit(where).query)), ANA, "fire")
    head, body, signature = form["id_token"].split(".")
    with pytest.raises(Refused):
        tool.launch({**form, "id_token": f"{head}.{body}.{signature[::-1]}"}, cookies)
    with pytest.raises(Refused):
        tool.launch(form, {})
    assert tool.launch(form, cookies).lesson == "fire"
    with pytest.raises(Refused, match="this is no launch by a platform that the course knows"):
        tool.launch(form, cookies)
    with pytest.raises(Refused):
        tool.login({**platform.begin(ANA), "iss": "https://elsewhere.example.org"})
    with pytest.raises(Refused):
        tool.launch({}, {})


@pytest.mark.thorough
def test_the_roster_comes_over(root: Path, tool: Tool, platform: Platform) -> None:
    launching.received(Course.open(root), go(tool, platform, TINA))
    classroom.course("learners add ana --email ana@example.org", root)
    assert "2 learners there, 1 new here" in classroom.course("lti roster", root).out
    assert "2 learners there, 0 new here" in classroom.course("lti roster", root).out
    assert {each.id for each in Course.open(root).learners()} == {"ana", "ben", "ben-2"}


def test_scores_go_back_and_what_waits_for_a_person_goes_without_one(
    root: Path, tool: Tool, platform: Platform
) -> None:
    for who in ("ana", "ben"):
        classroom.course(f"learners add {who} --email {who}@example.org", root)
    course = Course.open(root)
    for person in (ANA, BEN):
        launching.received(course, go(tool, platform, person))
    with course.book() as book, book.transaction() as connection:
        from sqlalchemy import text

        # as when a person has yet to look at it
        connection.execute(text("UPDATE course_verdict SET score = NULL, outcome = 'needs a person' "
                                "WHERE learner = 'ben' AND question = 'alarm'"))  # fmt: skip
        connection.execute(text("INSERT INTO course_hand DEFAULT VALUES"))
        connection.execute(
            text("UPDATE grade SET auto_score = NULL, needs_manual_grade = 1 WHERE auto_score = 0")
        )
        connection.execute(text("DELETE FROM course_hand"))
    assert "fire: 2 scores sent" in classroom.course("lti scores fire", root).out
    (address,) = platform.items
    assert platform.items[address]["tag"] == "fire"
    said = {each["userId"]: each for each in platform.scores[address]}
    assert (
        said["u1"]["gradingProgress"],
        said["u1"]["scoreGiven"],
        said["u1"]["scoreMaximum"],
    ) == ("FullyGraded", 4.0, 4.0)
    assert said["u2"]["gradingProgress"] == "PendingManual"
    assert "scoreGiven" not in said["u2"]
    assert said["u1"]["submission"]["submittedAt"].startswith("20")
    hand_in(root, "ben", [("alarm", "whoever sees the fire")])
    classroom.course("lti scores fire", root)
    assert list(platform.items) == [address], "the line item is found again"
    assert platform.scores[address][-1]["gradingProgress"] == "FullyGraded"
    assert platform.refused == []


@pytest.mark.thorough
def test_what_is_missing_is_told(root: Path, tool: Tool, platform: Platform) -> None:
    assert (
        "no learning platform has launched 'fire' yet"
        in classroom.course("lti scores fire", root, code=2).err
    )
    assert (
        "no learning platform has launched a lesson yet"
        in classroom.course("lti roster", root, code=2).err
    )
    course = Course.open(root)
    launching.received(course, go(tool, platform, TINA))
    with course.book() as book, book.transaction() as connection:
        accounts.save_link(connection, "fire", platform.address, CLIENT, {"ags": {}, "nrps": {}})
    assert "the platform takes no scores" in classroom.course("lti scores fire", root, code=2).err
    assert "the platform offers no roster" in classroom.course("lti roster", root, code=2).err


@pytest.mark.thorough
def test_a_platform_that_is_away_is_told(root: Path, tool: Tool, platform: Platform) -> None:
    launching.received(Course.open(root), go(tool, platform, TINA))
    file = root / "course.toml"
    file.write_text(
        re.sub(r"token = \S+", 'token = "http://127.0.0.1:9/token"', file.read_text("utf-8")),
        "utf-8",
    )
    assert (
        "the learning platform can't be reached" in classroom.course("lti roster", root, code=1).err
    )


def test_register_says_what_to_fill_in(root: Path, tool: Tool) -> None:
    said = classroom.course("lti register --address https://c.example.org/lti/", root).out
    assert "initiate login URL: https://c.example.org/lti/login" in said
    shown = json.loads(said[said.index("{") :])
    assert shown == tool.keys()
    assert not {"d", "p", "q"} & set(shown["keys"][0]), "no secret half"
    assert (root / ".course" / "lti.pem").stat().st_mode & 0o077 == 0


def test_a_course_without_platforms_is_told_what_to_write(root: Path) -> None:
    assert "[[platforms.lti]] with issuer" in classroom.course("lti roster", root, code=2).err


# over the network ---------------------------------------------------------------------------------


class Visitor:
    """Somebody's browser, as far as it keeps cookies: asks the application itself, by https."""

    def __init__(self, app: Any) -> None:
        self.app, self.cookies = app, httpx.Cookies()

    def get(self, path: str, **words: Any) -> httpx.Response:
        return self._wait(self._ask("GET", path, **words))

    def post(self, path: str, **words: Any) -> httpx.Response:
        return self._wait(self._ask("POST", path, **words))

    def _wait(self, asked: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
        """Wait in a thread: where a browser's tests run, the main one has a loop of its own."""
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, asked).result()

    async def _ask(self, method: str, path: str, **words: Any) -> httpx.Response:
        way, place = httpx.ASGITransport(self.app), "https://course.example.org"
        async with httpx.AsyncClient(transport=way, base_url=place, cookies=self.cookies) as client:
            answer = await client.request(method, path, **words)
            self.cookies = client.cookies
            return answer


@pytest.fixture
def client(root: Path, tool: Tool) -> Visitor:
    assert tool
    return Visitor(door.application(Course.open(root), ADDRESS))


def follow(
    client: Visitor, platform: Platform, person: Person, lesson: str = "", *, deep: bool = False
) -> Any:
    """Follow a link as a browser does: to our login, to the platform, and back with a form."""
    sent = client.get("/lti/login", params=platform.begin(person))
    assert sent.status_code == 302
    assert "samesite=none" in sent.headers["set-cookie"].lower()
    asked = dict(parse_qsl(urlsplit(sent.headers["location"]).query))
    return client.post("/lti/launch", data=platform.launch(asked, person, lesson, deep=deep))


def test_a_learner_comes_through_the_door_and_is_told_how_to_begin(
    root: Path, client: Visitor, platform: Platform
) -> None:
    page = follow(client, platform, Person("u7", "Cleo", "Bole", "cleo@example.org"), "fire")
    assert page.status_code == 200
    assert "course fetch fire" in page.text
    assert "cleo" in {each.id for each in Course.open(root).learners()}


@pytest.mark.thorough
def test_a_learner_is_led_to_where_lessons_are_opened(
    root: Path, tool: Tool, platform: Platform
) -> None:
    file = root / "course.toml"
    file.write_text(
        file.read_text("utf-8").replace(
            "[platforms]\n", '[platforms]\nlearn = "https://hub.example.org/{lesson}"\n'
        ),
        "utf-8",
    )
    platform.register(ADDRESS, tool.keys())
    page = follow(Visitor(door.application(Course.open(root), ADDRESS)), platform, BEN, "fire")
    assert (page.status_code, page.headers["location"]) == (303, "https://hub.example.org/fire")


def test_a_teacher_chooses_on_a_page_and_a_learner_may_not(
    client: Visitor, platform: Platform
) -> None:
    assert "only who teaches may link to lessons" in follow(client, platform, ANA, deep=True).text
    page = follow(client, platform, TINA, deep=True).text
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    answer = client.post("/lti/choose", data={"token": token[1], "lesson": "fire"}).text
    sent = re.search(r'name="JWT" value="([^"]+)"', answer)
    assert sent is not None
    assert [each["custom"] for each in platform.chosen(sent[1])] == [{"lesson": "fire"}]
    again = client.post("/lti/choose", data={"token": token[1], "lesson": "fire"})
    assert (again.status_code, "was made already" in again.text) == (400, True)


def test_who_is_not_known_is_refused_in_words_at_the_door(
    client: Visitor, platform: Platform
) -> None:
    sent = client.post("/lti/login", data={**platform.begin(ANA), "iss": "https://<b>elsewhere"})
    assert sent.status_code == 400
    assert "by a platform that the course knows" in sent.text
    assert "<b>" not in sent.text
    assert client.post("/lti/launch", data={}).status_code == 400
    unknown = follow(client, platform, ANA, "water")
    assert (unknown.status_code, "no lesson" in unknown.text) == (400, True)
    assert set(client.get("/lti/keys").json()) == {"keys"}
