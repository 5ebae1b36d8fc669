# SPDX-License-Identifier: Apache-2.0
"""The WSGI application of `fitsm up`: an engine, what becomes due, and the site, in one process."""

from __future__ import annotations

import atexit
import gc

from flask import Flask

from engine import open_engine
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
    atexit.register(engine.close)
    atexit.register(engine.stop_sealing)
    atexit.register(engine.stop_timers)
    app = create_app(config, engine)
    _spare_the_collector()
    return app


def _spare_the_collector() -> None:
    """What the process was started with stays as long as it does, so Python need not look for garbage in it; and a step
    leaves few cycles behind, so it need not look after every 700 objects, which is several times in a request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
