"""Packages that launch a lesson, in a real Chromium, with a real SCORM run-time and a small record store."""

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import classroom
import pytest
import record_store
from playwright.sync_api import Browser, Page, expect
from record_store import Store
from safety import faults, picture

VENDOR = Path(__file__).parents[1] / "browser" / "vendor"
FRAME = """<!doctype html><title>A platform</title><script src="scorm12.min.js"></script><script>
window.API = new Scorm12API({autocommit: false, logLevel: 5});
API.loadFromJSON({core: {student_id: "STUDENT", student_name: "NAME"}});
</script><iframe src="index.html" width="900" height="900"></iframe>"""


@pytest.fixture(scope="module")
def certified(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a course in which ana has two certificates: of all objectives, and of one."""
    root = classroom.copy(made, tmp_path_factory.mktemp("certified") / "safety")
    classroom.course("certify ana --objective alarm", root)
    (root / "certificates" / "ana").rename(root / "some")
    classroom.course("certify ana", root)
    return root


@pytest.fixture
def store() -> Iterator[Store]:
    with record_store.running() as made:
        yield made


def packed(root: Path, kind: str, store: Store) -> dict[str, bytes]:
    classroom.course(f"package fire --for {kind} -o out.zip", root)
    with zipfile.ZipFile(root / "out.zip") as zip_:
        files = {name: zip_.read(name) for name in zip_.namelist()}
    store.files.update(files)
    return files


def opened(browser: Browser, store: Store, student: str = "ana", name: str = "Novak, Ana") -> Page:
    store.files["scorm12.min.js"] = (VENDOR / "scorm12.min.js").read_bytes()
    store.files["platform.html"] = FRAME.replace("STUDENT", student).replace("NAME", name).encode()
    page = browser.new_page()
    page.goto(f"{store.address}/platform.html")
    page.frame_locator("iframe").get_by_role("heading", name="Fire").wait_for()
    return page


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for something that happens at the store, for ten seconds at most."""
    for _ in range(200):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError


def status(page: Page) -> str:
    return str(page.evaluate("API.cmi.core.lesson_status"))


def bring(page: Page, root: Path, folder: str = "certificates/ana") -> Path:
    (path,) = (root / folder).glob("*.json")
    page.frame_locator("iframe").get_by_label("Your certificate").set_input_files(path)
    return path


def test_scorm_begins_incomplete_and_is_passed_by_the_certificate(
    browser: Browser, certified: Path, store: Store
) -> None:
    files = packed(certified, "scorm", store)
    manifest = ET.fromstring(files["imsmanifest.xml"])  # noqa: S314  our own
    named = {element.get("href") for element in manifest.iter() if element.tag.endswith("}file")}
    assert named == set(files) - {"imsmanifest.xml"}
    page = opened(browser, store)
    page.wait_for_function("API.cmi.core.lesson_status === 'incomplete'")
    page.set_viewport_size({"width": 920, "height": 720})
    frame = page.frame_locator("iframe").locator("body")
    picture(frame, "launch")
    bring(page, certified)
    expect(page.frame_locator("iframe").get_by_role("status")).to_have_text(
        "You have passed this lesson, and your learning platform knows."
    )
    assert status(page) == "passed"
    assert page.evaluate("API.cmi.suspend_data").startswith("urn:uuid:")
    page.evaluate("document.querySelector('iframe').remove()")
    page.wait_for_function("API.isTerminated()")
    page.close()


def test_scorm_is_not_passed_by_less_by_somebody_elses_or_by_a_changed_one(
    browser: Browser, certified: Path, store: Store
) -> None:
    packed(certified, "scorm", store)
    page = opened(browser, store)
    said = page.frame_locator("iframe").get_by_role("status")
    bring(page, certified, "some")
    expect(said).to_have_text("This certificate does not show yet: Leave a burning house")
    (path,) = (certified / "certificates" / "ana").glob("*.json")
    changed = certified / "changed.json"
    changed.write_text(path.read_text("utf-8").replace("Ana Novak", "Ben Kos"), "utf-8")
    page.frame_locator("iframe").get_by_label("Your certificate").set_input_files(changed)
    expect(said).to_have_text("This is no certificate of this course, or it was changed.")
    changed.write_text("{}", "utf-8")
    page.frame_locator("iframe").get_by_label("Your certificate").set_input_files(changed)
    expect(said).to_have_text("This is no certificate of this course, or it was changed.")
    assert status(page) == "incomplete"
    page.close()
    page = opened(browser, store, "ben", "Kos, Ben")
    bring(page, certified)
    expect(page.frame_locator("iframe").get_by_role("status")).to_have_text(
        "This certificate is somebody else's; your platform calls you ben, Kos, Ben."
    )
    assert status(page) == "incomplete"
    page.close()


def test_cmi5_speaks_in_the_order_that_it_asks_for(
    browser: Browser, certified: Path, store: Store
) -> None:
    files = packed(certified, "cmi5", store)
    structure = ET.fromstring(files["cmi5.xml"])  # noqa: S314  our own
    unit = structure.find("{*}au")
    assert unit is not None
    assert (unit.get("moveOn"), unit.get("masteryScore")) == ("Passed", "0.8")
    store.launch = {"launchMode": "Normal", "masteryScore": 0.8, "moveOn": "Passed", "contextTemplate": {
        "extensions": {"https://w3id.org/xapi/cmi5/context/extensions/sessionid": "s1"}}}  # fmt: skip
    actor = {
        "objectType": "Agent",
        "account": {"homePage": "https://lms.example.org", "name": "ana"},
    }
    words = {"endpoint": store.endpoint, "fetch": f"{store.address}/fetch", "actor": json.dumps(actor),
             "registration": "6d1c6b3c-6f0b-4f6c-9d3c-0a5b7f6c1d2e", "activityId": unit.get("id") or ""}  # fmt: skip
    page = browser.new_page()
    page.goto(f"{store.address}/index.html?{urlencode(words)}")
    until(page, lambda: store.order[-1:] == ["initialized"])
    (path,) = (certified / "certificates" / "ana").glob("*.json")
    page.get_by_label("Your certificate").set_input_files(path)
    expect(page.get_by_role("status")).to_have_text(
        "You have passed this lesson, and your learning platform knows."
    )
    page.goto("about:blank")
    until(page, lambda: store.order[-1:] == ["terminated"])
    assert store.order == ["launch-data", "preferences", "initialized", "passed", "terminated"]
    passed = next(
        each for each in store.statements.values() if each["verb"]["id"].endswith("/passed")
    )
    assert passed["result"]["success"] is True
    assert passed["context"]["registration"] == words["registration"]
    categories = {
        each["id"].rpartition("/")[2] for each in passed["context"]["contextActivities"]["category"]
    }
    assert categories == {"cmi5", "moveon"}
    assert (
        passed["context"]["extensions"][
            "https://w3id.org/xapi/cmi5/context/extensions/masteryscore"
        ]
        == 0.8
    )
    page.close()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.thorough)])
def test_the_page_has_no_serious_fault_of_accessibility(
    browser: Browser, certified: Path, store: Store, scheme: Literal["light", "dark"]
) -> None:
    packed(certified, "scorm", store)
    page = browser.new_page(color_scheme=scheme)
    page.goto(f"{store.address}/index.html")
    expect(page.get_by_role("status")).to_contain_text("No learning platform opened this page")
    assert faults(page) == []
    page.close()


def test_the_same_lesson_gives_the_same_package_and_no_text_of_it_is_carried_out(
    certified: Path, store: Store
) -> None:
    file = certified / "course.toml"
    text = file.read_text("utf-8")
    file.write_text(
        text.replace('title = "Fire"', "title = '</script><script>window.hacked=1</script>'"),
        "utf-8",
    )
    page = packed(certified, "scorm", store)["index.html"].decode()
    assert "<script>window.hacked" not in page
    file.write_text(text, "utf-8")
    classroom.course("package fire -o a.zip", certified)
    classroom.course("package fire -o b.zip", certified)
    assert (certified / "a.zip").read_bytes() == (certified / "b.zip").read_bytes()
    assert "ends in .zip" in classroom.course("package fire -o a.tar", certified, code=2).err
