# SPDX-License-Identifier: Apache-2.0
"""Which hosts a service call may reach: a diagram must not be a way into the network behind the server (SSRF).

Without a list: every public address. With one: only what it names. The name is resolved once and the connection goes to
the very address that was checked, so that a name cannot point elsewhere a moment later.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

from engine.connectors.base import ConnectorFailed

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: IPv4 addresses in disguise (RFC 6052); what is behind them is not seen from here.
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def resolve(host: str, port: int, allowed: Sequence[str]) -> list[str]:
    """The addresses of ``host`` that may be reached, in the resolver's order.

    ``allowed``: names (``api.example.org``, ``*.example.org``), networks (``10.1.0.0/16``), ``*`` for everything; a
    name may end in ``:port``.

    Raises:
        ConnectorFailed: there are none; ``final`` if that is the rule's word and not the resolver's.
    """
    named = any(_names(pattern, host, port) for pattern in allowed)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ConnectorFailed(f"The host '{host}' is not known: {error}.", code="NoSuchHost") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    reachable = [a for a in addresses if named or may_reach(ipaddress.ip_address(a.partition("%")[0]), allowed)]
    if not reachable:
        raise ConnectorFailed(
            f"This installation may not call '{host}' ({', '.join(addresses[:3])}). FITSM_SERVICE_HOSTS lists what it may.",
            code="HostNotAllowed",
            final=True,
        )
    return reachable


def may_reach(address: Address, allowed: Sequence[str]) -> bool:
    """Whether an address of a host that no pattern names may be reached."""
    if not allowed:
        return is_public(address)
    return any(_holds(pattern, address) for pattern in allowed)


def is_public(address: Address) -> bool:
    """Whether it is an address of the public internet, also where it hides an IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.sixtofour is not None or address.teredo is not None or address in _TRANSLATED:
            return False
    return address.is_global and not address.is_multicast


def _names(pattern: str, host: str, port: int) -> bool:
    name, colon, number = pattern.rpartition(":")
    if colon and number.isdigit() and ":" not in name:
        if int(number) != port:
            return False
    else:
        name = pattern
    name, host = name.lower(), host.lower().rstrip(".")
    return name in ("*", host) or (name.startswith("*.") and host.endswith(name[1:]))


def _holds(pattern: str, address: Address) -> bool:
    try:
        network = ipaddress.ip_network(pattern)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address in network
