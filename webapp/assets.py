# SPDX-License-Identifier: Apache-2.0
"""The Vite manifest turned into tags. Knows no page; the entries a page wants are named by the template."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, url_for
from markupsafe import Markup

MANIFEST = Path("dist") / ".vite" / "manifest.json"


def install(app: Flask) -> None:
    """Give templates ``entry_tags(*names)``; long-lived caching for files whose name carries a hash."""
    app.jinja_env.globals["entry_tags"] = entry_tags


def entry_tags(*names: str, blocking: bool = False) -> Markup:
    """Link and script tags of the entries, e.g. ``entry_tags("base.css", "main.js")``.

    ``blocking`` loads scripts before the page is painted (the colour scheme must be set by then).
    """
    manifest = _manifest()
    styles: dict[str, None] = {}
    scripts: list[str] = []
    for name in names:
        entry = manifest.get(name)
        if entry is not None:
            styles.update(dict.fromkeys(_styles(manifest, entry, set())))
            scripts += [entry["file"]] if entry["file"].endswith(".js") else []
    kind = Markup("") if blocking else Markup(' type="module"')
    links = [Markup('<link rel="stylesheet" href="{}">').format(_url(file)) for file in styles]
    tags = [Markup('<script src="{}"{}></script>').format(_url(file), kind) for file in scripts]
    return Markup("\n").join(links + tags)


def _styles(manifest: dict[str, Any], entry: dict[str, Any], seen: set[str]) -> list[str]:
    """The style sheets of an entry and of all it imports at once, each once."""
    own = [entry["file"]] if entry["file"].endswith(".css") else []
    found = own + list(entry.get("css", ()))
    for name in entry.get("imports", ()):
        if name not in seen:
            seen.add(name)
            found += _styles(manifest, manifest[name], seen)
    return found


def _url(file: str) -> str:
    return url_for("static", filename=f"dist/{file}")


def _manifest() -> dict[str, Any]:
    """Entries by short name: the last part of the source's path, or the entry's own name."""
    path = Path(current_app.static_folder or "") / MANIFEST
    if not path.is_file():
        return {}
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    for source, entry in list(manifest.items()):
        if entry.get("isEntry"):
            manifest.setdefault(source.rsplit("/", 1)[-1], entry)
    return manifest
