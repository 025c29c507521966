from __future__ import annotations

import pytest

from server.domain.network import home_of, neighbourhood_of


@pytest.mark.parametrize(
    ("address", "home", "neighbourhood"),
    [
        ("203.0.113.77", "203.0.113.77/32", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.77/32", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
        ("::1", "::/64", "::/48"),
        ("", "", ""),
        ("unix:", "unix:", "unix:"),
    ],
)
def test_what_shares_a_limit(address: str, home: str, neighbourhood: str) -> None:
    assert home_of(address) == home
    assert neighbourhood_of(address) == neighbourhood
