"""The house's address as browsers write it: its origins, and the name passkeys are bound to."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOCALHOST = "localhost"
_LOCAL = (_LOCALHOST, "127.0.0.1")


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Whom a passkey is for (WebAuthn §4): the house under its one name."""

    rp_id: str
    """The host name, in ASCII."""
    origin: str


def origins_of(public_url: str) -> frozenset[str]:
    """The origins of our own pages; a house on this machine has two names."""
    public = urlsplit(public_url)
    hosts = _LOCAL if public.hostname in _LOCAL else (public.hostname or "",)
    return frozenset(_origin(public, host) for host in hosts)


def relying_party_of(public_url: str) -> RelyingParty | None:
    """Whom passkeys are for; None where browsers refuse them: no TLS, or no name."""
    public = urlsplit(public_url)
    host = _LOCALHOST if public.hostname in _LOCAL else public.hostname or ""
    if not host or _is_address(host) or (public.scheme != "https" and host != _LOCALHOST):
        return None
    return RelyingParty(_ascii(host), _origin(public, host))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _origin(public: SplitResult, host: str) -> str:
    """As browsers write it: host in ASCII, the scheme's own port left out (RFC 6454 §6.2)."""
    written = _ascii(host)
    if ":" in written:
        written = f"[{written}]"
    port = public.port
    if port is None or port == _DEFAULT_PORTS.get(public.scheme):
        return f"{public.scheme}://{written}"
    return f"{public.scheme}://{written}:{port}"


def _ascii(host: str) -> str:
    return host.encode("idna").decode() if not host.isascii() else host
