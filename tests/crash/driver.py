# SPDX-License-Identifier: Apache-2.0
"""Starts cases on the engine as fast as it can and says each on its output: after the commit, or (``early``) before it.

``python -m tests.crash.driver FOLDER DATABASE after|early FIRST``
"""

from __future__ import annotations

import sys
from pathlib import Path

from engine import Engine, EngineConfig, open_engine


def acknowledge(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def run(engine: Engine, early: bool, number: int) -> None:
    wanda = engine.people.actor("wanda")
    while True:
        number += 1
        if early:
            acknowledge(number)
        engine.start(wanda, "P", {"n": number}, key=f"k{number}")
        if not early:
            acknowledge(number)


if __name__ == "__main__":
    folder, database, when, first = sys.argv[1:]
    run(open_engine(EngineConfig(database, Path(folder))), when == "early", int(first))
