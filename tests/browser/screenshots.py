# SPDX-License-Identifier: Apache-2.0
"""The pictures of the README: `python -m tests.browser.screenshots` writes docs/img/*.png from the sample organisation.

The sample ends on a fixed day, so that the pictures change only when the pages do.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from engine.values import SYSTEM, Case, CaseFilter, TaskFilter
from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.browser.hands import Hands
from tests.browser.site import INCIDENTS, Site, config_of
from webapp.demo.build import build

FOLDER = Path(__file__).parents[2] / "docs" / "img"
THURSDAY = datetime(2026, 9, 24, 7, 30, tzinfo=UTC)
LARGEST = 200_000  #: bytes
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 780}


@dataclass(frozen=True)
class Photographer:
    """Opens pages as somebody and keeps what they look like."""

    site: Site
    browser: Browser
    folder: Path

    def at(self, login: str, path: str, **options: object) -> Hands:
        settings = {"viewport": DESK, "timezone_id": "Europe/Berlin", "locale": "en-GB", "color_scheme": "light"}
        context = self.browser.new_context(**{**settings, "reduced_motion": "reduce", **options})
        return Hands(self.site, context, login).go(path)

    def keep(self, hands: Hands, name: str) -> None:
        file = self.folder / f"{name}.png"
        hands.page.mouse.move(0, 0)
        hands.page.screenshot(path=file, animations="disabled", caret="hide")
        hands.context.close()
        size = file.stat().st_size
        print(f"{file.name}: {size // 1000} kB")  # noqa: T201
        if size > LARGEST:
            raise SystemExit(f"{file} has {size} bytes, more than {LARGEST}.")

    # --- the pictures ----------------------------------------------------------------------------------------------

    def tasks(self) -> None:
        self.keep(self.at("carla", "/"), "tasks")

    def task_form(self) -> None:
        carla = self.at("carla", f"/tasks/{self._task('carla', 'PR9_ISRM_resolve:Task_Resolve')}")
        carla.write("What was done?", "Done as asked, and checked together with the user by telephone.")
        carla.select("Kind of resolution", "Fixed or fulfilled")
        carla.press_send("Save draft")
        carla.sees("Draft saved")
        carla.page.evaluate("() => scrollTo(0, 0)")
        self.keep(carla, "task-form")

    def calendar(self) -> None:
        self.keep(self.at("ines", "/calendar/?view=year&scope=all"), "calendar")

    def phone(self) -> None:
        options = {"viewport": PHONE, "device_scale_factor": 1.5, "is_mobile": True, "has_touch": True}
        tom = self.at("tom", f"/tasks/{self._task('tom', 'Task_Confirm')}", **options)
        tom.choose("Is it solved?", "Yes, it is solved")
        tom.page.evaluate("() => scrollTo(0, 0)")
        self.keep(tom, "phone")

    def case(self) -> None:
        self.keep(self.at("greta", f"/cases/{self._case(state='running').id}"), "case")

    def replay(self) -> None:
        mia = self.at("mia", f"/audit/cases/{self._case(state='completed').id}")
        table = mia.page.get_by_role("table", name="All steps of this case")
        table.get_by_role("link", name="Completed: Resolve incident").first.click()
        mia.page.evaluate("() => scrollTo(0, 0)")
        self.keep(mia, "replay")

    def editor(self) -> None:
        lars = self.at("lars", f"/studio/processes/{INCIDENTS}/edit")
        lars.page.locator(".djs-shape[data-element-id=Task_Close]").click()
        expect(lars.page.get_by_role("region", name="Properties")).to_contain_text("Close incident")
        self.keep(lars, "editor")

    # --- what is worth a picture -----------------------------------------------------------------------------------

    def _task(self, login: str, element: str) -> str:
        """A task of this kind that this person works on, or takes now."""
        engine, actor = self.site.engine, self.site.actor(login)
        tasks = [task for task in engine.tasks(actor, TaskFilter(limit=200)).items if task.element == element]
        chosen = next((task for task in tasks if task.claimed_by == login), None)
        return (chosen or engine.claim(actor, tasks[0].id)).id

    def _case(self, state: str) -> Case:
        """The incident in this state that went the longest way: one with a change, if there is any."""
        engine = self.site.engine
        cases = engine.cases(SYSTEM, CaseFilter(state=state, process_id=INCIDENTS, limit=200)).items  # type: ignore[arg-type]
        return max(
            cases, key=lambda case: (len(engine.case(SYSTEM, case.id).related), len(engine.case(SYSTEM, case.id).tasks))
        )


def main() -> None:
    """Build the sample organisation, open the pages, write the pictures."""
    path = find_chromium()
    if path is None:
        raise SystemExit("No Chromium was found. Install chromium, or name one with FITSM_CHROMIUM.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        sample, here = Path(folder, "sample"), Path(folder, "site")
        sample.mkdir()
        here.mkdir()
        build(config_of(sample).engine, until=THURSDAY)
        site = Site(here, sample / "site.db", at=THURSDAY)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
            pictures = Photographer(site, browser, FOLDER)
            for take in (
                pictures.tasks,
                pictures.task_form,
                pictures.case,
                pictures.replay,
                pictures.editor,
                pictures.calendar,
                pictures.phone,
            ):
                take()
            browser.close()
        site.stop()


if __name__ == "__main__":
    sys.exit(main())
