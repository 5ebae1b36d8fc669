# SPDX-License-Identifier: Apache-2.0
"""For all tests of the engine: properties are judged by what holds, not by how long a busy machine takes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.databases import Database, Furnished, empty
from tests.engine import workshop as workshops
from tests.engine.organisation import Office, furnish, opened
from tests.engine.workshop import Workshop

settings.register_profile("engine", deadline=None)
settings.load_profile("engine")


@pytest.fixture
def database(kind: str, tmp_path: Path) -> Iterator[Database]:
    """An empty database of the test's own."""
    made = empty(kind, tmp_path)
    yield made
    made.drop()


@pytest.fixture(scope="session")
def furnished(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    return furnish(tmp_path_factory.mktemp("furnished"), kind)


@pytest.fixture
def office(furnished: Furnished, tmp_path: Path) -> Iterator[Office]:
    """The shipped processes with a few people; each test has a copy of its own."""
    made = opened(furnished, tmp_path)
    yield made
    made.engine.close()
    made.database.drop()


@pytest.fixture(scope="session")
def bare(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    return workshops.furnish(tmp_path_factory.mktemp("bare"), kind)


@pytest.fixture
def workshop(bare: Furnished, tmp_path: Path) -> Iterator[Workshop]:
    """An engine for processes made up in the test; each test has a copy of its own."""
    made = workshops.opened(bare, tmp_path)
    yield made
    made.engine.close()
    made.database.drop()
