# SPDX-License-Identifier: Apache-2.0
"""A document as a PDF: who answers for it, which version it is and who approved it on top, then the text.

Markdown is read by the same parser that shows it on pages; its parts become ReportLab's. Fonts lie beside this module, so that
every European script comes out the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from markdown_it.tree import SyntaxTreeNode
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    HRFlowable,
    KeepTogether,
    ListFlowable,
    ListItem,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

from webapp.filters import parsed

FONTS = Path(__file__).parent / "fonts"
_FACES = {"Text": "DejaVuSans", "Text-Bold": "DejaVuSans-Bold", "Text-Italic": "DejaVuSans-Oblique", "Code": "DejaVuSansMono"}
_PADDING = 6  #: of the frame in which ReportLab sets a page
_SHORT = 6  #: rows of a table that is not broken over two pages
_LINE, _SHADE, _SOFT = colors.HexColor("#c3ccd6"), colors.HexColor("#eef1f5"), colors.HexColor("#4f5d6f")
_WIDTH = A4[0] - 44 * mm
_PLAIN = ParagraphStyle("plain", fontName="Text", fontSize=10, leading=14.5, spaceAfter=6)
_CELL = ParagraphStyle("cell", _PLAIN, fontSize=9, leading=12, spaceAfter=0)
_HEAD_CELL = ParagraphStyle("head-cell", _CELL, fontName="Text-Bold")
_CODE = ParagraphStyle(
    "code", _PLAIN, fontName="Code", fontSize=8.5, leading=11.5, backColor=_SHADE, borderPadding=5, spaceBefore=8, spaceAfter=12,
    splitLongWords=True,
)  # fmt: skip
_QUOTE = ParagraphStyle("quote", _PLAIN, leftIndent=12, textColor=_SOFT)
_TITLE = ParagraphStyle("title", _PLAIN, fontName="Text-Bold", fontSize=20, leading=25, spaceAfter=8)
_NOTE = ParagraphStyle("note", _PLAIN, fontName="Text-Bold", textColor=colors.HexColor("#8a2b0c"))
_SIZES = {1: 15, 2: 12.5, 3: 11, 4: 10, 5: 10, 6: 10}
_BULLETS = "•", "–", "▪"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a PDF says of a document: its ``title``, a ``note`` (that it is a draft), and named ``facts``."""

    title: str
    text: str
    facts: Sequence[tuple[str, str]]
    footer: str
    note: str = ""
    author: str = ""


def made(sheet: Sheet) -> bytes:
    """The PDF."""
    _fonts()
    out = BytesIO()
    template = SimpleDocTemplate(
        out, pagesize=A4, title=sheet.title, author=sheet.author, lang="en", topMargin=20 * mm, bottomMargin=22 * mm,
        leftMargin=22 * mm - _PADDING, rightMargin=22 * mm - _PADDING,
    )  # fmt: skip
    template.build([*_top(sheet), *_blocks(SyntaxTreeNode(parsed(sheet.text)).children)], canvasmaker=partial(_Pages, sheet.footer))
    return out.getvalue()


@cache
def _fonts() -> None:
    for name, file in _FACES.items():
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{file}.ttf"))
    bold = "Text-Bold"
    pdfmetrics.registerFontFamily("Text", normal="Text", bold=bold, italic="Text-Italic", boldItalic=bold)
    pdfmetrics.registerFontFamily(bold, normal=bold, bold=bold, italic=bold, boldItalic=bold)


