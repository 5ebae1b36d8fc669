# SPDX-License-Identifier: Apache-2.0
"""The one way XML comes in: hardened, once, before anything else looks at it.

A diagram is plain elements and attributes. Whatever XML offers beyond that (document types, entities, processing
instructions, inclusion of other files, unusual encodings) is refused with its line, and so is what is too large.

Two walls: a first pass with `expat` stops at the first forbidden or excessive thing, before anything is built; the
tree is then built by `lxml` with every reaching-out switched off, from text that we decoded ourselves.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from lxml import etree

from engine.errors import DiagramInvalid
from engine.values import Finding

MAX_BYTES = 5_000_000
MAX_DEPTH = 64
MAX_ELEMENTS = 100_000
MAX_ATTRIBUTES = 64  #: of one element
MAX_VALUE = 20_000  #: characters of one attribute
MAX_TEXT = 200_000  #: characters of one uninterrupted piece of text

_DECLARATION = re.compile(
    r"<\?xml\s+version\s*=\s*(['\"])([\w.]+)\1(?:\s+encoding\s*=\s*(['\"])([\w.:-]+)\3)?[^?>]*\?>", re.ASCII
)
_ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "ascii": "ascii", "iso-8859-1": "latin-1"}
_XINCLUDE = "http://www.w3.org/2001/XInclude"
_OMG = ("http://www.omg.org/", "https://www.omg.org/")
_SAVE_HINT = "Save the file again from the editor."


def parse(data: bytes, name: str) -> etree._Element:
    """The root element of the XML file `name`. Comments are left out; `sourceline` is the line in the file.

    Raises `DiagramInvalid` with one finding.
    """
    if len(data) > MAX_BYTES:
        raise _invalid(
            name, 1, "xml-size", f"the file is larger than {MAX_BYTES // 1_000_000} MB", "Split the diagram up."
        )
    text = decoded(data, name)
    _Guard(name).check(text)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if getattr(error, "code", 0) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise _invalid(name, getattr(error, "lineno", None) or 1, "xml-syntax", f"this is not XML: {error}") from None


class _Guard:
    """The first pass: counts, and stops at the first thing that a diagram has no use for."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._depth = 0
        self._elements = 0
        self._text = 0
        self._ids: dict[str, int] = {}
        self._parser = expat.ParserCreate("utf-8", " ")

    def check(self, text: str) -> None:
        """Raises `DiagramInvalid` at the first fault."""
        parser = self._parser
        parser.buffer_text = False
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._document_type
        parser.EntityDeclHandler = self._document_type
        parser.ProcessingInstructionHandler = self._instruction
        try:
            parser.Parse(text.encode("utf-8"), True)
        except expat.ExpatError as error:
            message = f"this is not XML: {expat.errors.messages[error.code]}"
            raise self._invalid("xml-syntax", message, _SAVE_HINT, line=error.lineno) from None

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        self._text = 0
        if self._depth > MAX_DEPTH:
            raise self._invalid("xml-depth", f"elements are nested more than {MAX_DEPTH} levels deep")
        if self._elements > MAX_ELEMENTS:
            raise self._invalid(
                "xml-elements", f"there are more than {MAX_ELEMENTS:,} elements", "Split the diagram up."
            )
        if len(attributes) > MAX_ATTRIBUTES:
            raise self._invalid("xml-attributes", f"an element has more than {MAX_ATTRIBUTES} attributes")
        if any(len(value) > MAX_VALUE for value in attributes.values()):
            raise self._invalid("xml-value", f"an attribute is longer than {MAX_VALUE:,} characters")
        if tag.startswith(_XINCLUDE):
            raise self._invalid("xml-include", "files cannot be included", "Copy the content, or use a call activity.")
        self._unique(tag, attributes.get("id", ""))

    def _end(self, tag: str) -> None:
        self._depth -= 1
        self._text = 0

    def _characters(self, text: str) -> None:
        self._text += len(text)
        if self._text > MAX_TEXT:
            raise self._invalid("xml-text", f"a text is longer than {MAX_TEXT:,} characters")

    def _unique(self, tag: str, identifier: str) -> None:
        if not identifier or not tag.startswith(_OMG):
            return
        if identifier in self._ids:
            message = f"the id '{identifier[:100]}' is used twice, first in line {self._ids[identifier]}"
            raise self._invalid("xml-id", message, "Give each element an id of its own.", element=identifier[:100])
        self._ids[identifier] = self._parser.CurrentLineNumber

    def _document_type(self, *_: object) -> None:
        raise self._invalid(
            "xml-doctype", "a document type or entity is declared", "Remove <!DOCTYPE …>; diagrams need none."
        )

    def _instruction(self, target: str, _: str) -> None:
        raise self._invalid("xml-instruction", f"there is a processing instruction <?{target[:40]} …?>", "Remove it.")

    def _invalid(
        self, rule: str, message: str, hint: str = "", *, element: str = "", line: int | None = None
    ) -> DiagramInvalid:
        return _invalid(self._name, line or self._parser.CurrentLineNumber, rule, message, hint, element)


def decoded(data: bytes, name: str) -> str:
    """The text without its XML declaration (its line breaks stay, so that lines keep their numbers)."""
    text = _text(data, name)
    declaration = _DECLARATION.match(text)
    if declaration is None:
        return text
    if declaration[2] != "1.0":
        raise _invalid(name, 1, "xml-version", f"XML version {declaration[2]} is not read", _SAVE_HINT)
    return "\n" * declaration[0].count("\n") + text[declaration.end() :]


def _text(data: bytes, name: str) -> str:
    encoding = _encoding(data, name)
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _invalid(
            name, line, "xml-encoding", f"the file is not {encoding.upper()} as it says", _SAVE_HINT
        ) from None


def _encoding(data: bytes, name: str) -> str:
    """The encoding, by byte order mark, else by declaration, else UTF-8; only those that cannot be misread."""
    wide = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
    if data[:4] in (b"\xff\xfe\x00\x00", b"<\x00\x00\x00"):
        raise _invalid(name, 1, "xml-encoding", "the encoding UTF-32 is not read", "Save the file as UTF-8.")
    if data[:2] in wide:
        return wide[data[:2]]
    head = data[:256].removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    declaration = _DECLARATION.match(head)
    declared = (declaration[4] or "utf-8").lower() if declaration else "utf-8"
    if declared not in _ENCODINGS:
        raise _invalid(name, 1, "xml-encoding", f"the encoding {declared} is not read", "Save the file as UTF-8.")
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    return _ENCODINGS[declared]


def _invalid(name: str, line: int, rule: str, message: str, hint: str = "", element: str = "") -> DiagramInvalid:
    return DiagramInvalid([Finding("error", name, line, element, rule, message, hint)])
