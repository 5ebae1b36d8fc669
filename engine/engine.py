# SPDX-License-Identifier: Apache-2.0
"""The engine: all parts of the façade as one object, and how to open it."""

from __future__ import annotations

from collections.abc import Mapping

from engine.config import EngineConfig
from engine.connectors import Connector, built_in
from engine.facade.beginning import BeginningFacade
from engine.facade.cases import CasesFacade
from engine.facade.definitions import DefinitionsFacade
from engine.facade.figures import FiguresFacade
from engine.facade.files import FilesFacade
from engine.facade.history import HistoryFacade
from engine.facade.migration import MigrationFacade
from engine.facade.practice import PracticeFacade
from engine.facade.registers import RegistersFacade
from engine.facade.schedule import ScheduleFacade
from engine.facade.seals import SealsFacade
from engine.facade.tasks import TasksFacade
from engine.facade.work import WorkFacade
from engine.ports import Clock, Ids, RandomIds, SystemClock
from engine.store import open_store


class Engine(
    BeginningFacade,
    DefinitionsFacade,
    CasesFacade,
    TasksFacade,
    WorkFacade,
    FilesFacade,
    HistoryFacade,
    MigrationFacade,
    SealsFacade,
    RegistersFacade,
    PracticeFacade,
    FiguresFacade,
    ScheduleFacade,
):
    """Executes published processes: every command and every question, each in one transaction. Thread safe."""


def open_engine(
    config: EngineConfig,
    clock: Clock | None = None,
    ids: Ids | None = None,
    connectors: Mapping[str, Connector] | None = None,
) -> Engine:
    """Open the database (creating or upgrading it) and return the engine on it.

    ``connectors``: operators of service tasks besides the built-in ``http/post``, ``mail/send`` and ``log/note``.

    Raises:
        StorageFailed: the database cannot be opened.
    """
    clock = clock or SystemClock()
    known = {**built_in(config.services, clock), **(connectors or {})}
    return Engine(config, open_store(config.database_url), clock, ids or RandomIds(), known)
