# SPDX-License-Identifier: Apache-2.0
"""The gallery: `python -m tests.browser.gallery` draws every shipped diagram and writes docs/processes.md.

The pictures are what bpmn-js makes of a diagram, without what a picture does not need: `docs/img/processes/*.svg`.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from lxml import etree
from playwright.sync_api import sync_playwright

from engine import Inventory, Model, take_inventory
from engine.bpmn import Element
from tests.browser.conftest import ARGUMENTS, find_chromium
from webapp.coverage import Catalogue, read_catalogue

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "processes.md"
FOLDER = ROOT / "docs" / "img" / "processes"
VIEWER = ROOT / "webapp" / "frontend" / "node_modules" / "bpmn-js" / "dist" / "bpmn-viewer.production.min.js"
LARGEST = 100_000  #: bytes of a picture

_SVG = "http://www.w3.org/2000/svg"
_DRAW = """async (xml) => {
  const viewer = new BpmnJS({ container: '#canvas' });
  await viewer.importXML(xml);
  const { svg } = await viewer.saveSVG();
  viewer.destroy();
  return svg;
}"""
_INTRODUCTION = """\
# The processes

<!-- Written by `python -m tests.browser.gallery`. Change the diagrams, then run it again. -->

{count} diagrams, as they run: what is drawn is what happens. How they are made is in
[processes/README.md](../processes/README.md); `fitsm coverage` says how much of the standard they are.

