# SPDX-License-Identifier: Apache-2.0
"""Moves the cases of process ``P`` to its newest version and says each on its output after the commit.

``python -m tests.crash.mover FOLDER URL``
"""

from __future__ import annotations

import sys
from pathlib import Path

from engine import SYSTEM, EngineConfig, Migration, open_engine


def tell(migration: Migration) -> None:
    sys.stdout.write(f"{migration.done}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    folder, url = sys.argv[1:]
    engine = open_engine(EngineConfig(url, Path(folder)))
    waiting = [m for m in engine.migrations(SYSTEM, "P") if m.left]
    if waiting:
        engine.continue_migration(SYSTEM, waiting[0].id, progress=tell)
    else:
        engine.migrate(SYSTEM, engine.plan_migration(SYSTEM, "P"), progress=tell)
    engine.close()
