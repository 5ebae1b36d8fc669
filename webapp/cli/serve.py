# SPDX-License-Identifier: Apache-2.0
"""The WSGI application of `fitsm up`: an engine, what becomes due, and the site, in one process."""

from __future__ import annotations

import atexit
import gc
import threading

from flask import Flask

from engine import Engine, open_engine
from engine.errors import EngineError
from webapp import create_app, log
from webapp.cli.show import complain
from webapp.config import read_config


def application() -> Flask:
    """Called once in the serving process. With FITSM_WORKER=no others do what becomes due (`fitsm worker`)."""
    try:
        return _open()
    except EngineError as error:
        raise SystemExit(complain(error)) from error


def _open() -> Flask:
    config = read_config()
    log.configure(json=config.log_json, level=config.log_level)
    engine = open_engine(config.engine)
    if config.worker:
        engine.start_timers()
        engine.start_sealing()
    _when_the_server_ends(engine)
    app = create_app(config, engine)
    _spare_the_collector()
    return app


def _when_the_server_ends(engine: Engine) -> None:
    """Finish the step that is being done, seal, close: while pools of threads still take work.

    Not `atexit`: that comes only after Python has closed all pools and waited for every thread, and those wait to be told.
    What `concurrent.futures` uses to be told in time has no public name.
    """

    def end() -> None:
        engine.stop_timers()
        engine.stop_sealing()
        engine.close()

    getattr(threading, "_register_atexit", atexit.register)(end)


def _spare_the_collector() -> None:
    """What the process was started with stays as long as it does, so Python need not look for garbage in it; and a step
    leaves few cycles behind, so it need not look after every 700 objects, which is several times in a request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
