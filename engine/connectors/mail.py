# SPDX-License-Identifier: Apache-2.0
"""``mail/send``: hands a message to the configured mail server.

Its Message-ID is made from the call's key, so it is the same for every attempt: a server or reader that sees the
message twice can tell (RFC 5322, 3.6.4).
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Mapping
from email.errors import MessageError
from email.headerregistry import Address, AddressHeader
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, cast

from engine.config import MailServer, Services
from engine.connectors.base import ConnectorFailed, Deadline
from engine.ports import Clock
from engine.values import Json

#: Addresses of one message.
MOST = 100
LARGEST = 500_000  #: characters of a body


def send(services: Services, clock: Clock, parameters: Mapping[str, Json], key: str) -> Json:
    """Send ``body`` as plain text with ``subject`` to ``to`` (a text or a list of texts), also to ``cc``.

    Returns ``message_id``, and in ``refused`` whom the server would not take it for (address -> its words); the others
    have it. An error 5xx of the server is final; its code is the error's code, e.g. ``SMTP550``.

    Raises:
        ConnectorFailed
    """
    server = services.mail
    if server is None:
        reason = "No mail server is configured. Set FITSM_SMTP_URL and FITSM_MAIL_FROM, then retry."
        raise ConnectorFailed(reason, code="NoMailServer", final=True)
    message = compose(server.sender, clock, parameters, key)
    seconds = services.timeout.total_seconds()
    with Deadline(seconds) as deadline:
        try:
            refused = _handed_over(server, message, seconds, deadline)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            final = all(500 <= c < 600 for c, _ in error.recipients.values())
            raise _failed(code, words, "Nobody it is for was accepted", final=final) from error
        except smtplib.SMTPResponseException as error:
            raise _failed(error.smtp_code, error.smtp_error, "The mail server refused") from error
        except smtplib.SMTPNotSupportedError as error:
            raise ConnectorFailed(
                f"The mail server cannot do it: {error}.", code="SMTPNotSupported", final=True
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            if deadline.expired or isinstance(error, TimeoutError):
                raise ConnectorFailed(
                    f"The mail server did not answer within {seconds:g} s.", code="Timeout"
                ) from error
            raise ConnectorFailed(f"The mail server cannot be reached: {error or type(error).__name__}.") from error
    told = {address: f"{code} {_text(words)}" for address, (code, words) in refused.items()}
    return {"message_id": str(message["Message-ID"]), **({"refused": told} if told else {})}


def compose(sender: str, clock: Clock, parameters: Mapping[str, Json], key: str) -> EmailMessage:
    """The message. Raises ConnectorFailed for what no mail can hold (code ``BadMail``, final)."""
    message = EmailMessage(policy=SMTP.clone(max_line_length=998))
    try:
        message["From"] = sender
        for header, name in (("To", "to"), ("Cc", "cc"), ("Reply-To", "reply_to")):
            if listed := _addresses(name, parameters.get(name)):
                message[header] = listed
        message["Subject"] = _one_line("subject", parameters.get("subject"))
        message["Date"] = clock.now()
        domain = cast("AddressHeader", message["From"]).addresses[0].domain
        message["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain.encode('idna').decode()}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
        message.set_content(_body(parameters.get("body")))
    except (ValueError, MessageError, IndexError) as error:
        raise _bad(str(error)) from error
    if "To" not in message:
        raise _bad("'to' names nobody")
    return message


def _handed_over(server: MailServer, message: EmailMessage, seconds: float, deadline: Deadline) -> dict[str, Any]:
    context = ssl.create_default_context()
    opened = (
        smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=context)
        if server.security == "tls"
        else smtplib.SMTP(server.host, server.port, timeout=seconds)
    )
    with opened as smtp:
        if smtp.sock is not None:
            deadline.watch(smtp.sock)
        if server.security == "starttls":
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
        return smtp.send_message(message)


def _addresses(name: str, given: Json) -> list[Address]:
    listed = given if isinstance(given, list) else [given]
    texts = [text for text in listed if text not in (None, "")]
    if len(texts) > MOST:
        raise _bad(f"'{name}' names more than {MOST} addresses")
    return [_address(name, text) for text in texts]


def _address(name: str, given: Json) -> Address:
    text = _one_line(name, given)
    try:
        scratch = EmailMessage(policy=SMTP)
        scratch["To"] = text
        header: Any = scratch["To"]
        [found] = header.addresses
    except (ValueError, MessageError, IndexError):
        raise _bad(f"'{text[:80]}' in '{name}' is no mail address") from None
    if header.defects or not found.username or not found.domain:
        raise _bad(f"'{text[:80]}' in '{name}' is no mail address")
    return cast("Address", found)


def _one_line(name: str, given: Json) -> str:
    if not isinstance(given, str) or not given.strip():
        raise _bad(f"'{name}' is no text")
    if any(ord(character) < 32 or ord(character) == 127 for character in given):
        raise _bad(f"'{name}' has more than one line")
    return given.strip()


def _body(given: Json) -> str:
    if not isinstance(given, str):
        raise _bad("'body' is no text")
    if len(given) > LARGEST:
        raise _bad(f"'body' is longer than {LARGEST:,} characters")
    return given.replace("\x00", "")


def _bad(reason: str) -> ConnectorFailed:
    return ConnectorFailed(f"The mail cannot be written: {reason}.", code="BadMail", final=True)


def _failed(code: int, words: bytes | str, what: str, *, final: bool | None = None) -> ConnectorFailed:
    last = 500 <= code < 600 if final is None else final
    return ConnectorFailed(f"{what}: {code} {_text(words)}", code=f"SMTP{code}", final=last)


def _text(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(text.split())[:300]
