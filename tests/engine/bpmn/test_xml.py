# SPDX-License-Identifier: Apache-2.0
"""The guard through which all XML comes in."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.bpmn.xml import MAX_BYTES, parse
from engine.errors import DiagramInvalid

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def test_it_gives_the_root_with_lines() -> None:
    """Elements, attributes and texts come through, with the lines of the file; comments do not."""
    root = parse(b'<?xml version="1.0"\n encoding="UTF-8"?>\n<!-- c --><a x="&lt;&#228;">\n<b>t</b></a>', "a.bpmn")
    assert (root.tag, root.get("x"), root.sourceline) == ("a", "<ä", 3)
    assert [(child.tag, child.text, child.sourceline) for child in root] == [("b", "t", 4)]


@pytest.mark.parametrize("encoding", ["UTF-8", "utf-8", "UTF-16", "ISO-8859-1", "US-ASCII"])
def test_it_reads_the_usual_encodings(encoding: str) -> None:
    """Umlauts arrive, whatever of the allowed encodings the file has."""
    text = "&#228;" if encoding == "US-ASCII" else "ä"
    data = f'<?xml version="1.0" encoding="{encoding}"?><a>{text}</a>'.encode(encoding)
    assert parse(data, "a.bpmn").text == "ä"


@pytest.mark.parametrize("data", ["<a>ä</a>".encode(), b"\xef\xbb\xbf<a>\xc3\xa4</a>", "<a>ä</a>".encode("utf-16-le")])
def test_it_reads_files_without_declaration(data: bytes) -> None:
    """Without a declaration a file is UTF-8, or UTF-16 by its first bytes."""
    assert parse(data, "a.bpmn").text == "ä"


REFUSED = {
    "empty": (b"", "xml-syntax"),
    "no xml": (b"hello", "xml-syntax"),
    "truncated": (b"<a><b>", "xml-syntax"),
    "two roots": (b"<a/><b/>", "xml-syntax"),
    "nul": (b"<a>\x00</a>", "xml-syntax"),
    "late declaration": (b'\n<?xml version="1.0"?><a/>', "xml-syntax"),
    "unknown prefix": (b"<x:a/>", "xml-syntax"),
    "doctype": (b"<!DOCTYPE a><a/>", "xml-doctype"),
    "external dtd": (b'<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a/>', "xml-doctype"),
    "internal entity": (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "xml-doctype"),
    "billion laughs": (f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l9;</a>'.encode(), "xml-doctype"),
    "quadratic": (f'<!DOCTYPE a [<!ENTITY q "{"q" * 50_000}">]><a>{"&q;" * 50_000}</a>'.encode(), "xml-doctype"),
    "file entity": (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "xml-doctype"),
    "parameter entity": (b'<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><a/>', "xml-doctype"),
    "utf-16 doctype": ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"), "xml-doctype"),
    "undeclared entity": (b"<a>&nbsp;</a>", "xml-syntax"),
    "instruction": (b'<?xml-stylesheet href="x.xsl"?><a/>', "xml-instruction"),
    "inner instruction": (b"<a><?php 1 ?></a>", "xml-instruction"),
    "xinclude": (
        b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd" parse="text"/></a>',
        "xml-include",
    ),
    "depth": (b"<a>" * 65 + b"</a>" * 65, "xml-depth"),
    "deep": (b"<a>" * 500_000, "xml-depth"),
    "elements": (b"<a>" + b"<b/>" * 100_001 + b"</a>", "xml-elements"),
    "attributes": (b"<a " + b" ".join(b'a%d=""' % n for n in range(65)) + b"/>", "xml-attributes"),
    "many attributes": (b"<a " + b" ".join(b'a%d=""' % n for n in range(200_000)) + b"/>", "xml-attributes"),
    "value": (b'<a x="' + b"v" * 100_001 + b'"/>', "xml-value"),
    "text": (b"<a>" + b"t" * 200_001 + b"</a>", "xml-text"),
    "cdata": (b"<a><![CDATA[" + b"t" * 4_000_000 + b"]]></a>", "xml-text"),
    "size": (b"<a>" + b" " * MAX_BYTES + b"</a>", "xml-size"),
    "utf-7": (b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-', "xml-encoding"),
    "utf-32": ("<a/>".encode("utf-32"), "xml-encoding"),
    "ebcdic": (b'<?xml version="1.0" encoding="cp037"?><a/>', "xml-encoding"),
    "python codec": (b'<?xml version="1.0" encoding="idna"?><a/>', "xml-encoding"),
    "not as declared": ('<?xml version="1.0"?><a>ä</a>'.encode("latin-1"), "xml-encoding"),
    "odd utf-16": (b"\xff\xfe<\x00a\x00/", "xml-encoding"),
    "xml 1.1": (b'<?xml version="1.1"?><a>&#1;</a>', "xml-version"),
    "same id": (f'<d xmlns="{BPMN}"><a id="x"/>\n<b id="x"/></d>'.encode(), "xml-id"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses(name: str) -> None:
    """What a diagram has no use for is refused with file, line and rule, soon."""
    data, rule = REFUSED[name]
    started = time.monotonic()
    with pytest.raises(DiagramInvalid) as caught:
        parse(data, "a.bpmn")
    assert time.monotonic() - started < 5
    (finding,) = caught.value.findings
    assert (finding.severity, finding.file, finding.rule) == ("error", "a.bpmn", rule)
    assert finding.line >= 1
    assert "root:" not in finding.message


def test_the_limits_are_not_too_low() -> None:
    """Exactly at the limits a file is accepted."""
    parse(b"<a>" * 64 + b"</a>" * 64, "a.bpmn")
    parse(b"<a>" + b"<b/>" * 19_999 + b"</a>", "a.bpmn")
    parse(b'<a x="' + b"v" * 20_000 + b'">' + b"t" * 200_000 + b"</a>", "a.bpmn")


def test_a_doctype_in_a_comment_or_text_is_harmless() -> None:
    """Only real declarations are refused."""
    assert parse(b"<a><!-- <!DOCTYPE x> --><![CDATA[<!ENTITY y>]]></a>", "a.bpmn").text == "<!ENTITY y>"


def test_the_same_id_is_named_with_both_lines() -> None:
    """Who copies a shape and keeps its id is told both places."""
    with pytest.raises(DiagramInvalid) as caught:
        parse(REFUSED["same id"][0], "a.bpmn")
    (finding,) = caught.value.findings
    assert (finding.line, finding.element) == (2, "x")
    assert "line 1" in finding.message


def test_no_file_is_read(tmp_path: Path) -> None:
    """Control of the two file attacks: the content of a file that exists appears nowhere."""
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    data = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'.encode()
    with pytest.raises(DiagramInvalid) as caught:
        parse(data, "a.bpmn")
    assert "the secret" not in str(caught.value)


_PIECES = """
    <a> </a> <a/> <b x='1'/> &lt; &x; <!-- --> <![CDATA[ ]]> <?x?> t <!DOCTYPE <!ENTITY [ ]> encoding="UTF-16" ?>
"""
_pieces = st.sampled_from(
    [*_PIECES.encode().split(), b'<?xml version="1.0" ', b"\x00", b"\xff", b"\xfe\xff", b"\xff\xfe", b" "]
)


@settings(max_examples=300, deadline=None)
@given(data=st.one_of(st.binary(max_size=60), st.lists(_pieces, max_size=12).map(b"".join)))
@example(data=b"\xff\xfe")
@example(data=b"<\x00")
def test_any_bytes_give_a_tree_or_our_error(data: bytes) -> None:
    """Whatever is uploaded, nothing but `DiagramInvalid` comes out."""
    with suppress(DiagramInvalid):
        parse(data, "a.bpmn")
