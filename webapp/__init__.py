# SPDX-License-Identifier: Apache-2.0
"""The house for people: Flask pages over the engine. Talks to the engine only through its door.

One blueprint per kind of user, each with the same rooms: ``__init__`` (its URLs), ``views`` (read input, ask the
engine, render) and ``present`` (values into what a page shows). No rules, no queries and no commits live here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from engine import Engine, open_engine
from webapp import assets, errors, filters, first_run, health, log, metrics, navigation, security
from webapp.config import WebConfig, read_config
from webapp.replies import LosslessJson


class Site(Flask):
    """Flask without asking of each function at each call whether it is asynchronous: none is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(config: WebConfig | None = None, engine: Engine | None = None) -> Flask:
    """The application. Without an engine it opens the one that the configuration names."""
    config = config or read_config()
    app = Site(__name__)
    app.config.update(WEB=config, DEMO=config.demo)
    app.extensions["engine"] = engine or open_engine(config.engine)
    app.json = LosslessJson(app)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.policies["json.dumps_kwargs"] = {}  # Jinja would sort the names
    log.install(app)
    security.install(app, config)
    errors.install(app)
    filters.install(app)
    assets.install(app)
    navigation.install(app)
    metrics.install(app, config, app.extensions["engine"])
    _register(app)
    first_run.install(app)
    if hops := config.trusted_proxies:  # they name the caller and the scheme; nobody else is believed
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def _register(app: Flask) -> None:
    """The blueprints."""
    from webapp import (
        api,
        audit,
        auth,
        calendar,
        cases,
        conformity,
        documents,
        figures,
        files,
        home,
        people,
        registers,
        roles,
        standstills,
        studio,
        system,
        tasks,
    )

    app.register_blueprint(health.bp)
    app.register_blueprint(metrics.bp)
    rooms = (
        first_run, auth, home, tasks, calendar, cases, figures, studio, audit, conformity, registers, documents, files, people,
        roles, standstills, system,
    )  # fmt: skip
    for room in rooms:
        app.register_blueprint(room.bp)
    app.register_blueprint(api.bp)
