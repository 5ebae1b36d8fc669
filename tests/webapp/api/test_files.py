# SPDX-License-Identifier: Apache-2.0
"""Files over the API: uploaded, named in data, downloaded again."""

from __future__ import annotations

from tests.webapp.api.conftest import PROCESS, Caller

PDF = b"%PDF-1.7\nfirst"


def test_a_program_hands_in_a_file(dana_calls: Caller) -> None:
    """The answer of the upload is what data says; the same key does it once."""
    answer = dana_calls.post("/files?name=plan.pdf", PDF, key="one")
    assert answer.status_code == 201
    assert dana_calls.post("/files?name=plan.pdf", PDF, key="one").json == answer.json
    assert dana_calls.post("/files?name=other.pdf", PDF, key="one").status_code == 409
    started = dana_calls.post("/cases", {"process_id": PROCESS, "data": {"paper": answer.json}}).json
    file = dana_calls.get(f"/cases/{started['id']}/files/{answer.json['sha256']}")
    assert file.data == PDF
    assert file.headers["Content-Disposition"].startswith("attachment;")


def test_a_file_that_was_never_uploaded_cannot_be_named(dana_calls: Caller) -> None:
    named = {"name": "plan.pdf", "size": 3, "sha256": "0" * 64}
    refused = dana_calls.post("/cases", {"process_id": PROCESS, "data": {"paper": named}})
    assert refused.status_code == 422
    assert "plan.pdf" in refused.text
