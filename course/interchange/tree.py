"""XML from anybody: no entity is expanded, nothing is fetched, and every element knows its line."""

from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from course.errors import Invalid, Refused

LINE = "{course}line"
"""The attribute that an element's line is kept in."""


class _Parser(DefusedXMLParser):  # type: ignore[misc]  # ships no types
    def _start(self, *args: Any) -> Any:
        element = super()._start(*args)
        element.set(LINE, str(self.parser.CurrentLineNumber))
        return element


def parse(text: bytes, where: str) -> Element:
    """Return the root element; namespaces are left out of the names of tags.

    Raises:
        Invalid: when it is not XML, with the line.
        Refused: when it declares entities, or refers to something outside.
    """
    # a document type alone does no harm: QTI's has one, and nothing is fetched for it
    parser = _Parser(forbid_dtd=False, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(text)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise Refused(
            "this XML declares entities or refers to something outside", where=where,
            expected="XML that stands for itself", found=str(error),
            hint="export it again; if you wrote it, write the characters themselves",
        ) from error  # fmt: skip
    except (ParseError, ValueError, LookupError) as error:
        line = getattr(error, "position", (0, 0))[0]
        raise Invalid(
            "this is not XML that can be read", where=f"{where}, line {line}" if line else where,
            found=str(error), hint="look at that line, or export it again",
        ) from error  # fmt: skip
    try:
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
    except RecursionError as error:
        raise Refused("this XML is nested too deeply", where=where,
                      hint="no quiz is; export it again") from error  # fmt: skip
    return root


def line(element: Element) -> str:
    """Return the line of an element."""
    return element.get(LINE, "")


def text(element: Element | None, path: str = ".", default: str = "") -> str:
    """Return the text of what lies at a path, with that of its parts; ``default`` if nothing does."""
    found = element.find(path) if element is not None else None
    return "".join(found.itertext()).strip() if found is not None else default


def number(text: str, what: str) -> Decimal:
    """Return the number that a text is; raise ValueError, with what it is of, when it is none."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation as error:
        raise ValueError(f"{what} is no number: {text!r}") from error
    if not value.is_finite():
        raise ValueError(f"{what} is no number: {text!r}")
    return value
