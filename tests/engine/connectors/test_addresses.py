# SPDX-License-Identifier: Apache-2.0
"""Where service calls may go."""

from __future__ import annotations

import ipaddress
from datetime import timedelta

import pytest

from engine import Services
from engine.connectors import ConnectorFailed
from engine.connectors.addresses import is_public, may_reach, resolve
from engine.connectors.http import post


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f::1", "::ffff:93.184.215.14"])
def test_public_addresses(address: str) -> None:
    """Reachable without a list."""
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2001:0:4136:e378::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    """This machine, its network, the cloud's metadata, everybody at once, and IPv4 in disguise."""
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://127.1/", "http://2130706433/", "http://0x7f000001/",
        "http://0/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/latest/meta-data",
    ],
)  # fmt: skip
def test_without_a_list_the_own_network_is_closed(url: str) -> None:
    """However the address is written; it would not get better."""
    with pytest.raises(ConnectorFailed) as caught:
        post(Services(timeout=timedelta(seconds=2)), {"url": url}, "k")
    assert (caught.value.code, caught.value.final) == ("HostNotAllowed", True)
    assert "FITSM_SERVICE_HOSTS" in str(caught.value)


@pytest.mark.parametrize(
    ("pattern", "host", "port", "open_"),
    [
        ("localhost", "localhost", 80, True),
        ("LOCALHOST", "localhost", 80, True),
        ("localhost:8080", "localhost", 8080, True),
        ("localhost:8080", "localhost", 80, False),
        ("127.0.0.0/8", "127.0.0.1", 80, True),
        ("127.0.0.0/8", "localhost", 80, True),
        ("10.0.0.0/8", "127.0.0.1", 80, False),
        ("127.0.0.1", "127.0.0.1", 80, True),
        ("*.example.org", "127.0.0.1", 80, False),
        ("*", "127.0.0.1", 80, True),
    ],
)
def test_with_a_list_only_what_it_names(pattern: str, host: str, port: int, open_: bool) -> None:
    """Names with or without a port, networks, everything."""
    if open_:
        assert "127.0.0.1" in resolve(host, port, [pattern])
    else:
        with pytest.raises(ConnectorFailed, match="may not call"):
            resolve(host, port, [pattern])


def test_a_list_closes_what_it_does_not_name() -> None:
    """Public addresses too."""
    assert not may_reach(ipaddress.ip_address("93.184.215.14"), ["10.0.0.0/8"])
    assert may_reach(ipaddress.ip_address("::ffff:10.1.2.3"), ["10.0.0.0/8"])
