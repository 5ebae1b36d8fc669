# SPDX-License-Identifier: Apache-2.0
"""From `fitsm up` to the first page: with a database that is there, and the very first time with the sample."""

from __future__ import annotations

from benchmarks.measure import Figure, Report, middle, scratch
from benchmarks.servers import FITSM, free_port, served

ROUNDS = 3


def run() -> Report:
    report = Report("startup", "From `fitsm up` to the first page")
    with scratch() as folder:
        environment = {"FITSM_DATABASE_URL": f"sqlite:///{folder}/fitsm.db", "FITSM_VAR_DIR": str(folder)}

        def start() -> float:
            port = free_port()
            with served([*FITSM, "up", "--no-browser", "--port", str(port)], folder, port, "/sign-in", environment) as took:
                return took

        report.figures.append(Figure("first start, with the sample organisation", start()))
        report.figures.append(Figure("every other start", middle([start() for _ in range(ROUNDS)])))
    return report
