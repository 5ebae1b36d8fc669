# SPDX-License-Identifier: Apache-2.0
"""The environment, read once into a frozen `WebConfig`. No Flask here, and nothing else reads the environment.

| variable | means | default |
|---|---|---|
| `FITSM_DATABASE_URL` | where everything is kept; `postgresql://…` for many processes | `sqlite:///var/fitsm.db` |
| `FITSM_WORKER` | the site also fires timers, delivers messages, makes calls and seals | yes |
| `FITSM_CONTENT_DIR` | folder that holds `processes/` and `forms/` | beside the packages, else inside the wheel |
| `FITSM_VAR_DIR` | folder of the database and the secret | `var` |
| `FITSM_SECRET_KEY` | signs the sessions; at least 32 characters | made once, kept in `var/secret` (mode 0600) |
| `FITSM_HOST`, `FITSM_PORT` | where the server listens | `127.0.0.1`, `8080` |
| `FITSM_HTTPS` | the site is reached by HTTPS: secure cookies, HSTS | no |
| `FITSM_TRUSTED_PROXIES` | reverse proxies in front, whose X-Forwarded headers count | `0` |
| `FITSM_SESSION_HOURS` | how long a sign-in lasts | `12` |
| `FITSM_DEMO` | fill an empty database with the sample organisation | yes |
| `FITSM_LOG_LEVEL` | `debug`, `info`, `warning`, `error` | `info` |
| `FITSM_LOG_JSON` | one JSON object a line instead of text | no |
| `FITSM_TIMEZONE` | whose local time counts until one is set (first run, *System*) | `Europe/Berlin` |
| `FITSM_METRICS_TOKEN` | what a monitor sends to read `/metrics`; at least 16 characters | only people with the right |
| `PROMETHEUS_MULTIPROC_DIR` | folder in which several processes add up what they count for `/metrics` | each its own |
| `FITSM_SEAL_KEY` | private key that signs heads of sealed histories | made once, `var/seal.key` (mode 0600) |
| `FITSM_LOG_NAME` | name of this installation in those heads | `fitsm-flow` |
| `FITSM_WITNESS_DIR` | folder, mounted from elsewhere, that gets each signed head at once | none |
| `FITSM_SEAL_SECONDS`, `FITSM_SEAL_EVENTS` | seal so often, or after so many events | `60`, `100` |
| `FITSM_MESSAGE_TTL` | how long a message is kept while nobody waits for it (ISO 8601) | `P30D` |
| `FITSM_SERVICE_TIMEOUT` | seconds that one attempt of a service call may take | `30` |
| `FITSM_SERVICE_HOSTS` | where service calls may go: names, `*.names`, networks, `*`; blanks between | every public address |
| `FITSM_SMTP_URL` | who sends mails: `smtp://host`, `smtp+starttls://user:password@host`, `smtps://…` | none |
| `FITSM_MAIL_FROM` | the address that mails come from | none |
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine import EngineConfig, MailServer, Sealing, Services, until_of
from engine.errors import EngineError, Invalid

_YES = {"1", "true", "yes", "on"}
_NO = {"0", "false", "no", "off", ""}
_LEVELS = ("debug", "info", "warning", "error")
#: Scheme -> how the connection is secured, and its port.
_MAIL: dict[str, tuple[Literal["none", "starttls", "tls"], int]] = {
    "smtp": ("none", 25), "smtp+starttls": ("starttls", 587), "smtps": ("tls", 465),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WebConfig:
    """All that the web application and the commands are told from outside. `secret_key` never appears in a log."""

    secret_key: str
    database_url: str = "sqlite:///var/fitsm.db"
    content_dir: Path = Path()
    host: str = "127.0.0.1"
    port: int = 8080
    https: bool = False
    demo: bool = False
    log_level: str = "info"
    log_json: bool = False
    timezone: str = "Europe/Berlin"
    var_dir: Path = Path("var")
    session_hours: int = 12
    trusted_proxies: int = 0
    product_name: str = "FitSM Flow"
    sealing: Sealing | None = None
    metrics_token: str = ""
    metrics_together: bool = False
    services: Services = field(default_factory=Services)
    worker: bool = True
    message_ttl: str = "P30D"

    def __repr__(self) -> str:
        return f"WebConfig(database_url={self.safe_database_url!r}, host={self.host!r}, port={self.port})"

    @property
    def engine(self) -> EngineConfig:
        """What the engine is told of it."""
        return EngineConfig(
            self.database_url,
            self.content_dir,
            self.timezone,
            self.sealing,
            self.services,
            queue=not self.is_sqlite,
            message_ttl=self.message_ttl,
        )

    @property
    def is_sqlite(self) -> bool:
        """Is it the embedded database, which one process at a time serves?"""
        return self.database_url.startswith("sqlite")

    @property
    def safe_database_url(self) -> str:
        """The database URL without its password, for people to read."""
        head, at, tail = self.database_url.rpartition("@")
        if not at:
            return self.database_url
        scheme, _, credentials = head.partition("://")
        return f"{scheme}://{credentials.partition(':')[0]}@{tail}"

    @property
    def address(self) -> str:
        """Where a person on this machine finds the site."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - compared, not bound
        return f"http{'s' if self.https else ''}://{f'[{host}]' if ':' in host else host}:{self.port}"


