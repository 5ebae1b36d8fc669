# SPDX-License-Identifier: Apache-2.0
"""The site on a real engine: a small organisation on a temporary SQLite database, and people who browse it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from engine import Engine, EngineConfig, open_engine
from engine.values import SYSTEM, Person
from tests.webapp.browsing import Browser
from webapp import create_app
from webapp.config import WebConfig
from webapp.passwords import hash_password

CONTENT = Path(__file__).parent / "content"
PASSWORD = "a sentence to remember"

#: login -> roles; one person for each thing somebody may be
PEOPLE = {
    "dana": {"desk"},
    "dora": {"desk"},
    "sam": {"support"},
    "lea": {"lead"},
    "ada": {"auditor"},
    "otto": {"owner"},
    "root": {"administrator"},
    "guest": set(),
}


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database with content and people, made once; each test gets a copy. (Hashing is slow on purpose.)"""
    file = tmp_path_factory.mktemp("furnished") / "site.db"
    opened = open_engine(EngineConfig(f"sqlite:///{file}", CONTENT))
    opened.publish_content(SYSTEM)
    password_hash = hash_password(PASSWORD)
    for login, roles in PEOPLE.items():
        person = Person(login, login.capitalize(), f"{login}@example.org", frozenset(roles))
        opened.people.add(SYSTEM, person, login=login, password_hash=password_hash)
    opened.close()
    return file


@pytest.fixture
def config(tmp_path: Path) -> WebConfig:
    return WebConfig(
        secret_key="k" * 40,
        database_url=f"sqlite:///{tmp_path / 'site.db'}",
        content_dir=CONTENT,
        demo=False,
        var_dir=tmp_path,
    )


@pytest.fixture
def engine(config: WebConfig, furnished: Path, tmp_path: Path) -> Iterator[Engine]:
    for part in furnished.parent.glob("site.db*"):
        shutil.copy(part, tmp_path / part.name)
    opened = open_engine(config.engine)
    yield opened
    opened.close()


@pytest.fixture
def app(config: WebConfig, engine: Engine) -> Flask:
    made = create_app(config, engine)
    made.testing = True
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.fixture
def anonymous(app: Flask) -> Browser:
    return Browser(app)


@pytest.fixture
def dana(app: Flask) -> Browser:
    """Somebody of the desk, signed in."""
    return Browser(app).sign_in("dana", PASSWORD)


@pytest.fixture
def sam(app: Flask) -> Browser:
    """Somebody of support, signed in."""
    return Browser(app).sign_in("sam", PASSWORD)


@pytest.fixture
def request_case(engine: Engine) -> str:
    """A case whose request is recorded and waits for support's answer."""
    dana = engine.people.actor("dana")
    case = engine.start(dana, "DESK_handle_request")
    (task,) = engine.case(dana, case.id).tasks
    engine.complete(dana, task.id, {"title": "A second screen", "urgent": False})
    return case.id
