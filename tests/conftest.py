# SPDX-License-Identifier: Apache-2.0
"""For all tests: both kinds of database, and a PostgreSQL server that the first starts who needs one."""

from __future__ import annotations

import os

import pytest

from tests.databases import KINDS
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


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Both kinds of database; whoever asks for one, directly or not, runs on each."""
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    return str(request.param)
