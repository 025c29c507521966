"""Network addresses as limits see them: what one household has, and what one provider gives out."""

from __future__ import annotations

import ipaddress

IPV4_NEIGHBOURS_BITS = 24
IPV6_HOME_BITS = 64
"""One household or one rented machine has at least this many IPv6 addresses to itself."""
IPV6_NEIGHBOURS_BITS = 48
"""What a provider gives one customer site at most."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NOT_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        (
            "100.64.0.0/10",  # carrier-grade NAT (RFC 6598)
            "192.0.0.0/24",  # the IETF's own (RFC 6890)
            "192.88.99.0/24",  # 6to4 relays (RFC 7526)
            "::ffff:0:0/96",  # IPv4 inside IPv6
            "64:ff9b:1::/48",  # NAT64 of one's own (RFC 8215)
            "2001::/32",  # Teredo
            "2002::/16",  # 6to4
            "3fff::/20",  # documentation (RFC 9637)
            "5f00::/16",  # segment routing (RFC 9602)
            "fec0::/10",  # site-local (RFC 3879)
        ),
    )
)
"""What the standard library calls global, or may in some version, and no stranger's server has."""


def home_of(address: str) -> str:
    """The address, of IPv6 the part that one household shares; anything else as it is."""
    return _network(address, 32, IPV6_HOME_BITS)


def neighbourhood_of(address: str) -> str:
    """The network around an address: IPv4 /24, IPv6 /48; anything else as it is."""
    return _network(address, IPV4_NEIGHBOURS_BITS, IPV6_NEIGHBOURS_BITS)


def is_public(address: str) -> bool:
    """Whether it is one of the public Internet, reached as itself and not through a tunnel."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(known, ipaddress.IPv6Address):
        if known.scope_id is not None:
            return False
        if known in _NAT64:
            # Where only IPv6 is spoken, every IPv4 server has such an address (RFC 6052 §2.1).
            return is_public(str(ipaddress.IPv4Address(int(known) & 0xFFFFFFFF)))
    if any(known.version == net.version and known in net for net in _NOT_PUBLIC):
        return False
    return known.is_global and not known.is_multicast


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