def read_config(environment: Mapping[str, str] | None = None) -> WebConfig:
    """The configuration that `environment` (default: the process's) asks for. Raises `Invalid` with what to write."""
    env = os.environ if environment is None else environment
    var_dir = Path(env.get("FITSM_VAR_DIR", "var"))
    return WebConfig(
        database_url=_database_url(env.get("FITSM_DATABASE_URL")) or f"sqlite:///{(var_dir / 'fitsm.db').as_posix()}",
        content_dir=content_dir(env.get("FITSM_CONTENT_DIR")),
        secret_key=_secret(env.get("FITSM_SECRET_KEY"), var_dir),
        log_json=_flag("FITSM_LOG_JSON", env.get("FITSM_LOG_JSON", "no")),
        session_hours=_number("FITSM_SESSION_HOURS", env.get("FITSM_SESSION_HOURS") or "12", most=24 * 31),
        trusted_proxies=_number("FITSM_TRUSTED_PROXIES", env.get("FITSM_TRUSTED_PROXIES") or "0", least=0, most=10),
        host=env.get("FITSM_HOST") or "127.0.0.1",
        port=_number("FITSM_PORT", env.get("FITSM_PORT") or "8080", most=65535),
        https=_flag("FITSM_HTTPS", env.get("FITSM_HTTPS", "no")),
        demo=_flag("FITSM_DEMO", env.get("FITSM_DEMO", "yes")),
        log_level=_level(env.get("FITSM_LOG_LEVEL") or "info"),
        timezone=_zone(env.get("FITSM_TIMEZONE") or "Europe/Berlin"),
        var_dir=var_dir,
        sealing=_sealing(env, var_dir),
        metrics_token=_metrics_token(env.get("FITSM_METRICS_TOKEN") or ""),
        metrics_together=bool(env.get("PROMETHEUS_MULTIPROC_DIR")),
        services=_services(env),
        worker=_flag("FITSM_WORKER", env.get("FITSM_WORKER", "yes")),
        message_ttl=_duration("FITSM_MESSAGE_TTL", env.get("FITSM_MESSAGE_TTL") or "P30D"),
    )


def _duration(name: str, text: str) -> str:
    try:
        until_of(text, datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("UTC"))
    except EngineError:
        text = ""
    if not text.startswith("P"):
        raise Invalid(f"{name} is no duration.", hint="Write it as in P30D or PT12H (ISO 8601).")
    return text


def _services(env: Mapping[str, str]) -> Services:
    seconds = _number("FITSM_SERVICE_TIMEOUT", env.get("FITSM_SERVICE_TIMEOUT") or "30", most=600)
    hosts = tuple(env.get("FITSM_SERVICE_HOSTS", "").replace(",", " ").split())
    return Services(timeout=timedelta(seconds=seconds), hosts=hosts, mail=_mail_server(env))


def _mail_server(env: Mapping[str, str]) -> MailServer | None:
    """The URL's password is never repeated in an error."""
    text, sender = env.get("FITSM_SMTP_URL") or "", env.get("FITSM_MAIL_FROM") or ""
    if not text:
        return None
    try:
        url = urlsplit(text)
        security, port = _MAIL[url.scheme]
        host, port = unquote(url.hostname or ""), url.port or port
    except (KeyError, ValueError):
        host = ""
    if not host:
        raise Invalid(
            "FITSM_SMTP_URL is no address of a mail server.", hint="Write smtp+starttls://host:587, for example."
        )
    if url.username and security == "none":
        raise Invalid("FITSM_SMTP_URL would send its password in clear text.", hint="Use smtp+starttls:// or smtps://.")
    if "@" not in sender:
        raise Invalid(f"FITSM_MAIL_FROM is '{sender}'.", hint="Set the address that mails come from.")
    return MailServer(host, sender, port, security, unquote(url.username or ""), unquote(url.password or ""))


