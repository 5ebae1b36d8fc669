# SPDX-License-Identifier: Apache-2.0
"""`fitsm layout`: gives diagrams their positions, so that a process can be written as text and read as a picture."""

from __future__ import annotations

from pathlib import Path

import click

from engine import draw
from engine.errors import Invalid
from webapp.cli import show


@click.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write here instead of into FILE; for one FILE.")
def layout(files: tuple[Path, ...], output: Path | None) -> None:
    """Draw diagrams anew, left to right: positions that FILE has are replaced, everything else stays as it is."""
    if output is not None and len(files) > 1:
        raise Invalid("--output takes one diagram.", hint="Leave it out to draw each FILE in its place.")
    for file in files:
        drawn = draw(file.read_bytes(), file.as_posix())
        target = output or file
        target.write_bytes(drawn)
        show.out.print(f"{target}: drawn.")
