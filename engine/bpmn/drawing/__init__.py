# SPDX-License-Identifier: Apache-2.0
"""Draws diagrams: gives a BPMN file the positions (BPMN 2.0, chapter 12: Diagram Interchange) that it lacks.

Left to right, one main path on a line, lanes as bands, right-angled flows. It needs nothing of its neighbours but the
hardened XML reader; ``fitsm layout`` and the pages that show diagrams use it.
"""

from functools import lru_cache

from engine.bpmn.drawing.interchange import draw, has_drawing

__all__ = ["draw", "with_drawing"]


@lru_cache(maxsize=64)
def with_drawing(data: bytes, name: str) -> bytes:
    """The file as it is if it has positions; else drawn.

    Raises:
        DiagramInvalid: it is not XML that is taken.
    """
    return data if has_drawing(data, name) else draw(data, name)
