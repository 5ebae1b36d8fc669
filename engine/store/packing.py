# SPDX-License-Identifier: Apache-2.0
"""JSON texts kept small: zstd with a dictionary of what is written again and again. What is hashed is the text itself.

A packed text begins with the number of its dictionary, which no JSON text begins with; whatever begins otherwise is a text
as it is (short ones, and those of releases before). A dictionary is never changed: a better one gets the next number.
"""

from __future__ import annotations

import threading

import zstandard

_LEVEL = 3
_MARK = b"\x01"
_DICTIONARY = zstandard.ZstdCompressionDict(
    b'"command":"task.completed","reason":"","message":"","expression":"","names":{},"hint":"","at":"2026-01-01T08:00:00'
    b'+00:00"},"calls":[{"token":"","element":"","name":"","operator":"","parameters":{},"key":"","retries":3,"backoff":30}],'
    b'"business_key":"","completed":true,"outcome":"End_"},"thrown":[{"element":"Event_","name":"","key":"","payload":{},'
    b'"kind":"message"}],"timers":[{"token":"","element":"Event_","name":"","due_at":"2026-01-01T08:00:00+00:00"}],'
    b'"withdrawn":[],"decisions":[{"element":"Decide_","decision":"","inputs":{},"rules":[""],"outputs":{}}],"records":[{'
    b'"element":"","register":"","record_id":"","created":true,"fields":{"title":"","description":"","state":"","priority":'
    b'"P3"}}],"title":"","late_seconds":0.0,"due_at":"","message_id":"","source":"","payload":{"digest":"","process":"",'
    b'"start":"","reads":[["record","",""],["number","",""]],{"task":"","element":"Task_","name":""}'
    b'{"inputs":{"data":{},"task":"","token":"","element":"Task_","name":"","data":{"title":"","note":"","description":""}},'
    b'"reads":[],"effects":{"passed":["Start_","Task_","Gateway_"],"active":["Task_"],"changes":{"":[null,""],"":[null,true]'
    b'}},"state":"',
    dict_type=zstandard.DICT_TYPE_RAWCONTENT,
)
_here = threading.local()  # neither side may be used by two threads at once


def packed(text: bytes) -> bytes:
    """The text, packed if that makes it smaller."""
    try:
        compressor = _here.compressor
    except AttributeError:
        compressor = _here.compressor = zstandard.ZstdCompressor(
            level=_LEVEL, dict_data=_DICTIONARY, write_checksum=False, write_dict_id=False
        )
    small: bytes = _MARK + compressor.compress(text)
    return small if len(small) < len(text) else text


def unpacked(stored: bytes) -> bytes:
    """The text.

    Raises:
        ValueError: it was packed, but not so that this release could unpack it.
    """
    if stored[:1] != _MARK:
        return stored
    try:
        decompressor = _here.decompressor
    except AttributeError:
        decompressor = _here.decompressor = zstandard.ZstdDecompressor(dict_data=_DICTIONARY)
    try:
        text: bytes = decompressor.decompress(stored[1:])
    except zstandard.ZstdError as error:
        raise ValueError(f"a packed text cannot be unpacked: {error}") from error
    return text
