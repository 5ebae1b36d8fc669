# SPDX-License-Identifier: Apache-2.0
"""How a file comes in and goes out, for the pages and for the API."""

from __future__ import annotations

from io import BytesIO

from flask import Request, Response, send_file
from werkzeug.exceptions import BadRequest

from engine.values import File

#: What a file is said to be when it goes out; anything else is bytes.
_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "txt": "text/plain"}


def given(request: Request) -> tuple[str, bytes]:
    """(name, content) of a request whose body is a file."""
    name = request.args.get("name", "")
    if not name:
        raise BadRequest("The address needs the file's name: ?name=plan.pdf")
    return name, request.get_data(cache=False)


def saved(file: File, content: bytes) -> Response:
    """A file to be saved. Opened all the same, it may do nothing: no script, no form, no frame."""
    kind = _TYPES.get(file.name.rpartition(".")[2].lower(), "application/octet-stream")
    answer = send_file(BytesIO(content), kind, as_attachment=True, download_name=file.name, etag=file.sha256)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
