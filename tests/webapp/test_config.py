# SPDX-License-Identifier: Apache-2.0
"""The environment becomes a configuration, or a sentence that says what to write."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from engine.errors import Invalid
from webapp.config import WebConfig, content_dir, read_config


def environment(tmp_path: Path, **given: str) -> dict[str, str]:
    return {"FITSM_VAR_DIR": str(tmp_path / "var"), **given}


def test_an_empty_environment_is_enough(tmp_path: Path) -> None:
    """Without a single variable there is a database file, a secret, a port and the shipped content."""
    config = read_config(environment(tmp_path))
    assert config.database_url == f"sqlite:///{tmp_path}/var/fitsm.db"
    assert config.address == "http://127.0.0.1:8080"
    assert (config.content_dir / "processes").is_dir()
    assert config.engine.database_url == config.database_url


def test_the_secret_is_made_once_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    """Sessions survive a restart, and other users of the machine cannot sign them."""
    first, second = read_config(environment(tmp_path)), read_config(environment(tmp_path))
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret"]


def test_services_are_configured(tmp_path: Path) -> None:
    """How long, where to, and who sends mails; credentials are taken from the URL and never shown."""
    given = {
        "FITSM_SERVICE_TIMEOUT": "7", "FITSM_SERVICE_HOSTS": "api.example.org, 10.0.0.0/8", "FITSM_MAIL_FROM": "a@b.org",
        "FITSM_SMTP_URL": "smtp+starttls://flow:p%40ss@mail.example.org",
    }  # fmt: skip
    services = read_config(environment(tmp_path, **given)).engine.services
    assert services.timeout.total_seconds() == 7
    assert services.hosts == ("api.example.org", "10.0.0.0/8")
    assert services.mail is not None
    assert (services.mail.host, services.mail.port, services.mail.security) == ("mail.example.org", 587, "starttls")
    assert (services.mail.user, services.mail.password) == ("flow", "p@ss")
    assert "p@ss" not in repr(services)
    assert read_config(environment(tmp_path)).engine.services.mail is None


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("mail.example.org", "a@b.org"), ("http://mail.example.org", "a@b.org"), ("smtp://", "a@b.org"),
        ("smtp://user:hidden@mail.example.org", "a@b.org"), ("smtps://mail.example.org:x", "a@b.org"),
        ("smtps://mail.example.org", ""), ("smtps://mail.example.org", "nobody"),
    ],
)  # fmt: skip
def test_a_mail_server_that_cannot_be_used_is_refused(tmp_path: Path, url: str, sender: str) -> None:
    """Also one that would get the password in clear text."""
    with pytest.raises(Invalid) as caught:
        read_config(environment(tmp_path, FITSM_SMTP_URL=url, FITSM_MAIL_FROM=sender))
    assert "hidden" not in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("FITSM_PORT", "http", "FITSM_PORT is 'http'"),
        ("FITSM_PORT", "70000", "FITSM_PORT is '70000'"),
        ("FITSM_HTTPS", "perhaps", "neither yes nor no"),
        ("FITSM_LOG_LEVEL", "loud", "FITSM_LOG_LEVEL is 'loud'"),
        ("FITSM_TIMEZONE", "Europe/Atlantis", "no time zone"),
        ("FITSM_TIMEZONE", "../../etc/passwd", "no time zone"),
        ("FITSM_SECRET_KEY", "short", "shorter than 32"),
        ("FITSM_CONTENT_DIR", "/nowhere", "No folder 'processes'"),
    ],
)
def test_a_wrong_value_is_named_with_a_way_out(tmp_path: Path, name: str, value: str, said: str) -> None:
    """A mistyped variable stops the start with its name, its value and what to write instead."""
    with pytest.raises(Invalid) as caught:
        read_config(environment(tmp_path, **{name: value}))
    assert said in caught.value.sentence
    assert caught.value.hint


def test_a_var_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file where the folder should be is said so, not a traceback."""
    (tmp_path / "var").write_text("")
    with pytest.raises(Invalid, match="cannot be kept"):
        read_config(environment(tmp_path))


def test_nothing_secret_is_shown() -> None:
    """Neither the signing key nor the database's password appears where a configuration is printed."""
    config = WebConfig(secret_key="s3cret" * 8, database_url="postgresql://fitsm:hunter2@db.example/fitsm")
    assert "s3cret" not in repr(config)
    assert "hunter2" not in repr(config)
    assert config.safe_database_url == "postgresql://fitsm@db.example/fitsm"


def test_an_open_server_still_prints_an_address_to_visit() -> None:
    """0.0.0.0 is where a server listens, not where a browser goes."""
    assert WebConfig(secret_key="x", host="0.0.0.0").address == "http://127.0.0.1:8080"
    assert WebConfig(secret_key="x", host="::1", https=True).address == "https://[::1]:8080"


def test_a_content_folder_can_be_given(tmp_path: Path) -> None:
    """An organisation keeps its own processes in its own folder."""
    (tmp_path / "processes").mkdir()
    assert content_dir(str(tmp_path)) == tmp_path
