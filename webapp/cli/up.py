# SPDX-License-Identifier: Apache-2.0
"""`fitsm up` and `fitsm worker`: the processes that keep running."""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
import threading
import webbrowser

import click

from engine.errors import Conflict
from engine.values import SYSTEM
from webapp.cli import show
from webapp.cli.session import opened
from webapp.config import WebConfig, read_config


@click.command()
@click.option("--host", help="Address to listen on; 0.0.0.0 for all. Default: FITSM_HOST or 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: FITSM_PORT or 8080.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
def up(host: str | None, port: int | None, no_browser: bool) -> None:
    """Run FitSM Flow here: creates the database, publishes the processes, serves the site and fires the timers."""
    config = read_config()
    config = dataclasses.replace(config, host=host or config.host, port=port or config.port)
    _check_port(config)
    _prepare(config)
    show.out.print(f"\nFitSM Flow runs at [bold cyan]{config.address}[/bold cyan]   (stop it with Ctrl+C)\n")
    if not no_browser:
        _open_browser(config.address)
    serve(config)
    show.out.print("Stopped.")


@click.command()
def worker() -> None:
    """Fire due timers and seal histories without serving the site; for a machine that does nothing else."""
    stops = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)  # before threads are made, so that none of them is interrupted
    with opened() as (engine, config):
        engine.start_timers()
        engine.start_sealing()
        show.out.print(f"Firing timers of {config.safe_database_url}   (stop with Ctrl+C)")
        signal.sigwait(stops)
        engine.stop_timers()
        engine.stop_sealing()
    show.out.print("Stopped.")


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


def _prepare(config: WebConfig) -> None:
    """Bring the database up to date: schema, shipped content, and the sample organisation on the first start."""
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
    elif is_empty(config):
        show.out.print("Nobody can sign in yet. Add an administrator in another terminal:")
        show.out.print("  fitsm user add LOGIN --name 'Full Name' --role administrator")


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
