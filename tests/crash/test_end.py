# SPDX-License-Identifier: Apache-2.0
"""SIGTERM: a server ends by itself, and leaves nothing that others would have to take over."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.chaos import subject
from benchmarks.chaos.postgres import Postgres
from benchmarks.chaos.run import furnish, nodes_of


@pytest.mark.slow
def test_a_server_on_postgresql_signs_off(tmp_path: Path) -> None:
    """Its worker finishes what it does and leaves the list of workers; nothing is cut off."""
    postgres = Postgres()
    try:
        furnish(postgres.url, subject.write_content(tmp_path / "content"))
        [node, *_] = nodes_of(tmp_path, postgres.url, "postgresql")
        node.start()
        node.await_ready()
        with postgres.connected() as connection:
            count = "SELECT count(*) FROM procrastinate_workers"
            while connection.execute(count).fetchone() == (0,):
                assert node.is_ready()
            node.stop()
            assert connection.execute(count).fetchone() == (0,)
        assert "Traceback" not in node.log.read_text(errors="replace")
    finally:
        node.stop()
        postgres.close()
