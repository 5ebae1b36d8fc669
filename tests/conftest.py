# SPDX-License-Identifier: Apache-2.0
"""For all tests: a PostgreSQL server, started by the first that needs one."""

from __future__ import annotations

import os

import pytest

from tests.postgres import Postgres, server


@pytest.fixture(scope="session")
def postgres() -> Postgres:
    """The server of this test process. Without one a developer's run skips; continuous integration fails."""
    try:
        return server()
    except RuntimeError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
