# SPDX-License-Identifier: Apache-2.0
"""`fitsm up` and `fitsm worker`: the processes that keep running."""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager

import click

from engine import Engine
from engine.errors import Conflict, Invalid
from engine.values import SYSTEM
from webapp import log
from webapp.cli import show
from webapp.cli.session import opened
from webapp.config import WebConfig, read_config
from webapp.first_code import address


@click.command()
@click.option("--host", help="Address to listen on; 0.0.0.0 for all. Default: FITSM_HOST or 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: FITSM_PORT or 8080.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--no-worker", is_flag=True, help="Only serve the site; `fitsm worker` processes do what becomes due.")
def up(host: str | None, port: int | None, no_browser: bool, no_worker: bool) -> None:
    """Run FitSM Flow here: creates the database, publishes the processes, serves the site and fires the timers."""
    config = read_config()
    config = dataclasses.replace(config, host=host or config.host, port=port or config.port)
    _check_worker(config, no_worker=no_worker)
    _check_port(config)
    begins = _prepare(config)
    show.out.print(f"\nFitSM Flow runs at [bold cyan]{config.address}[/bold cyan]   (stop it with Ctrl+C)\n")
    first = address(config.address, config.secret_key)
    if begins:
        show.out.print(f"Nobody can sign in yet. Set it up at [bold cyan]{first}[/bold cyan]\n", soft_wrap=True)
    if not no_browser:
        _open_browser(first if begins else config.address)
    serve(config)
    show.out.print("Stopped.")


@click.command()
@click.option(
    "--concurrency", type=click.IntRange(1, 64), default=4, show_default=True, help="Steps, and as many calls, at once."
)
@click.option("--no-seal", is_flag=True, help="Leave sealing to others, for a machine that does not hold the key.")
@click.option("--metrics-port", type=click.IntRange(1, 65535), help="Give figures to a monitor on this machine there.")
def worker(concurrency: int, no_seal: bool, metrics_port: int | None) -> None:
    """Do what becomes due, without serving the site: fire timers, deliver messages, call services, seal histories.

    As many as you like, on as many machines; they need PostgreSQL. SIGTERM ends one after the step it is doing.
    """
    config = read_config()
    if config.is_sqlite:
        raise Invalid(
            "The embedded SQLite database needs no worker: `fitsm up` does everything in one process.",
            hint="For more processes set FITSM_DATABASE_URL=postgresql://…; see docs/operations.md.",
        )
    stops = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)  # before threads are made, so that none of them is interrupted
    log.configure(json=config.log_json, level=config.log_level)
    with opened(config) as (engine, _), _figures(engine, config, metrics_port):
        engine.start_timers(concurrency)
        if not no_seal:
            engine.start_sealing()
        show.out.print(f"Working for {config.safe_database_url}, {concurrency} at once   (stop with Ctrl+C)")
        signal.sigwait(stops)
        show.out.print("Finishing what is being done.")
        engine.stop_timers()
        engine.stop_sealing()
    show.out.print("Stopped.")


def _check_worker(config: WebConfig, *, no_worker: bool) -> None:
    """Pass the choice on to the serving process, which reads the environment itself."""
    if config.is_sqlite and (no_worker or not config.worker):
        raise Invalid(
            "With SQLite the site is the only process that can do what becomes due; it cannot leave it out.",
            hint="Leave out --no-worker (FITSM_WORKER=no), or use PostgreSQL.",
        )
    if no_worker:
        os.environ["FITSM_WORKER"] = "no"


@contextmanager
def _figures(engine: Engine, config: WebConfig, port: int | None) -> Iterator[None]:
    """Answer a monitor on this machine, on a port of its own; nothing without one."""
    if port is None:
        yield
        return
    from prometheus_client import start_http_server

    from webapp.metrics import measured

    registry = measured(engine, together=config.metrics_together)
    try:
        server, thread = start_http_server(port, "127.0.0.1", registry)
    except OSError as error:
        raise Conflict(
            f"Port {port} cannot be used: {os.strerror(error.errno or 0)}.", hint="Use another --metrics-port."
        ) from error
    show.out.print(f"Figures: http://127.0.0.1:{port}/metrics")
    yield
    server.shutdown()
    server.server_close()
    thread.join()


def serve(config: WebConfig) -> None:
    """Serve the site until SIGTERM or SIGINT; Granian watches one process that answers with a pool of threads."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "webapp.cli.serve:application",
        factory=True,
        address=config.host,
        port=config.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=8,
        backlog=256,
        workers_kill_timeout=10,
        log_level=LogLevels.error,
    ).serve()


def _prepare(config: WebConfig) -> bool:
    """Bring the database up to date: schema, shipped content, and the sample organisation on the first start.

    Returns whether nobody is there yet.
    """
    from webapp.cli.demo import build_with_progress, is_empty, show_people

    if config.demo and is_empty(config):
        build_with_progress(config)
    else:
        with opened(config) as (engine, _):
            published = engine.publish_content(SYSTEM)
        if published:
            show.good(f"Published {len(published)} new process versions.")
    if config.demo:
        show_people(config)
    return is_empty(config)


def _check_port(config: WebConfig) -> None:
    """Raise Conflict with a way out if the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            raise Conflict(
                f"{config.host} port {config.port} cannot be used: {os.strerror(error.errno or 0)}.",
                hint=f"Use another port: fitsm up --port {config.port % 65535 + 1}",
            ) from error


def _open_browser(address: str) -> None:
    """Show the site to a person who sits at this machine, once it has had a moment to start."""
    if show.out.is_terminal and (os.environ.get("DISPLAY") or os.name == "nt" or os.uname().sysname == "Darwin"):
        threading.Timer(1.5, webbrowser.open, [address]).start()
