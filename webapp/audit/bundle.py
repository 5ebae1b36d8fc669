# SPDX-License-Identifier: Apache-2.0
"""The evidence of a case as one ZIP file, with a README that says in plain words what it proves and what it does not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

VERIFIER = Path(__file__).with_name("verify_bundle.py")

_README = """\
The history of case {case}, as evidence
=======================================

How to check it
---------------
1. Take verify_bundle.py from a release of FitSM Flow, not from whoever gave you this file. It is one file of Python
   (3.9 or newer) and needs only the package "cryptography":   python3 -m pip install cryptography
2. Get the public key by a way of your own (key.txt here is only a copy). Take the newest signed head that you got
   before, through the witness folder or by mail.
3. python3 verify_bundle.py THIS.zip --trust-key key.txt --last-head head.note --save-head head.note

What it proves, if all checks pass
----------------------------------
- No event of this history was altered, dropped, inserted or reordered after it was sealed: every event carries the hash
  of the one before it (events.jsonl: SHA-256 over the line), and the last sealed one is in a Merkle tree (RFC 6962)
  whose head is signed (Ed25519, head.note).
- The diagrams, decision tables, forms and calendars in definitions/ are those on which the case ran, and the
  files in files/ are those that people handed in: the events name each by its SHA-256.
- With log.jsonl: this is the newest sealed state of the case, and nothing that was sealed earlier contradicts it.
- With a head that you held before: the past up to that head was not rewritten, even by somebody who has the private key.

What it does not prove
----------------------
- Without a head from earlier: whoever has the private key, or stole it, can write a whole new history and sign it.
- What happened after the newest head you hold can be rewritten by whoever has the key. So keep every head you get.
- Events after the last seal (a minute's worth, usually) are chained but not sealed.
- That what people entered is true; that the person signed in was the person at the desk; that the clock was right.
- That the recorded actions lead to the recorded results: "fitsm replay {case}" runs them again and compares.
- case.json beyond its events (title, state) is for your orientation only.

What is in it
-------------
case.json        which case, how many events, the hash of the last
events.jsonl     the events, one a line
definitions/     per version: manifest.json and the files it names by their SHA-256
files/           what people handed in, each under its SHA-256; events.jsonl says how it was called
head.note        the signed head of the log (C2SP checkpoint);  key.txt: the public key (C2SP signed-note)
inclusion.json   the proof that the case's last sealed event is in that log
since.json       (on request) the proof that the log continues a smaller one
log.jsonl        (unless left out) every leaf of the log; leaf hash: SHA-256 over a zero byte and the line
"""


def pack(case_id: str, files: Mapping[str, bytes]) -> bytes:
    """The files and the README as a ZIP archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _README.format(case=case_id))
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()
