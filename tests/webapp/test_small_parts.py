# SPDX-License-Identifier: Apache-2.0
"""The small parts: the brake on guessing, passwords, words and assets."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from webapp import assets, filters, passwords
from webapp.throttle import Throttle

MOMENT = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)


def test_the_brake_opens_again_after_the_window() -> None:
    """Three failures in ten seconds, then wait for the rest of them."""
    brake = Throttle(3, 10)
    for second in (0, 1, 2):
        assert brake.wait("a", second) == 0
        brake.failed("a", second)
    assert brake.wait("a", 3) == 8
    assert brake.wait("b", 3) == 0
    assert brake.wait("a", 10.5) == 0


def test_success_releases_the_brake() -> None:
    """Earlier failures are forgotten."""
    brake = Throttle(1, 10)
    brake.failed("a", 0)
    brake.succeeded("a")
    assert brake.wait("a", 1) == 0


def test_the_brake_remembers_a_bounded_number_of_keys() -> None:
    """Somebody who tries many logins does not fill the memory."""
    brake = Throttle(1, 10, keys=2)
    for key in "abc":
        brake.failed(key, 0)
    assert (brake.wait("a", 1), brake.wait("c", 1)) == (0, 10)


def test_passwords_are_hashed_with_salt() -> None:
    """Same password, other hash; both are right, another is not, nobody's never."""
    first, second = passwords.hash_password("a long sentence"), passwords.hash_password("a long sentence")
    assert first != second
    assert passwords.check_password(first, "a long sentence")
    assert not passwords.check_password(first, "a short one")
    assert not passwords.check_password(None, "nobody has this password")
    assert not passwords.check_password("no hash at all", "x")
    assert not passwords.needs_rehash(first)


def test_markdown_never_becomes_active() -> None:
    """Raw HTML, pictures and script links are shown as text."""
    for text in ("<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "![x](http://evil.example/p.png)"):
        html = filters.markdown(text)
        assert "<img" not in html
        assert 'href="javascript' not in html
    assert filters.markdown("**bold**") == "<p><strong>bold</strong></p>\n"


def test_times_are_shown_in_the_configured_zone_until_the_browser_knows_better(app: Flask) -> None:
    """The attribute is UTC; the text is for people without scripts."""
    with app.app_context():
        tag = filters.moment(MOMENT)
    assert 'datetime="2026-11-23T10:05:00+00:00"' in tag
    assert "23 Nov 2026, 11:05" in tag


def test_names_become_words() -> None:
    """For fields without a title."""
    assert filters.words("affected_services") == "Affected services"
    assert filters.as_moment("2026-11-23T10:05:00Z") == MOMENT
    assert filters.as_moment("2026-11-23") is None


def test_assets_come_from_the_manifest(app: Flask, tmp_path: Path) -> None:
    """Scripts with their styles, also those of what they import; unknown names give nothing."""
    manifest = {
        "src/main.js": {
            "file": "assets/main-1.js",
            "isEntry": True,
            "imports": ["_part.js"],
            "css": ["assets/main-1.css"],
        },
        "_part.js": {"file": "assets/part-1.js", "css": ["assets/part-1.css"]},
    }
    (tmp_path / "dist" / ".vite").mkdir(parents=True)
    (tmp_path / "dist" / ".vite" / "manifest.json").write_text(json.dumps(manifest))
    app.static_folder = str(tmp_path)
    with app.test_request_context():
        tags = assets.entry_tags("main.js", "other.js")
        blocking = assets.entry_tags("main.js", blocking=True)
    assert '<link rel="stylesheet" href="/static/dist/assets/part-1.css">' in tags
    assert '<script src="/static/dist/assets/main-1.js" type="module"></script>' in tags
    assert 'type="module"' not in blocking
