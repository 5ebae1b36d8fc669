# SPDX-License-Identifier: Apache-2.0
"""Files: uploaded first, named by data, kept as long as something names them, given out only as they came in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine import SYSTEM, Sealing, open_engine
from engine.errors import FormInvalid, Invalid, NotAllowed, NotFound
from engine.files import KINDS, LARGEST, LOOSE, checked, named
from engine.foresight import foreseen
from engine.values import Case, File, Json
from tests.builders import FREE_FORM
from tests.engine.history.record import verify
from tests.engine.workshop import Workshop
from webapp.audit.bundle import pack

PDF = b"%PDF-1.7\n1 0 obj\n"


def as_data(file: File) -> dict[str, Json]:
    return {"name": file.name, "size": file.size, "sha256": file.sha256}


def asked(workshop: Workshop) -> Case:
    """A case that waits for whatever somebody hands in."""
    workshop.publish("p", f"start S -> A\nuser A | form: {FREE_FORM} -> B\nuser B -> E\nend E")
    return workshop.start("p")


def handed_in(workshop: Workshop) -> tuple[str, File]:
    case = asked(workshop)
    file = workshop.engine.keep_file(workshop.actor("wanda"), "plan.pdf", PDF)
    workshop.do(case, document=as_data(file))
    return case.id, file


# --- what is kept ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("run.exe", b"MZ", "of a kind"),
        ("page.html", b"<script>", "of a kind"),
        ("picture.svg", b"<svg/>", "of a kind"),
        ("plan", PDF, "of a kind"),
        ("plan.pdf", b"", "is empty"),
        ("plan.pdf", b"<script>", "is no PDF inside"),
        ("plan.docx", PDF, "is no DOCX inside"),
        ("notes.txt", b"\xff\xfe\x00", "is no TXT inside"),
        ("notes.txt", b"a\0b", "is no TXT inside"),
        ("plan.pdf", PDF + bytes(LARGEST), "at most 20 MB"),
    ],
)
def test_what_is_not_kept_is_told_with_its_name(name: str, content: bytes, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(name, content)
    assert said in refused.value.sentence
    assert name in refused.value.sentence
    assert refused.value.hint


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (r"C:\Users\me\plan.PDF", "plan.PDF"),
        ("../../etc/plan.pdf", "plan.pdf"),
        ("pl\r\nan\u202e.pdf", "plan.pdf"),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf"),
    ],
)
def test_a_name_leads_nowhere(given: str, kept: str) -> None:
    """Only what a person reads of it is kept."""
    assert checked(given, PDF).name == kept


def test_nothing_that_a_browser_would_run_is_kept() -> None:
    assert not {"html", "htm", "svg", "js", "xml", "xhtml", "docm", "xlsm"} & set(KINDS)


def test_files_are_found_wherever_data_names_them() -> None:
    """An object that only looks like one is none."""
    one = {"name": "a.pdf", "size": 3, "sha256": "a" * 64}
    data = {"x": one, "list": [{"y": one}, 1], "not": {**one, "more": 1}, "nor": {**one, "sha256": "A" * 64}, "or": {**one, "size": "3"}}
    assert [path for path, _ in named(data)] == [("x",), ("list", 0, "y")]


# --- handing in ------------------------------------------------------------------------------------------------------


def test_a_file_belongs_to_the_case_it_was_handed_in_to(workshop: Workshop) -> None:
    """Whoever may read the case may read it; nobody else, and not by way of another case."""
    case_id, file = handed_in(workshop)
    engine = workshop.engine
    assert engine.case_file(workshop.actor("lea"), case_id, file.sha256) == (file, PDF)
    with pytest.raises(NotAllowed):
        engine.case_file(workshop.actor("nina"), case_id, file.sha256)
    other = workshop.start("p").id
    with pytest.raises(NotFound):
        engine.case_file(workshop.actor("lea"), other, file.sha256)


def test_a_file_that_nobody_uploaded_is_refused_at_its_field(workshop: Workshop) -> None:
    """Also one whose size is told otherwise; what was typed stays, the task is still to be done."""
    case = asked(workshop)
    file = workshop.engine.keep_file(workshop.actor("wanda"), "plan.pdf", PDF)
    for wrong in ({**as_data(file), "sha256": "0" * 64}, {**as_data(file), "size": 1}):
        with pytest.raises(FormInvalid) as refused:
            workshop.do(case, papers=[{"document": wrong}])
        (fault,) = refused.value.errors
        assert fault.path == ("papers", 0, "document")
        assert "Choose it again" in fault.message
    workshop.do(case, papers=[{"document": as_data(file)}])


def test_a_draft_may_name_a_file(workshop: Workshop) -> None:
    case, wanda = asked(workshop), workshop.actor("wanda")
    task = workshop.task(case)
    workshop.engine.claim(wanda, task.id)
    file = workshop.engine.keep_file(wanda, "plan.pdf", PDF)
    workshop.engine.save_draft(wanda, task.id, {"document": as_data(file)})
    assert workshop.engine.task_form(wanda, task.id).value["document"] == as_data(file)


def test_of_files_that_nothing_names_only_the_newest_stay(workshop: Workshop) -> None:
    """One that was handed in stays for good, and one of somebody else is not touched."""
    case_id, kept = handed_in(workshop)
    engine, wanda = workshop.engine, workshop.actor("wanda")
    others = engine.keep_file(workshop.actor("will"), "his.pdf", PDF + b"his")
    mine = []
    for number in range(LOOSE + 1):
        workshop.wait(minutes=1)
        mine.append(engine.keep_file(wanda, "mine.pdf", PDF + str(number).encode()))
    engine.case_file(SYSTEM, case_id, kept.sha256)
    with pytest.raises(FormInvalid):
        engine.start(wanda, "p", {"first": as_data(mine[0])})
    for file in (others, mine[1], mine[-1]):
        engine.start(wanda, "p", {"first": as_data(file)})


def test_the_same_content_is_kept_once_and_may_have_two_names(workshop: Workshop) -> None:
    case_id, _ = handed_in(workshop)
    again = workshop.engine.keep_file(workshop.actor("will"), "copy.pdf", PDF, key="one")
    assert workshop.engine.keep_file(workshop.actor("will"), "copy.pdf", PDF, key="one") == again
    other = workshop.engine.start(workshop.actor("will"), "p", {"copy": as_data(again)}).id
    assert workshop.engine.case_file(SYSTEM, other, again.sha256)[0].name == "copy.pdf"
    assert workshop.engine.case_file(SYSTEM, case_id, again.sha256)[0].name == "plan.pdf"


def test_a_record_s_files_are_for_who_may_read_it(workshop: Workshop) -> None:
    """Those of its earlier versions, too."""
    engine, olga = workshop.engine, workshop.actor("olga")
    first, second = (engine.keep_file(olga, f"{n}.pdf", PDF + n.encode()) for n in "ab")
    made = engine.write_record(olga, "thing", {"title": "Plan", "paper": as_data(first)}).id
    engine.write_record(olga, "thing", {"paper": as_data(second)}, made)
    assert engine.record_file(olga, "thing", made, first.sha256) == (first, PDF + b"a")
    assert engine.record_file(olga, "thing", made, second.sha256)[0] == second
    with pytest.raises(NotAllowed):
        engine.record_file(workshop.actor("nina"), "thing", made, first.sha256)
    with pytest.raises(FormInvalid):
        engine.write_record(olga, "thing", {"paper": {**as_data(first), "sha256": "1" * 64}}, made)


def test_a_rehearsal_copies_no_content(workshop: Workshop) -> None:
    """What it needs to know is that the file is there: whoever hands it on may."""
    handed_in(workshop)
    with foreseen(workshop.engine) as rehearsed:
        coming = list(rehearsed.until(workshop.clock.now() + timedelta(days=1), complete=True))
    assert [one.what for one in coming if one.what in ("ended", "held")] == ["ended"]


# --- the proof -------------------------------------------------------------------------------------------------------


def test_an_exchanged_file_is_found_and_not_given_out(workshop: Workshop) -> None:
    """By verifying the case and by verifying everything; a replay alone needs no content."""
    case_id, file = handed_in(workshop)
    engine, ada = workshop.engine, workshop.actor("ada")
    assert engine.verify(ada, case_id).ok
    assert not engine.verify_seals(ada).faults
    with workshop.database.past() as past:
        past.execute("UPDATE file SET content = ?", (PDF + b"other",))
    verdict = engine.verify(ada, case_id)
    assert not verdict.ok
    assert "plan.pdf" in verdict.reason
    assert any("plan.pdf" in fault for fault in engine.verify_seals(ada).faults)
    assert engine.replay(ada, case_id).ok
    with pytest.raises(Invalid, match="not given out"):
        engine.case_file(SYSTEM, case_id, file.sha256)


def test_a_bundle_holds_the_files_of_its_case(workshop: Workshop, tmp_path: Path) -> None:
    """A third party sees that each is the one that was handed in, and what was exchanged or added."""
    workshop.engine.close()
    config = replace(workshop.engine.config, sealing=Sealing(tmp_path / "seal.key"))
    workshop.engine = open_engine(config, workshop.clock, workshop.ids)
    case_id, file = handed_in(workshop)
    workshop.engine.seal(SYSTEM)
    files = dict(workshop.engine.evidence(SYSTEM, case_id))
    place = f"files/{file.sha256}"
    assert files[place] == PDF
    bundle = tmp_path / "evidence.zip"
    for changed, said in (
        ({}, "All checks passed"),
        ({place: PDF + b"more"}, "is not the file that was handed in"),
        ({f"files/{'0' * 64}": b"new"}, "no event and no manifest names it"),
    ):
        bundle.write_bytes(pack(case_id, {**files, **changed}))
        code, told = verify(bundle)
        assert said in told
        assert code == (1 if changed else 0)
    bundle.write_bytes(pack(case_id, {name: content for name, content in files.items() if name != place}))
    assert f"lacks {place}" in verify(bundle)[1]
