"""A lesson as a package for learning platforms: a page that launches it, with a manifest. Pure.

Sources: ADL, SCORM 1.2 Content Aggregation Model (manifest) and Run-Time Environment (what the page
says); cmi5, "Quartz" edition, sections 13 (course structure) and 14 (package).
"""

import io
import json
import textwrap
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

import jinja2

Kind = Literal["scorm", "cmi5"]
_PAGE = Path(__file__).parents[1] / "templates" / "launch"
_FILES = ("index.html", "launch.js", "launch.css")
_CP = "http://www.imsproject.org/xsd/imscp_rootv1p1p2"
_ADL = "http://www.adlnet.org/xsd/adlcp_rootv1p2"
_CMI5 = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
_MOST = 200
"""Characters of a title in SCORM's manifest."""
_MADE = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the zip: the same lesson gives the same bytes."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What a package says of its lesson.

    Attributes:
        id: an IRI that is the lesson's own.
        objectives: id and text; who brings a certificate with all of them has passed.
        pass_mark: share of the points, 0 to 1.
        address: where the lesson is opened; empty where learners have it on their own machines.
        issuer: the `did:key` that certificates must be signed with.
    """

    id: str
    lesson: str
    title: str
    course: str
    minutes: int
    objectives: tuple[tuple[str, str], ...]
    pass_mark: float
    address: str
    issuer: str


def build(about: Launch, kind: Kind) -> bytes:
    """Return the zip of a package."""
    files = {name: _page(about, name) for name in _FILES}
    name, manifest = ("imsmanifest.xml", _scorm) if kind == "scorm" else ("cmi5.xml", _cmi5)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as zip_:
        for file, text in {name: manifest(about), **files}.items():
            zip_.writestr(zipfile.ZipInfo(file, _MADE), text, zipfile.ZIP_DEFLATED)
    return data.getvalue()


def _page(about: Launch, name: str) -> str:
    if name != "index.html":
        return (_PAGE / name).read_text(encoding="utf-8")
    room = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_PAGE), autoescape=True, undefined=jinja2.StrictUndefined
    )
    # no text in it ends the script element that it stands in
    data = json.dumps(asdict(about), ensure_ascii=True).replace("<", "\\u003c")
    return room.get_template(name).render(about=about, data=data)


def _scorm(about: Launch) -> str:
    ET.register_namespace("", _CP)
    ET.register_namespace("adlcp", _ADL)

    def below(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
        made = ET.SubElement(parent, f"{{{_CP}}}{name}", attributes)
        made.text = text or None
        return made

    root = ET.Element(
        f"{{{_CP}}}manifest", {"identifier": f"course-{_id(about.lesson)}", "version": "1.0"}
    )
    meta = below(root, "metadata")
    below(meta, "schema", "ADL SCORM")
    below(meta, "schemaversion", "1.2")
    organisation = below(
        below(root, "organizations", default="lesson"), "organization", identifier="lesson"
    )
    title = textwrap.shorten(about.title, _MOST, placeholder="…")
    below(organisation, "title", title)
    item = below(organisation, "item", identifier="launch", identifierref="page", isvisible="true")
    below(item, "title", title)
    resource = below(
        below(root, "resources"),
        "resource",
        identifier="page",
        type="webcontent",
        href="index.html",
    )
    resource.set(f"{{{_ADL}}}scormtype", "sco")
    for name in _FILES:
        below(resource, "file", href=name)
    return _written(root)


def _id(name: str) -> str:
    """Return a name as an `xsd:ID` may hold it; other names give other ones."""
    return "".join(
        each if (each.isascii() and each.isalnum()) or each in ".-" else f"_{ord(each):x}_"
        for each in name
    )


def _cmi5(about: Launch) -> str:
    ET.register_namespace("", _CMI5)

    def below(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
        made = ET.SubElement(parent, f"{{{_CMI5}}}{name}", attributes)
        made.text = text or None
        return made

    def said(parent: ET.Element, title: str, description: str) -> None:
        for name, text in (("title", title), ("description", description)):
            below(below(parent, name), "langstring", text, lang="en")

    root = ET.Element(f"{{{_CMI5}}}courseStructure")
    said(below(root, "course", id=f"{about.id}/cmi5"), about.title, about.course)
    unit = below(root, "au", id=f"{about.id}/cmi5/launch", moveOn="Passed", masteryScore=f"{about.pass_mark:.4f}".rstrip("0").rstrip("."),
                 launchMethod="AnyWindow")  # fmt: skip
    said(unit, about.title, "; ".join(text for _, text in about.objectives) or about.title)
    below(unit, "url", "index.html")
    return _written(root)


def _written(root: ET.Element) -> str:
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
