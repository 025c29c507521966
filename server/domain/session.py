"""A signed-in device: how long it stays signed in, and the little that is kept of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from server.domain.ids import MemberId, SessionId

SESSION_LIFETIME_MS = 90 * 24 * 3600 * 1000
"""A session that nobody used for so long is over, whatever the cookie's own age says."""
SEEN_EVERY_MS = 3600 * 1000
"""When a device was last seen is kept no finer than that."""

_BROWSERS = (
    # Browsers name those whose engine they share as well: the more particular name comes first.
    ("KAKAOTALK", "KakaoTalk"),
    ("NAVER(", "Naver"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Whale/", "Whale"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
_BETWEEN = " on "


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in of one browser; the token itself is known to that browser only."""

    session_id: SessionId
    token_hash: bytes
    member_id: MemberId
    device: str
    """As `device_of` tells it; empty where the browser does not say."""
    created_at_ms: int
    last_seen_at_ms: int


def session_id_of(token_hash: bytes) -> SessionId:
    """The name under which a person ends a session of his; it opens nothing."""
    return SessionId(hashlib.sha256(b"session\0" + token_hash).hexdigest()[:16])


def used_since_ms(now_ms: int) -> int:
    """Sessions last used before this are over."""
    return now_ms - SESSION_LIFETIME_MS


def device_of(user_agent: str) -> str:
    """A coarse label such as "Chrome on Android", and nothing more: no version, no model."""
    browser = _first(_BROWSERS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    return _BETWEEN.join(part for part in (browser, system) if part)


def browser_and_system(device: str) -> tuple[str, str]:
    """The two halves of a label, so that a page can say them in its reader's order."""
    browser, between, system = device.partition(_BETWEEN)
    return (browser, system) if between else (device, "")


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for sign, name in known if sign in user_agent), "")
