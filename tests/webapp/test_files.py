# SPDX-License-Identifier: Apache-2.0
"""Files: sent by a form's field, saved from the case or record that names them, and never run by a browser."""

from __future__ import annotations

from hashlib import sha256

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from engine import LARGEST_FILE, Engine
from engine.values import SYSTEM, File
from tests.webapp.browsing import Browser
from webapp.filters import size_words

PDF = b"%PDF-1.7\nfirst"


def send(browser: Browser, name: str, content: bytes, token: str | None = None) -> TestResponse:
    headers = {"X-CSRFToken": browser.token if token is None else token, "Accept": "application/json"}
    query, kind = {"name": name}, "application/octet-stream"
    return browser.client.post("/files", query_string=query, data=content, content_type=kind, headers=headers)


def uploaded(engine: Engine, name: str, content: bytes) -> dict[str, object]:
    file = engine.keep_file(SYSTEM, name, content)
    return {"name": file.name, "size": file.size, "sha256": file.sha256}


def test_a_file_is_sent_and_answered_as_data_names_it(dana: Browser) -> None:
    answer = send(dana, "plan.pdf", PDF)
    assert answer.json == {"name": "plan.pdf", "size": len(PDF), "sha256": sha256(PDF).hexdigest()}


def test_what_is_refused_is_said(dana: Browser) -> None:
    """Larger than any other request may be, and larger than any file may be."""
    assert send(dana, "plan.pdf", PDF + bytes(6 * 1024 * 1024)).status_code == 200
    large = send(dana, "plan.pdf", PDF + bytes(LARGEST_FILE))
    assert large.status_code in (413, 422)
    assert large.json is not None
    kind = send(dana, "page.html", b"<script>")
    assert kind.status_code == 422
    assert kind.json is not None
    assert "page.html" in kind.json["detail"]
    assert send(dana, "", PDF).status_code == 400
    assert send(dana, "plan.pdf", PDF, token="wrong").status_code in (400, 403, 419)


def test_nobody_sends_a_file_without_a_session(app: Flask) -> None:
    assert send(Browser(app), "plan.pdf", PDF).status_code in (400, 401, 403, 419)


def test_a_record_s_file_is_saved_and_cannot_run(app: Flask, dana: Browser, engine: Engine) -> None:
    """Whatever it is called; only by who may read the record."""
    paper = uploaded(engine, 'plän "1".pdf', PDF)
    made = engine.write_record(SYSTEM, "manual", {"title": "How", "file": paper}).id
    address = f"/registers/manual/{made}/files/{paper['sha256']}"
    answer = dana.fetch(address)
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert Browser(app).sign_in("guest", "a sentence to remember").fetch(address).status_code == 403
    assert dana.fetch(f"/registers/manual/{made}/files/{'0' * 64}").status_code == 404


def test_a_case_shows_the_files_handed_in(dana: Browser, engine: Engine) -> None:
    actor = engine.people.actor("dana")
    paper = uploaded(engine, "screen.png", b"\x89PNG\r\n\x1a\n.")
    case = engine.start(actor, "DESK_handle_request", {"picture": paper}).id
    assert f'<a href="/cases/{case}/files/{paper["sha256"]}">screen.png</a> (9 bytes)' in dana.open(f"/cases/{case}").text
    assert dana.fetch(f"/cases/{case}/files/{paper['sha256']}").headers["Content-Type"] == "image/png"


@pytest.fixture
def manual(engine: Engine) -> tuple[str, File, File]:
    """A document: published as a text, then as a PDF; a Word file is in work."""
    first, second = (engine.keep_file(SYSTEM, *each) for each in (("how.pdf", PDF), ("how.docx", b"PK\x03\x04new")))
    pdf, word = ({"name": f.name, "size": f.size, "sha256": f.sha256} for f in (first, second))
    made = engine.write_record(SYSTEM, "manual", {"title": "How we answer", "owner": "lea", "published_text": "By phone.", "version": 1}).id
    engine.write_record(SYSTEM, "manual", {"published_text": None, "published_file": pdf, "file": pdf, "version": 2, "approved_by": "otto"}, made)
    engine.write_record(SYSTEM, "manual", {"file": word}, made)
    return made, first, second


def test_a_document_that_is_a_file_is_shown_with_its_versions(dana: Browser, manual: tuple[str, File, File]) -> None:
    made, first, second = manual
    page = dana.open(f"/registers/manual/{made}").text
    assert first.sha256 in page
    assert "approved by Otto" in page
    assert "A new text or file is in work" in page
    assert "Version 1" in page
    assert page.count(f"/files/{second.sha256}") >= 1


def test_versions_of_a_file_are_told_apart_by_size_and_hash(dana: Browser, manual: tuple[str, File, File]) -> None:
    made, first, second = manual
    page = dana.open(f"/registers/manual/{made}/changes").text
    assert "The file changed." in page
    assert first.sha256 in page
    assert second.sha256 in page
    assert "A file came in its place." in dana.open(f"/registers/manual/{made}/changes?from=1&to=2").text
    assert "A text came in place of the file." in dana.open(f"/registers/manual/{made}/changes?from=2&to=1").text
    assert "byte for byte" in dana.open(f"/registers/manual/{made}/changes?from=2&to=2").text


def test_as_pdf_a_file_is_itself_or_a_sheet_that_names_it(dana: Browser, manual: tuple[str, File, File]) -> None:
    made, _, _ = manual
    itself = dana.fetch(f"/registers/manual/{made}/pdf")
    assert itself.data == PDF
    assert itself.headers["Content-Disposition"].startswith("attachment;")
    sheet = dana.fetch(f"/registers/manual/{made}/pdf?text=draft")
    assert sheet.data.startswith(b"%PDF-")
    assert len(sheet.data) > 10_000


@pytest.mark.parametrize(("size", "said"), [(1, "1 byte"), (999, "999 bytes"), (1_500, "2 kB"), (999_400, "999 kB"), (1_500_000, "1.5 MB")])
def test_sizes_are_said_shortly(size: int, said: str) -> None:
    assert size_words(size) == said