Activities, roles and terms are FitSM's, by ITEMO e.V., https://www.fitsm.eu, licensed under
[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). Order, gateways, times and tables are proposals of FitSM Flow.
Drawn with [bpmn-js](https://bpmn.io).
"""


# --- the page ------------------------------------------------------------------------------------------------------


def picture_of(model: Model) -> str:
    """The file name of a diagram's picture: its folder and file."""
    file = Path(model.file)
    return f"{file.parent.name}-{file.stem}.svg"


def page(inventory: Inventory, catalogue: Catalogue) -> str:
    """The whole page, process by process in the order of the standard."""
    return "\n".join(_lines(inventory, catalogue)).rstrip() + "\n"


def _lines(inventory: Inventory, catalogue: Catalogue) -> Iterator[str]:
    yield _INTRODUCTION.format(count=len(inventory.processes))
    titles = {one.id: f"{one.id} {one.title}" for one in (*catalogue.processes, *catalogue.general)}
    for process, title in {**titles, "": "Beside the standard"}.items():
        models = [model for model in inventory.processes if catalogue.process_of(model.file) == process]
        if models:
            yield f"## {title}\n"
        for model in sorted(models, key=lambda model: _performed(model)[:1] or ["~"]):
            yield from _section(model, inventory, catalogue)


def _section(model: Model, inventory: Inventory, catalogue: Catalogue) -> Iterator[str]:
    roles = {str(role["id"]): str(role["title"]) for role in inventory.roles}
    everything = (*catalogue.processes, *catalogue.general)
    activities = {one.id: one.title for process in everything for one in (*process.ongoing, *process.setup)}
    performed = [activity for activity in _performed(model) if activity in activities]
    yield f"### {model.name}\n"
    yield f"[![{model.name}](img/processes/{picture_of(model)})](img/processes/{picture_of(model)})\n"
    yield f"- Begins with: {'; '.join(_start(start, model, inventory, roles) for start in model.starts())}"
    if model.roles:
        yield f"- Roles: {', '.join(roles.get(role, role) for role in model.roles)}"
    if performed:
        yield f"- Performs: {'; '.join(f'{a} {activities[a]}' for a in performed)}"
    yield f"- File: [{model.file}](../{model.file})\n"


def _start(start: Element, model: Model, inventory: Inventory, roles: dict[str, str]) -> str:
    """What begins a case, in the diagram's words and with the name behind it."""
    if start.message:
        return f"{start.name} (message `{start.message.name}`)"
    if start.trigger:
        return f"{start.name} ({start.trigger.kind} `{start.trigger.name}`)"
    if register := start.properties.get("register"):
        cycle = start.timer is not None and start.timer.kind == "timeCycle"
        return f"{start.name} ({'while a' if cycle else 'a date of each'} record of `{register}`{' says so' if cycle else ''})"
    if start.timer:
        return f"{start.name} (timer)"
    listed = model.properties.get("startable_by", "").split()
    callers = [f"“{other.name}”" for other in inventory.processes if model.process_id in other.called]
    if callers and not listed:
        return f"{start.name} (called by {', '.join(callers)})"
    return f"{start.name} (by hand: {', '.join(roles.get(role, role) for role in listed) or 'anybody'})"


def _performed(model: Model) -> list[str]:
    """The ids of the activities of a diagram, in their order."""
    return sorted({a for e in model.elements.values() for a in e.properties.get("fitsm", "").split()})


# --- the pictures --------------------------------------------------------------------------------------------------


def compact(svg: str) -> str:
    """What bpmn-js has drawn, without what only an editor needs: styles and repeated drawings stand there once."""
    root = etree.fromstring(_with_few_markers(svg).encode())
    styles: dict[str, str] = {}
    kept: list[tuple[str, str]] = []  # (shift, what is drawn there)
    for element in root.iterfind(f".//{{{_SVG}}}g[@class]"):
        visual = element.find(f"{{{_SVG}}}g[@class='djs-visual']")
        if visual is not None:
            for _, run in groupby(visual, key=lambda child: child.tag == f"{{{_SVG}}}text"):
                drawn = "".join(_written(child, styles) for child in run)
                kept.append((_shift(element.get("transform", "")), drawn))
    markers = "".join(
        {marker.get("id"): _written(marker, styles) for marker in root.iter(f"{{{_SVG}}}marker")}.values()
    )
    often = [drawn for drawn, count in Counter(drawn for _, drawn in kept).items() if count > 1 and len(drawn) > 60]
    shared = {drawn: f"d{number}" for number, drawn in enumerate(often)}
    defined = "".join(f'<g id="{name}">{drawn}</g>' for drawn, name in shared.items())
    body = "\n".join(_placed(shift, drawn, shared) for shift, drawn in kept if drawn)
    rules = "".join(f".{name}{{{style}}}" for style, name in styles.items())
    x, y, width, height = (float(part) for part in root.get("viewBox", "0 0 0 0").split())
    return (
        "<!-- created with bpmn-js / http://bpmn.io -->\n"
        f'<svg xmlns="{_SVG}" width="{width:g}" height="{height:g}" viewBox="{x:g} {y:g} {width:g} {height:g}">\n'
        f"<style>svg{{background:#fff}}{rules}</style>\n<defs>{markers}{defined}</defs>\n{body}\n</svg>\n"
    )


def _with_few_markers(svg: str) -> str:
    """Each flow comes with an arrowhead of its own, under a random id: one of a kind is enough."""
    names: dict[str, str] = {}
    for own, drawn in re.findall(r'<marker id="([^"]+)"(.*?)</marker>', svg, re.DOTALL):
        svg = svg.replace(own, names.setdefault(drawn, f"m{len(names)}"))
    return svg


def _placed(shift: str, drawn: str, shared: dict[str, str]) -> str:
    at = f' transform="translate({shift})"' if shift else ""
    return f'<use href="#{shared[drawn]}"{at}/>' if drawn in shared else f"<g{at}>{drawn}</g>" if at else drawn


def _shift(transform: str) -> str:
    """`matrix(1 0 0 1 x y)` as `x y`; empty for none."""
    numbers = re.findall(r"-?[\d.]+", transform)
    return " ".join(numbers[4:]) if len(numbers) == 6 and any(float(n) for n in numbers[4:]) else ""


def _written(node: etree._Element, styles: dict[str, str]) -> str:
    """An element and what is in it as text, its style as a class, its numbers no longer than they need to be."""
    name = etree.QName(node).localname
    if name == "defs":
        return ""
    attributes = {key: value for key, value in node.attrib.items() if key not in ("class", "lineHeight", "style")}
    style = (
        re.sub(r"\s*([:;,])\s*", r"\1", node.get("style", ""))
        .strip(";")
        .replace('"', "")
        .replace("rgb(34,36,42)", "#22242a")
    )
    if style:
        attributes["class"] = styles.setdefault(style, f"s{len(styles)}")
    told = "".join(f' {key}="{_short(_escaped(value))}"' for key, value in attributes.items() if value)
    inside = _escaped(node.text or "") + "".join(_written(child, styles) for child in node)
    return f"<{name}{told}>{inside}</{name}>" if inside else f"<{name}{told}/>"


def _short(value: str) -> str:
    """Numbers with one digit behind the point; those of turned texts are next to nothing."""
    value = re.sub(r"-?[\d.]+e-\d+", "0", value)
    return re.sub(r"-?\d+\.\d{2,}", lambda found: f"{float(found[0]):.1f}", value)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def main() -> None:
    """Draw all diagrams, take away pictures of those that are gone, write the page."""
    path = find_chromium()
    if path is None:
        raise SystemExit("No Chromium was found. Install chromium, or name one with FITSM_CHROMIUM.")
    if not VIEWER.exists():
        raise SystemExit(f"{VIEWER} is not there: run 'make install' first.")
    inventory = take_inventory(ROOT)
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = {picture_of(model): ROOT / model.file for model in inventory.processes}
    for old in FOLDER.glob("*.svg"):
        if old.name not in wanted:
            old.unlink()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
        site = browser.new_page(viewport={"width": 1600, "height": 1000})
        site.set_content("<div id='canvas' style='width: 1600px; height: 1000px'></div>")
        site.add_script_tag(path=VIEWER)
        for name, file in wanted.items():
            picture = compact(site.evaluate(_DRAW, file.read_text(encoding="utf-8")))
            if len(picture) > LARGEST:
                raise SystemExit(f"{name} has {len(picture)} bytes, more than {LARGEST}.")
            (FOLDER / name).write_text(picture, encoding="utf-8")
        browser.close()
    PAGE.write_text(page(inventory, read_catalogue(ROOT / "processes" / "fitsm")), encoding="utf-8")
    size = sum(file.stat().st_size for file in FOLDER.glob("*.svg"))
    print(f"{len(wanted)} diagrams, {size // 1000} kB.")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
