# SPDX-License-Identifier: Apache-2.0
"""The standard as data."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import Invalid
from webapp.coverage import Catalogue, read_catalogue

FOLDER = Path(__file__).parents[3] / "processes" / "fitsm"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(FOLDER)


def test_the_whole_standard_is_there(catalogue: Catalogue) -> None:
    """Fourteen processes and seven general aspects, each id once."""
    assert [one.id for one in catalogue.processes] == [f"PR{number}" for number in range(1, 15)]
    assert [one.id for one in catalogue.general] == [f"GR{number}" for number in range(1, 8)]
    ids = [a.id for one in (*catalogue.processes, *catalogue.general) for a in (*one.ongoing, *one.setup)]
    assert len(ids) == len(set(ids))
    assert sum(len(one.ongoing) for one in catalogue.processes) == 116


def test_ids_say_where_they_belong(catalogue: Catalogue) -> None:
    """PR9.A1.2 is an ongoing activity of PR9, PR9.S1 a step of its set-up, PR9.F1 a row of its table."""
    for one in catalogue.processes:
        assert all(activity.id.startswith(f"{one.id}.A") for activity in one.ongoing)
        assert all(step.id.startswith(f"{one.id}.S") for step in one.setup)
        assert all(row.startswith((f"{one.id}.F", f"{one.id}.T")) for row in one.rows)


def test_the_standard_is_attributed() -> None:
    """Whoever reads the file learns whose words they are and under which licence."""
    text = (FOLDER / "catalogue.json").read_text(encoding="utf-8")
    assert "ITEMO e.V." in text
    assert "CC BY 4.0" in text


def test_an_exchange_is_between_processes_of_the_standard(catalogue: Catalogue) -> None:
    """Codes are known; every row is carried once; every reason is a sentence."""
    for exchange in catalogue.exchanges:
        for code in (exchange.source, exchange.target):
            assert code == "ANY" or catalogue.id_of(code)
    rows = [row for exchange in catalogue.exchanges for row in exchange.rows]
    assert len(rows) == len(set(rows))
    reasons = [*catalogue.later.values(), *(r for named in catalogue.outside.values() for r in named.values())]
    assert all(reason.endswith(".") for reason in reasons)


def test_a_file_belongs_to_the_process_of_its_folder(catalogue: Catalogue) -> None:
    """Number and code, of the general aspects too; any other folder is of no process."""
    assert catalogue.process_of("processes/bpmn/GR2-DOC/x.bpmn") == "GR2"
    assert catalogue.process_of("processes/bpmn/PR9-ISRM/x.bpmn") == "PR9"
    assert catalogue.process_of("forms/PR12-CHM/x.json") == "PR12"
    assert catalogue.process_of("processes/bpmn/DESK/x.bpmn") == ""


def test_a_folder_without_a_catalogue_is_told(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="is not there"):
        read_catalogue(tmp_path)
    (tmp_path / "catalogue.json").write_text("{")
    with pytest.raises(Invalid, match="line 1"):
        read_catalogue(tmp_path)
