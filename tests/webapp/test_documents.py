# SPDX-License-Identifier: Apache-2.0
"""Documents: how a text looks, what changed in it, its versions, and the same on paper."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from engine import Engine
from engine.values import SYSTEM
from tests.webapp.browsing import Browser
from webapp.documents import compare, pdf
from webapp.documents.compare import Line
from webapp.filters import document

FIRST = "# Purpose\n\nWe answer within a day.\n\n- by phone\n- by mail\n"
SECOND = "# Purpose\n\nWe answer within an hour.\n\n- by phone\n"


@pytest.fixture
def manual(engine: Engine) -> str:
    """Published twice, and a third text in work."""

    def write(record: str | None = None, **fields: Any) -> str:
        return engine.write_record(SYSTEM, "manual", fields, record).id

    made = write(title="How we answer", owner="lea", state="draft", text=FIRST)
    write(made, published_text=FIRST, version=1, approved_by="otto", approved_on="2026-01-05", state="published")
    write(made, text=SECOND)
    write(made, published_text=SECOND, version=2, approved_by="ada", approved_on="2026-02-05")
    write(made, text=f"{SECOND}\nAlways.")
    return made


# --- what changed ----------------------------------------------------------------------------------------------------


def test_a_line_that_changed_is_shown_word_by_word() -> None:
    """What is the same stays whole; what is far from a change is left out."""
    lines = compare.changes("1\n2\n3\n4\n5\nWe answer within a day.\n", "1\n2\n3\n4\n5\nWe answer within an hour.\n")
    assert [line.kind for line in lines] == ["left_out", "same", "same", "changed"]
    assert lines[0].count == 3
    assert "".join(text for kind, text in lines[-1].pieces if kind != "removed") == "We answer within an hour."
    assert "".join(text for kind, text in lines[-1].pieces if kind != "added") == "We answer within a day."


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ("a\n", "a", []),
        ("", "a\nb", ["added", "added"]),
        ("a", "", ["removed"]),
        ("Completely different words", "1234567890", ["removed", "added"]),
        ("a\n" * 5_000, "a\n" * 5_001, ["removed"] * 5_000 + ["added"] * 5_001),
        ("x" * 4_000, "x" * 4_001, ["removed", "added"]),
    ],
)
def test_lines_come_and_go(before: str, after: str, kinds: list[str]) -> None:
    """Very long texts are not compared any closer: that would take minutes."""
    assert [line.kind for line in compare.changes(before, after)] == kinds


def test_the_lines_after_the_last_change_are_counted() -> None:
    assert compare.changes("a\nb\nc\nd\ne", "A!\nb\nc\nd\ne")[-1] == Line("left_out", count=2)


# --- while it is written ---------------------------------------------------------------------------------------------


def test_a_preview_shows_the_text_and_its_changes(dana: Browser) -> None:
    """Rendered as everywhere; HTML that somebody writes is text in both."""
    answer = dana.post_json("/documents/preview", {"text": "# New <script>\n\n<img src=x>", "before": "# Old\n"}).json
    assert answer is not None
    assert "<h2>New &lt;script&gt;</h2>" in answer["html"]
    assert "<img" not in answer["html"] + answer["changes"]
    assert "changes-line" in answer["changes"]
    same = dana.post_json("/documents/preview", {"text": "a", "before": "a"}).json
    assert same is not None
    assert "Nothing is different" in same["changes"]


@pytest.mark.parametrize("body", [[], {"text": 1}, {"text": "a", "before": None}, {"text": "a" * 200_001}])
def test_a_preview_of_something_else_is_refused(dana: Browser, body: Any) -> None:
    assert dana.post_json("/documents/preview", body).status_code == 400


def test_a_preview_needs_the_token_of_the_page(dana: Browser) -> None:
    assert dana.post_json("/documents/preview", {"text": "a"}, token="wrong").status_code in (400, 403, 419)


def test_headings_stand_below_those_of_the_page() -> None:
    assert document("# A\n\n#### B\n\n##### C") == "<h3>A</h3>\n<h6>B</h6>\n<h6>C</h6>\n"


def test_a_table_can_be_reached_by_the_keyboard() -> None:
    """On a narrow window it scrolls by itself."""
    assert '<table tabindex="0">' in document("| A |\n|---|\n| b |")


# --- its page --------------------------------------------------------------------------------------------------------


def test_the_text_in_force_is_shown_and_who_approved_it(dana: Browser, manual: str) -> None:
    """A draft is not shown in its place, but told of; the texts are not among the fields."""
    page = dana.open(f"/registers/manual/{manual}").text
    assert "We answer within an hour." in page
    assert "approved by Ada, 5 Feb 2026" in page
    assert "A new text is in work" in page
    assert "Always." not in page
    assert page.count("We answer within") == 1


def test_an_earlier_version_of_the_record_shows_its_text(dana: Browser, manual: str) -> None:
    page = dana.open(f"/registers/manual/{manual}?version=2").text
    assert "We answer within a day." in page
    assert "approved by Otto" in page


def test_a_document_without_a_text_has_only_its_fields(dana: Browser, engine: Engine) -> None:
    empty = engine.write_record(SYSTEM, "manual", {"title": "Later"}).id
    assert "Versions" not in dana.open(f"/registers/manual/{empty}").text
    assert "There is nothing to compare yet" in dana.open(f"/registers/manual/{empty}/changes").text
    assert dana.fetch(f"/registers/manual/{empty}/pdf").status_code == 404


def test_any_two_texts_are_compared(dana: Browser, manual: str) -> None:
    """Without a choice: the newest with the one before."""
    newest = dana.open(f"/registers/manual/{manual}/changes").text
    assert "Version 2 → Draft" in newest
    assert re.search(r"is-added.*Always\.", newest)
    page = dana.open(f"/registers/manual/{manual}/changes?from=1&amp;to=2".replace("&amp;", "&")).text
    assert "<del>a day</del><ins>an hour</ins>" in page
    assert re.search(r"is-removed.*by mail", page)


def test_only_who_may_read_the_register_reads_its_documents(app: Flask, manual: str) -> None:
    guest = Browser(app).sign_in("guest", "a sentence to remember")
    for address in ("changes", "pdf"):
        assert guest.fetch(f"/registers/manual/{manual}/{address}").status_code == 403


# --- on paper --------------------------------------------------------------------------------------------------------


def test_a_document_is_given_out_as_pdf(dana: Browser, manual: str) -> None:
    """The text in force, or another; what is not there is not found."""
    answer = dana.fetch(f"/registers/manual/{manual}/pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="{manual}-2.pdf"'
    assert answer.data.startswith(b"%PDF-")
    assert dana.fetch(f"/registers/manual/{manual}/pdf?text=draft").status_code == 200
    assert dana.fetch(f"/registers/manual/{manual}/pdf?text=7").status_code == 404


EVERYTHING = """# Größe, Ελληνικά, Русский, ≤ € ✓

Some **bold**, *slanted*, ***both***, `code <b>`, [a link](https://example.org?a=1&b=2) and [one here](/tasks)\\
after a break & <script>.

1. one
   - two
     - three
2. four

| A | B |
|---|---|
| a long text | **b** |

> quoted

```
x = "<y>"
```

---

### Third
"""


def test_everything_that_markdown_has_comes_out() -> None:
    """Lists, tables, code, any European script; and a long table goes on on the next page."""
    rows = "\n".join(f"| {number} | row |" for number in range(120))
    made = pdf.made(pdf.Sheet("Tïtle <b>", f"{EVERYTHING}\n| N | R |\n|---|---|\n{rows}", [("Version", "1")], "footer", "Draft", "Lea"))
    assert made.startswith(b"%PDF-")
    assert made.count(b"/Type /Page\n") >= 3
    assert len(made) > 20_000


def test_an_empty_text_makes_an_empty_sheet() -> None:
    assert pdf.made(pdf.Sheet("Nothing", "", [], "")).startswith(b"%PDF-")
