"""Network addresses as limits see them: what one household has, and what one provider gives out."""

from __future__ import annotations

import ipaddress

IPV4_NEIGHBOURS_BITS = 24
IPV6_HOME_BITS = 64
"""One household or one rented machine has at least this many IPv6 addresses to itself."""
IPV6_NEIGHBOURS_BITS = 48
"""What a provider gives one customer site at most."""


def home_of(address: str) -> str:
    """The address, of IPv6 the part that one household shares; anything else as it is."""
    return _network(address, 32, IPV6_HOME_BITS)


def neighbourhood_of(address: str) -> str:
    """The network around an address: IPv4 /24, IPv6 /48; anything else as it is."""
    return _network(address, IPV4_NEIGHBOURS_BITS, IPV6_NEIGHBOURS_BITS)


def plain(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """As text; an IPv4 address inside an IPv6 one (RFC 4291 §2.5.5.2) is that IPv4 address."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _network(address: str, ipv4_bits: int, ipv6_bits: int) -> str:
    try:
        known = ipaddress.ip_address(plain(ipaddress.ip_address(address)))
    except ValueError:
        return address
    # By number, as a scope (fe80::1%eth0) is this machine's own business.
    if isinstance(known, ipaddress.IPv4Address):
        return str(ipaddress.IPv4Network((int(known), ipv4_bits), strict=False))
    return str(ipaddress.IPv6Network((int(known), ipv6_bits), strict=False))
