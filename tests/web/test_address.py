"""Whose word about an address is believed."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from server.web.address import Proxies

PROXIES = Proxies([ip_network("10.0.0.0/8"), ip_network("fd00::/8")])


def seen(remote: str, *headers: tuple[str, str], proxies: Proxies = PROXIES) -> str:
    request = make_mocked_request("GET", "/", headers=CIMultiDict(headers))
    return proxies.address_of(request.clone(remote=remote))


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("203.0.113.5", "203.0.113.5"),
        # What the client wrote himself stands left of what the proxy saw.
        ("127.0.0.1, 198.51.100.1, 203.0.113.5", "203.0.113.5"),
        ("203.0.113.5, 10.9.9.9, 10.8.8.8", "203.0.113.5"),
        ("10.1.1.1, 10.2.2.2", "10.1.1.1"),
        ("203.0.113.5:4711", "203.0.113.5"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("nonsense", "10.0.0.1"),
        ("203.0.113.5, unknown", "10.0.0.1"),
        ("", "10.0.0.1"),
        (", ".join(["203.0.113.5"] * 10_000), "203.0.113.5"),
    ],
)
def test_behind_a_trusted_proxy_the_rightmost_stranger_asks(written: str, address: str) -> None:
    assert seen("10.0.0.1", ("X-Forwarded-For", written)) == address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("for=203.0.113.5", "203.0.113.5"),
        ('for=198.51.100.1, For="[2001:db8::7]:4711";proto=https;by=10.0.0.1', "2001:db8::7"),
        ("for=203.0.113.5;host=a.example, for=10.3.3.3", "203.0.113.5"),
        ("for=203.0.113.5, for=_hidden", "10.0.0.1"),
        ("proto=https", "10.0.0.1"),
    ],
)
def test_forwarded_is_read_as_rfc_7239_writes_it(written: str, address: str) -> None:
    assert seen("10.0.0.1", ("Forwarded", written)) == address


def test_a_header_in_several_lines_is_one_list() -> None:
    lines = [("X-Forwarded-For", "198.51.100.1"), ("X-Forwarded-For", "203.0.113.5, 10.4.4.4")]
    assert seen("10.0.0.1", *lines) == "203.0.113.5"


def test_nobody_else_is_believed() -> None:
    claim = ("X-Forwarded-For", "203.0.113.5")
    assert seen("192.0.2.9", claim) == "192.0.2.9"
    assert seen("10.0.0.1", claim, proxies=Proxies([])) == "10.0.0.1"
    assert seen("::ffff:10.0.0.1", claim) == "203.0.113.5"
    assert seen("fd00::1", claim) == "203.0.113.5"


def test_headers_that_disagree_are_both_not_believed() -> None:
    for_, forwarded = ("X-Forwarded-For", "203.0.113.5"), ("Forwarded", "for=198.51.100.1")
    assert seen("10.0.0.1", for_, forwarded) == "10.0.0.1"
    assert seen("10.0.0.1", for_, ("Forwarded", 'for="203.0.113.5:99"')) == "203.0.113.5"
