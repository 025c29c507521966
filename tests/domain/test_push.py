from __future__ import annotations

import pytest

from server.domain.errors import BadPushEndpointError
from server.domain.network import is_public
from server.domain.push import require_endpoint


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "203.0.112.1", "2a00:1450:4001::5e", "64:ff9b::808:808"],
)
def test_the_public_internet_may_be_connected_to(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.0.3",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.254",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.251",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "localhost",
        "",
    ],
)
def test_nothing_else_may(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://web.push.apple.com:443/QGuQ",
    ],
)
def test_push_services_may_be_pushed_to(endpoint: str) -> None:
    require_endpoint(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/1",
        "ftp://push.example/1",
        "https://",
        "https:///1",
        "https://localhost/1",
        "https://push/1",
        "https://push.example:8443/1",
        "https://push.example:22/1",
        "https://user@push.example/1",
        "https://8.8.8.8/1",
        "https://127.1/1",
        "https://2130706433/1",
        "https://0x7f.0x1/1",
        "https://0x7f000001/1",
        "https://[2a00:1450:4001::5e]/1",
        "https://[::1]/1",
        "https://push.example:99999/1",
        "https://[nonsense/1",
    ],
)
def test_what_no_push_service_has_may_not(endpoint: str) -> None:
    with pytest.raises(BadPushEndpointError):
        require_endpoint(endpoint, ["vouched.test"])


def test_the_operator_may_vouch_for_a_host() -> None:
    require_endpoint("https://localhost:8443/1", ["localhost"])
    with pytest.raises(BadPushEndpointError):
        require_endpoint("http://localhost:8443/1", ["localhost"])
