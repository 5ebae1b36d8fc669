# SPDX-License-Identifier: Apache-2.0
"""``mail/send`` against a real SMTP server: the message, its stable id, what is refused for good and what is not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from engine import MailServer, Services, VirtualClock
from engine.connectors import ConnectorFailed, built_in
from engine.connectors.mail import LARGEST, compose

CLOCK = VirtualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
MAIL = {"to": "Ann Lee <ann@example.org>", "subject": "Störung INC-1", "body": "Geht wieder.\nGruß"}


class Postman:
    """Takes mails, or refuses as it is told (command -> its answer)."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.refusals: dict[str, str] = {}

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if "DATA" in self.refusals:
            return self.refusals.pop("DATA")
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append((list(envelope.rcpt_tos), message))
        return "250 OK"


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def services(postman: Postman) -> Iterator[Services]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(postman, hostname="127.0.0.1", port=port)
    controller.start()
    server = MailServer("127.0.0.1", "FitSM Flow <flow@example.org>", port)
    yield Services(timeout=timedelta(seconds=5), mail=server)
    controller.stop()


def send(services: Services, key: str = "case1.3.Tell", **parameters: Any) -> Any:
    return built_in(services, CLOCK)["mail/send"]({**MAIL, **parameters}, key)


def failure(services: Services, **parameters: Any) -> ConnectorFailed:
    with pytest.raises(ConnectorFailed) as caught:
        send(services, **parameters)
    return caught.value


def test_a_mail_arrives(services: Services, postman: Postman) -> None:
    """With everything that it was given; its date is the clock's."""
    answer = send(services, cc=["bob@example.org", "eve@example.org"], reply_to="desk@example.org")
    [(to, message)] = postman.taken
    assert to == ["ann@example.org", "bob@example.org", "eve@example.org"]
    assert message["From"] == "FitSM Flow <flow@example.org>"
    assert message["Subject"] == "Störung INC-1"
    assert message["Reply-To"] == "desk@example.org"
    assert message["Date"].datetime == CLOCK.now()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n").strip() == "Geht wieder.\nGruß"
    assert answer == {"message_id": message["Message-ID"]}


def test_the_message_id_is_that_of_the_call(services: Services, postman: Postman) -> None:
    """Each attempt of a call has the same, so that who gets the mail twice can tell; another call has another."""
    for key in ("case1.3.Tell", "case1.3.Tell", "case2.3.Tell"):
        send(services, key)
    first, again, other = (message["Message-ID"] for _, message in postman.taken)
    assert first == again != other
    assert first.endswith("@example.org>")


def test_a_server_that_is_busy_is_tried_again(services: Services, postman: Postman) -> None:
    """4xx may get better."""
    postman.refusals = {"DATA": "451 try later"}
    failed = failure(services)
    assert (failed.code, failed.final) == ("SMTP451", False)
    assert send(services)["message_id"]


def test_a_server_that_will_not_is_not(services: Services, postman: Postman) -> None:
    """5xx is final, for the message as for the only recipient."""
    postman.refusals = {"DATA": "554 looks like spam"}
    failed = failure(services)
    assert (failed.code, failed.final) == ("SMTP554", True)
    postman.refusals = {"ann@example.org": "550 no such person"}
    failed = failure(services)
    assert (failed.code, failed.final) == ("SMTP550", True)
    assert "no such person" in str(failed)


def test_some_may_be_refused(services: Services, postman: Postman) -> None:
    """The others have it, so it is not sent again; the case is told who has not."""
    postman.refusals = {"bob@example.org": "550 left the company"}
    answer = send(services, cc="bob@example.org")
    assert answer["refused"] == {"bob@example.org": "550 left the company"}
    assert [to for to, _ in postman.taken] == [["ann@example.org"]]


@pytest.mark.parametrize(
    "parameters",
    [
        {"to": ""}, {"to": None}, {"to": []}, {"to": "nobody"}, {"to": "a@b, c@d"}, {"to": ["a@b.org"] * 101}, {"to": 7},
        {"to": "a@b.org\r\nBcc: all@example.org"}, {"subject": "x\r\nBcc: all@example.org"}, {"subject": ""},
        {"subject": None}, {"body": None}, {"body": {"a": 1}}, {"body": "x" * (LARGEST + 1)}, {"cc": "@"},
        {"reply_to": "a@b.org\nX: y"},
    ],
)  # fmt: skip
def test_what_is_no_mail_is_refused_before_anything_is_sent(
    services: Services, postman: Postman, parameters: dict
) -> None:
    """Nobody gets a header in by a form field; a bad mail does not get better."""
    failed = failure(services, **parameters)
    assert (failed.code, failed.final) == ("BadMail", True)
    assert postman.taken == []


def test_without_a_mail_server_it_says_what_to_set() -> None:
    """Not again and again: an operator must do something."""
    failed = failure(Services())
    assert (failed.code, failed.final) == ("NoMailServer", True)
    assert "FITSM_SMTP_URL" in str(failed)


def test_nobody_there_and_nobody_who_speaks(services: Services) -> None:
    """Both are passing errors, and both end in time."""
    assert services.mail is not None
    gone = replace(services, mail=replace(services.mail, port=9))
    assert not failure(gone).final
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        waiting = replace(services.mail, port=mute.getsockname()[1])
        failed = failure(Services(timeout=timedelta(seconds=0.3), mail=waiting))
    assert (failed.code, failed.final) == ("Timeout", False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # the sample server has no certificate
def test_a_password_is_only_sent_where_the_server_asks_for_it(postman: Postman) -> None:
    """And a wrong one is final: an operator must mend it."""

    def known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == b"right"
        return AuthResult(success=good, handled=False)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(
        postman, hostname="127.0.0.1", port=port, authenticator=known, auth_require_tls=False, auth_required=True
    )
    controller.start()
    try:
        server = MailServer("127.0.0.1", "flow@example.org", port, user="flow", password="right")
        assert "right" not in repr(server)
        assert send(Services(mail=server))["message_id"]
        failed = failure(Services(mail=replace(server, password="wrong")))
        assert (failed.code, failed.final) == ("SMTP535", True)
    finally:
        controller.stop()


def test_the_server_must_speak_tls_where_it_is_told_to(services: Services, postman: Postman) -> None:
    """Nothing goes out in clear text when STARTTLS is asked for."""
    assert services.mail is not None
    failed = failure(replace(services, mail=replace(services.mail, security="starttls")))
    assert failed.final
    assert postman.taken == []


def test_a_display_name_outside_ascii_is_kept() -> None:
    """As a person reads it."""
    message = compose("flow@example.org", CLOCK, {**MAIL, "to": "Jürgen Groß <j@example.org>"}, "k")
    parsed = message_from_bytes(message.as_bytes(), policy=default)
    assert parsed["To"].addresses[0].display_name == "Jürgen Groß"
