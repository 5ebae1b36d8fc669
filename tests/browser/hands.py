# SPDX-License-Identifier: Apache-2.0
"""What a person's hands and eyes do in the browser. Everything is found as people find it: by its role and its name."""

from __future__ import annotations

import re
from datetime import datetime

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.browser.site import Site

#: The browser's clock goes on from the moment that the site's clock shows. (A clock that stands still would stop every
#: pause after the last keystroke.)
_SHIFT = """(() => {
  const Real = globalThis.Date, ahead = new Real('NOW').getTime() - Real.now();
  globalThis.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(Real.now() + ahead); }
    static now() { return Real.now() + ahead; }
  };
})()"""


class Hands:
    """Somebody at a browser of their own, signed in or not."""

    def __init__(self, site: Site, context: BrowserContext, login: str | None = None) -> None:
        self.site, self.context, self.login = site, context, login
        self.troubles: list[str] = []
        self.allowed: list[str] = []
        self._shown: datetime | None = None
        context.set_default_timeout(10_000)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.troubles.append(f"uncaught: {error.error}"))
        self.set_clock()
        if login:
            self.sign_in(login)
        self.page = self.new_page()

    # --- where we are ----------------------------------------------------------------------------------------------

    def set_clock(self) -> None:
        """Pages opened from now on show the time that the site's clock shows."""
        now = self.site.clock.now()
        if now != self._shown:
            self.context.add_init_script(_SHIFT.replace("NOW", now.isoformat()))
            self._shown = now

    def sign_in(self, login: str) -> None:
        """A session as the site would make it, without the form (which has tests of its own)."""
        person = self.site.engine.people.get(login)
        session = {
            "person_id": person.id,
            "epoch": self.site.engine.people.session_epoch(person.id),
            "_permanent": True,
        }
        signed = self.site.app.session_interface.get_signing_serializer(self.site.app).dumps(session)
        self.context.add_cookies([{"name": "fitsm_session", "value": signed, "url": self.site.url, "httpOnly": True}])
        self.login = login

    def go(self, path: str) -> Hands:
        self.set_clock()
        self.page.goto(self.site.url + path)
        self.ready()
        return self

    def ready(self) -> None:
        """Every island of the page can be used."""
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('[data-island]')].every((e) => e.dataset.ready || e.dataset.error)"
        )

    def new_page(self) -> Page:
        """The same person opens a new tab, and goes on there."""
        self.page = self.context.new_page()
        self.page.on("dialog", lambda dialog: dialog.accept())  # "leave this page?" - yes
        return self.page

    # --- the form --------------------------------------------------------------------------------------------------

    def form(self) -> Locator:
        return self.page.locator("[data-island=form]")

    def field(self, label: str) -> Locator:
        return self.form().get_by_role("textbox", name=label, exact=True)

    def write(self, label: str, text: str) -> None:
        self.field(label).fill(text)

    def choose(self, question: str, answer: str) -> None:
        """Tick one of the answers to a question."""
        self.form().get_by_role("radiogroup", name=question).get_by_role("radio", name=answer).check()

    def select(self, label: str, answer: str) -> None:
        self.form().get_by_role("combobox", name=label, exact=True).select_option(label=answer)

    def pick(self, label: str, typed: str, entry: str) -> None:
        """Search a record or a person by typing, and take an entry of the list."""
        box = self._search(label, typed, entry)
        expect(box).to_have_value(re.compile(re.escape(entry)))

    def pick_one_more(self, label: str, typed: str, entry: str) -> None:
        """The same where several can be chosen."""
        box = self._search(label, typed, entry)
        expect(box).to_have_value("")
        expect(self.form().get_by_role("button", name=f"Remove {entry}")).to_be_visible()

    def _search(self, label: str, typed: str, entry: str) -> Locator:
        box = self.form().get_by_role("combobox", name=label, exact=True)
        box.press_sequentially(typed)
        self.page.get_by_role("option").filter(has_text=entry).first.click()
        return box

    def tick(self, label: str) -> None:
        self.form().get_by_role("checkbox", name=label).check()

    def send(self, button: str = "Complete") -> None:
        """Press the button; the next page is there when this returns."""
        before = self.page.url
        self.form().get_by_role("button", name=button, exact=True).click()
        self.page.wait_for_url(lambda url: url != before)
        self.ready()

    def press_send(self, button: str = "Complete") -> None:
        """Press the button, expecting to stay here."""
        self.form().get_by_role("button", name=button, exact=True).click()

    # --- pages -----------------------------------------------------------------------------------------------------

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()
        self.ready()

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def take(self, name: str) -> None:
        """Open a task of the list and take it."""
        self.page.locator(".task-list").get_by_role("link", name=name).first.click()
        self.take_this()

    def take_this(self) -> None:
        """Take the task of this page; its form opens."""
        self.press("Take this task")
        expect(self.page.get_by_role("button", name="Give back")).to_be_visible()
        self.ready()

    def case_id(self) -> str:
        """The case this page or task belongs to."""
        match = re.search(r"/cases/([^/?#]+)", self.page.url)
        if match:
            return match.group(1)
        task = re.search(r"/tasks/([^/?#]+)", self.page.url)
        assert task, self.page.url
        return self.site.engine.task(self.site.actor(self.login or ""), task.group(1)).case_id

    # --- troubles --------------------------------------------------------------------------------------------------

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(f"{message.type} at {message.page.url if message.page else '?'}: {message.text}")

    def expects(self, *texts: str) -> None:
        """Console messages that belong to what the test provokes, such as `422`."""
        self.allowed += texts

    @property
    def unexpected(self) -> list[str]:
        return [trouble for trouble in self.troubles if not any(text in trouble for text in self.allowed)]
