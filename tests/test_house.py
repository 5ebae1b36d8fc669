# SPDX-License-Identifier: Apache-2.0
"""The rules of the house: who may import what, how long a module may be, what every file says about itself."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("engine", "webapp")
LONGEST = 600  #: lines of a module


def modules(*packages: str) -> list[Path]:
    kept = []
    for package in packages:
        kept += [path for path in (ROOT / package).rglob("*.py") if "node_modules" not in path.parts]
    return sorted(kept)


def loaded_by(statement: str) -> set[str]:
    """Top-level packages that a fresh Python has loaded after the statement."""
    code = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_engine_loads_without_the_web() -> None:
    """`import engine` in a fresh Python brings in nothing of the web, and nothing that only PostgreSQL needs."""
    loaded = loaded_by("import engine")
    assert "engine" in loaded
    assert not loaded & {"psycopg", "procrastinate"}
    assert not loaded & {"webapp", "flask", "werkzeug", "jinja2", "wtforms", "click", "rich", "granian", "structlog"}


def test_the_import_contracts_hold() -> None:
    """Each room imports only what it may (the contracts stand in pyproject.toml)."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contracts_catch_a_breach(tmp_path: Path) -> None:
    """Planted forbidden imports break the contracts: the check is not blind."""
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("")
    (tmp_path / "engine" / "tasks.py").write_text("import flask\nimport sqlalchemy\nimport procrastinate\n")
    allowed = {"bpmn": "SpiffWorkflow, lxml", "store": "sqlalchemy, alembic", "jobs": "procrastinate"}
    for room, may in allowed.items():
        (tmp_path / "engine" / room).mkdir()
        (tmp_path / "engine" / room / "__init__.py").write_text(f"import {may}\n")
    (tmp_path / "engine" / "store" / "queue.py").write_text("import procrastinate\n")
    (tmp_path / "webapp" / "cases.py").write_text("import engine.store\n")
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    for breach in ("tasks -> flask", "tasks -> sqlalchemy", "tasks -> procrastinate"):
        assert f"engine.{breach}" in done.stdout
    assert "webapp.cases -> engine.store" in done.stdout


@pytest.mark.parametrize("package", [*PACKAGES, "tests"])
def test_no_module_is_too_long(package: str) -> None:
    """A module over 600 lines holds a second noun."""
    long = {
        str(path.relative_to(ROOT)): lines
        for path in modules(package)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert not long


@pytest.mark.parametrize("package", [*PACKAGES, "tests", "benchmarks"])
def test_every_module_names_its_licence(package: str) -> None:
    """The first line of every Python file that is not empty is its SPDX licence."""
    bare = [
        str(path.relative_to(ROOT))
        for path in modules(package)
        if (text := path.read_text(encoding="utf-8")) and not text.startswith("# SPDX-License-Identifier: Apache-2.0")
    ]
    assert not bare


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_what_lives_in_it(package: str) -> None:
    """Every module begins with a docstring; nobody has to read code to learn what a file is about."""
    silent = [
        str(path.relative_to(ROOT))
        for path in modules(package)
        if "migrations" not in path.parts and not re.match(r'(#[^\n]*\n)+r?"""\S', path.read_text(encoding="utf-8"))
    ]
    assert not silent


def test_the_engine_does_not_know_the_processes() -> None:
    """The engine could run any process: no activity, role or process of FitSM is named in it."""
    known = re.compile(r"\b(PR|GR)\d+[._](A|S|R)?\d|\b(isrm|chm|confm)_[a-z]+|\bITEMO\b", re.IGNORECASE)
    named = [
        str(path.relative_to(ROOT)) for path in modules("engine") if known.search(path.read_text(encoding="utf-8"))
    ]
    assert not named


def test_every_dependency_that_is_imported_is_declared() -> None:
    """What the packages import stands in pyproject.toml, so that a clean installation runs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {re.split(r"[<>=\[]", entry)[0].lower().replace("-", "_") for entry in project["dependencies"]}
    declared |= {"werkzeug", "jinja2", "markupsafe", "dateutil", "markdown_it", "argon2", "wtforms"}
    declared |= {re.split(r"[<>=\[]", entry)[0].lower() for entry in project["optional-dependencies"]["postgres"]}
    imported = set()
    for path in modules(*PACKAGES):
        for line in re.findall(
            r"^\s*(from \w+[\w.]* import|import \w+)", path.read_text(encoding="utf-8"), re.MULTILINE
        ):
            imported.add(re.split(r"[ .]", line)[1].lower())
    outside = imported - {name.lower() for name in sys.stdlib_module_names} - set(PACKAGES)
    assert outside <= declared