def _database_url(given: str | None) -> str:
    """As SQLAlchemy takes it: `postgres://` and `postgresql://` mean the driver that is a part of the product."""
    for scheme in ("postgres://", "postgresql://"):
        if given and given.startswith(scheme):
            return f"postgresql+psycopg://{given.removeprefix(scheme)}"
    if given and not given.startswith(("sqlite:", "postgresql+psycopg:")):
        raise Invalid(
            f"FITSM_DATABASE_URL begins with '{given.partition(':')[0]}'.",
            hint="Use sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE.",
        )
    return given or ""


def _metrics_token(text: str) -> str:
    if text and len(text) < 16:
        raise Invalid("FITSM_METRICS_TOKEN is shorter than 16 characters.", hint="Use: openssl rand -hex 16")
    return text


def _sealing(env: Mapping[str, str], var_dir: Path) -> Sealing:
    name, witness = env.get("FITSM_LOG_NAME") or "fitsm-flow", env.get("FITSM_WITNESS_DIR")
    if "+" in name or any(character.isspace() for character in name):
        raise Invalid(
            f"FITSM_LOG_NAME is '{name}'.", hint="Use a name without blanks and plus signs, like flow.example.org."
        )
    return Sealing(
        key_file=Path(env.get("FITSM_SEAL_KEY") or var_dir / "seal.key"),
        name=name,
        witness_dir=Path(witness) if witness else None,
        every=timedelta(seconds=_number("FITSM_SEAL_SECONDS", env.get("FITSM_SEAL_SECONDS") or "60", most=86_400)),
        events=_number("FITSM_SEAL_EVENTS", env.get("FITSM_SEAL_EVENTS") or "100", most=1_000_000),
    )


def content_dir(given: str | None = None) -> Path:
    """The folder that holds `processes/` and `forms/`: the one given, the project's own, or the wheel's copy."""
    package = Path(__file__).resolve().parent
    candidates = [Path(given)] if given else [package.parent, package / "_content"]
    for folder in candidates:
        if (folder / "processes").is_dir():
            return folder
    raise Invalid(
        f"No folder 'processes' was found in {' or '.join(map(str, candidates))}.",
        hint="Set FITSM_CONTENT_DIR to the folder that holds processes/ and forms/.",
    )


def _secret(given: str | None, var_dir: Path) -> str:
    if given:
        if len(given) < 32:
            raise Invalid("FITSM_SECRET_KEY is shorter than 32 characters.", hint="Use: openssl rand -hex 32")
        return given
    kept = var_dir / "secret"
    try:
        return _kept_secret(kept)
    except OSError as error:
        raise Invalid(
            f"The secret that signs sessions cannot be kept in {kept}: {error.strerror}.",
            hint="Make the folder writable, or set FITSM_SECRET_KEY or FITSM_VAR_DIR.",
        ) from error


def _kept_secret(kept: Path) -> str:
    """The secret in `kept`, made if it is not there. Two processes that start together end up with the same one."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    if not kept.exists():
        fresh = kept.with_name(f"{kept.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, kept)  # fails if somebody else was first: theirs counts
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return kept.read_text(encoding="ascii").strip()


def _number(name: str, text: str, *, least: int = 1, most: int) -> int:
    if text.isascii() and text.isdigit() and least <= int(text) <= most:
        return int(text)
    raise Invalid(f"{name} is '{text}'.", hint=f"Use a whole number from {least} to {most}.")


def _flag(name: str, text: str) -> bool:
    if text.lower() in _YES | _NO:
        return text.lower() in _YES
    raise Invalid(f"{name} is '{text}', which is neither yes nor no.", hint="Write yes or no.")


def _level(text: str) -> str:
    if text.lower() in _LEVELS:
        return text.lower()
    raise Invalid(f"FITSM_LOG_LEVEL is '{text}'.", hint=f"Use one of {', '.join(_LEVELS)}.")


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        sentence = f"FITSM_TIMEZONE is '{text}', which is no time zone."
        raise Invalid(sentence, hint="Use a name such as Europe/Berlin.") from error
    return text
