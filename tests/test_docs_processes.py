# SPDX-License-Identifier: Apache-2.0
"""The page of all processes: what stands of a diagram on it, and what its picture keeps."""

from __future__ import annotations

import pytest

from engine import Inventory, take_inventory
from tests.browser.gallery import FOLDER, PAGE, ROOT, compact, page, picture_of
from webapp.coverage import read_catalogue

#: As bpmn-js draws: an element with a visual and a hit area, a marker for each flow.
SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="35 35 200 100"><g class="djs-group">
<g class="djs-element djs-shape" transform="matrix(1 0 0 1 40 50)"><g class="djs-visual">
<rect x="0" y="0" width="100" height="80" rx="10" style="stroke: rgb(34, 36, 42); fill: white; stroke-width: 1.5px;"/>
<text lineHeight="1.2" class="djs-label" style="font-family: Arial;"><tspan x="12.8134765625" y="43.6">A &amp; B</tspan></text>
</g><rect class="djs-hit" x="0" y="0" width="100" height="80"/></g>
<g class="djs-element djs-shape" transform="matrix(1 0 0 1 90 50)"><g class="djs-visual">
<rect x="0" y="0" width="100" height="80" rx="10" style="stroke: rgb(34, 36, 42); fill: white; stroke-width: 1.5px;"/>
</g></g>
<g class="djs-element djs-connection"><g class="djs-visual"><defs><marker id="marker-x1"><path d="M 1 5"/></marker></defs>
<path d="M1,2L3,4" style="marker-end: url(&quot;#marker-x1&quot;);"/></g></g>
<g class="djs-element djs-connection"><g class="djs-visual"><defs><marker id="marker-y2"><path d="M 1 5"/></marker></defs>
<path d="M5,6L7,8" style="marker-end: url(&quot;#marker-y2&quot;);"/></g></g>
</g></svg>"""


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    return take_inventory(ROOT)


def test_no_diagram_is_left_out(inventory: Inventory) -> None:
    """Each is on the page with its picture, and no picture is of a diagram that is gone. Else: `make gallery`."""
    shown = PAGE.read_text(encoding="utf-8")
    wanted = {picture_of(model): model.file for model in inventory.processes}
    drawn = {path.name for path in FOLDER.glob("*.svg")}
    assert not [file for name, file in wanted.items() if f"(img/processes/{name})" not in shown or name not in drawn]
    assert not drawn - set(wanted)


def test_a_section_tells_what_a_diagram_is_about(inventory: Inventory) -> None:
    """With its picture, what begins it, who works in it and what of the standard it performs."""
    text = page(inventory, read_catalogue(ROOT / "processes" / "fitsm"))
    for model in inventory.processes:
        assert f"### {model.name}\n" in text
        assert f"(img/processes/{picture_of(model)})" in text
    assert "- Begins with: Update asked for (message `service.update`); " in text
    assert "PR8.A2.1 Evaluate supplier performance" in text
    assert "ITEMO e.V." in text


def test_pictures_have_names_of_their_own(inventory: Inventory) -> None:
    assert len({picture_of(model) for model in inventory.processes}) == len(inventory.processes)


def test_a_picture_keeps_what_is_seen() -> None:
    """Shapes at their places and texts; no hit areas; a style, a marker and a drawing that recurs stand there once."""
    small = compact(SVG)
    assert 'viewBox="35 35 200 100"' in small
    assert "created with bpmn-js / http://bpmn.io" in small
    assert '<tspan x="12.8" y="43.6">A &amp; B</tspan>' in small
    assert "djs-hit" not in small
    assert small.count("<rect") == 1
    assert '<use href="#d0" transform="translate(40 50)"/>' in small
    assert '<use href="#d0" transform="translate(90 50)"/>' in small
    assert small.count("<marker") == small.count("marker-end") == 1
    assert len(small) < len(SVG)