def _top(sheet: Sheet) -> Iterator[Flowable]:
    yield Paragraph(escape(sheet.title), _TITLE)
    if sheet.note:
        yield Paragraph(escape(sheet.note), _NOTE)
    rows = [[Paragraph(escape(name), _CELL), Paragraph(escape(value), _CELL)] for name, value in sheet.facts]
    if rows:
        look = [
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, _LINE), ("LEFTPADDING", (0, 0), (0, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]  # fmt: skip
        yield Table(rows, [40 * mm, _WIDTH - 40 * mm], style=look, hAlign="LEFT")
    yield Spacer(1, 8 * mm)


# --- blocks --------------------------------------------------------------------------------------------------------


def _blocks(
    nodes: Iterable[SyntaxTreeNode], depth: int = 0, style: ParagraphStyle = _PLAIN, width: float = _WIDTH
) -> Iterator[Flowable]:
    for node in nodes:
        if node.type == "heading":
            yield Paragraph(_inline(node), _heading(_SIZES[int(node.tag[1:])]))
        elif node.type == "paragraph":
            yield Paragraph(_inline(node), style)
        elif node.type in ("bullet_list", "ordered_list"):
            yield _list(node, depth, width)
        elif node.type == "table":
            yield _table(node, width)
        elif node.type in ("fence", "code_block"):
            lines = escape(node.content.rstrip("\n")).replace(" ", "\u00a0").replace("\n", "<br/>")
            yield Paragraph(lines, _CODE)
        elif node.type == "blockquote":
            yield from _blocks(node.children, depth, _QUOTE, width - 12)
        elif node.type == "hr":
            yield HRFlowable(width="100%", color=_LINE, spaceBefore=6, spaceAfter=8)


def _heading(size: float) -> ParagraphStyle:
    return ParagraphStyle(
        "heading", _PLAIN, fontName="Text-Bold", fontSize=size, leading=size * 1.3, spaceBefore=size * 0.8, spaceAfter=4,
        keepWithNext=1,
    )  # fmt: skip


def _list(node: SyntaxTreeNode, depth: int, width: float) -> Flowable:
    ordered = node.type == "ordered_list"
    tight = ParagraphStyle("item", _PLAIN, spaceAfter=2)
    items = [ListItem(list(_blocks(each.children, depth + 1, tight, width - 18)), spaceAfter=1) for each in node.children]
    start: Any = int(node.attrs.get("start", 1)) if ordered else _BULLETS[min(depth, len(_BULLETS) - 1)]
    return ListFlowable(
        items, bulletType="1" if ordered else "bullet", start=start, bulletFormat="%s." if ordered else None, bulletFontName="Text",
        bulletFontSize=10, leftIndent=18, spaceAfter=0 if depth else 6,
    )  # fmt: skip


def _table(node: SyntaxTreeNode, width: float) -> Flowable:
    rows = [[*row.children] for part in node.children for row in part.children]
    cells = [[Paragraph(_inline(cell), _CELL if number else _HEAD_CELL) for cell in row] for number, row in enumerate(rows)]
    look = [
        ("GRID", (0, 0), (-1, -1), 0.5, _LINE), ("BACKGROUND", (0, 0), (-1, 0), _SHADE), ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 4), ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
    ]  # fmt: skip
    made = Table(cells, _widths(rows, width), repeatRows=1, style=look, hAlign="LEFT", spaceBefore=4, spaceAfter=10)
    return KeepTogether([made]) if len(rows) <= _SHORT else made


def _widths(rows: Sequence[Sequence[SyntaxTreeNode]], width: float) -> list[float]:
    """Columns as wide as their texts ask for, none narrower than a third of an even share."""
    longest = [max(min(_length(row[column]), 60) for row in rows) + 4 for column in range(len(rows[0]))]
    least = sum(longest) / len(longest) / 3
    wanted = [max(each, least) for each in longest]
    return [width * each / sum(wanted) for each in wanted]


def _length(node: SyntaxTreeNode) -> int:
    return sum(len(each.content) for each in node.walk() if each.type in ("text", "code_inline"))


# --- within a line -------------------------------------------------------------------------------------------------


def _inline(node: SyntaxTreeNode) -> str:
    return "".join(_piece(each) for each in node.children)


def _piece(node: SyntaxTreeNode) -> str:
    inside = "".join(_piece(each) for each in node.children) if node.children else ""
    if node.type == "text":
        return escape(node.content)
    if node.type == "code_inline":
        return f'<font face="Code" size="9">{escape(node.content)}</font>'
    if node.type == "softbreak":
        return " "
    if node.type == "hardbreak":
        return "<br/>"
    if node.type == "link":
        return _link(str(node.attrs.get("href", "")), inside)
    around = {"strong": "b", "em": "i"}.get(node.type)
    return f"<{around}>{inside}</{around}>" if around else inside or escape(node.content)


def _link(address: str, inside: str) -> str:
    """Addresses within this site mean nothing on paper: their words are kept."""
    if not address.startswith(("https://", "http://", "mailto:")):
        return inside
    return f'<a href={quoteattr(address)} color="#0b5cad">{inside}</a>'


class _Pages(Canvas):  # type: ignore[misc]
    """Counts the pages first, so that each can say which of how many it is."""

    def __init__(self, footer: str, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._footer, self._seen = footer, list[dict[str, Any]]()

    def showPage(self) -> None:  # noqa: N802  (ReportLab's name)
        self._seen.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        total = len(self._seen)
        for number, page in enumerate(self._seen, start=1):
            self.__dict__.update(page)
            self.setFont("Text", 8)
            self.setFillColor(_SOFT)
            self.drawString(22 * mm, 12 * mm, self._footer)
            self.drawRightString(A4[0] - 22 * mm, 12 * mm, f"Page {number} of {total}")
            Canvas.showPage(self)
        Canvas.save(self)
