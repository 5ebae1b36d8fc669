# SPDX-License-Identifier: Apache-2.0
"""Packed texts: what comes out is what went in; what was written before is read; the dictionary stays what it is."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from engine.store import packing
from engine.store.packing import packed, unpacked
from engine.store.types import PackedJson, Sha256

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_what_comes_out_is_what_went_in(value: object) -> None:
    text = orjson.dumps(value)
    assert unpacked(packed(text)) == text


def test_texts_of_earlier_releases_are_read_as_they_are() -> None:
    for text in (b"{}", b'{"a":1}', b"[]", b'"x"', b"null", b"0", b""):
        assert unpacked(text) == text


def test_an_event_becomes_much_smaller() -> None:
    """A completed task with its data, which stands twice in the payload."""
    data = {f"field_{n}": f"What somebody wrote into field {n}, in a sentence or two." for n in range(8)}
    effects = {
        "passed": ["Task_A"],
        "active": ["Task_B"],
        "changes": {name: [None, value] for name, value in data.items()},
    }
    text = orjson.dumps({"inputs": {"task": "x", "data": data}, "reads": [], "effects": effects, "state": "0" * 64})
    assert len(packed(text)) < len(text) / 3


def test_the_dictionary_is_never_changed() -> None:
    """Whoever changes it makes every packed history unreadable: a better one gets a number of its own."""
    content = packing._DICTIONARY.as_bytes()
    assert hashlib.sha256(content).hexdigest() == "a01b0f3361df78ca3e25e484093e42e1a0aebbc06f3f0fb48a7c59d0ad0314f7"


def test_a_damaged_text_is_told() -> None:
    with pytest.raises(ValueError, match="cannot be unpacked"):
        unpacked(packed(b'{"a":"' + b"x" * 500 + b'"}')[:-3])


def test_threads_do_not_disturb_each_other() -> None:
    texts = [orjson.dumps({"inputs": {"n": n, "text": "again and again " * (n % 50)}}) for n in range(2_000)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: unpacked(packed(text)), texts)) == texts


def test_columns_pack_what_is_long_and_read_both() -> None:
    """Short values stay texts; a hash is 32 bytes, and one that is still a text is read, too."""
    kind, dialect = PackedJson(100), sqlite.dialect()
    short, long = kind.process_bind_param({"a": 1}, dialect), kind.process_bind_param({"a": "x" * 500}, dialect)
    assert (short, long[:1] if long else b"") == (b'{"a":1}', b"\x01")
    assert kind.process_result_value(long, dialect) == {"a": "x" * 500}
    assert kind.process_result_value(short, dialect) == {"a": 1}
    digest = hashlib.sha256(b"x").hexdigest()
    stored = Sha256().process_bind_param(digest, dialect)
    assert stored is not None
    assert len(stored) == 32
    assert Sha256().process_result_value(stored, dialect) == digest
    assert Sha256().process_result_value(digest, dialect) == digest
