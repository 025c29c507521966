"""Short-lived passwords for the TURN server that carries voices where UDP to us is blocked.

Owns the secret shared with the TURN server, which checks a password without asking us. Never logs
the secret or a password, and never talks to the TURN server itself.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence

from protocol.signalling import IceServer
from server.domain.ids import MemberId
from server.ports import Clock

LIFETIME_S = 12 * 3600
"""A password opens new relays for so long; a page that renews its connection gets a new one."""
_PSEUDONYM_BYTES = 12


class Relay:
    """Makes credentials as draft-uberti-behave-turn-rest-00 §2.2 describes; coturn knows them."""

    def __init__(self, urls: Sequence[str], secret: bytes, clock: Clock) -> None:
        self._urls = list(urls)
        self._secret = secret
        self._clock = clock

    def servers(self, member_id: MemberId) -> list[IceServer]:
        """What a page needs to be relayed; empty where there is no TURN server."""
        if not self._urls:
            return []
        expires_s = self._clock.now_ms() // 1000 + LIFETIME_S
        username = f"{expires_s}:{self._pseudonym(member_id)}"
        # SHA-1 is what TURN servers compute; as an HMAC it is not known to be weak.
        password = hmac.digest(self._secret, username.encode(), "sha1")
        credential = base64.b64encode(password).decode()
        return [IceServer(urls=self._urls, username=username, credential=credential)]

    def _pseudonym(self, member_id: MemberId) -> str:
        """The same for one member each time, so that the TURN server's quota binds him.

        It names nobody to those who read the TURN server's log.
        """
        digest = hmac.digest(self._secret, b"masil relay " + member_id.encode(), "sha256")
        return digest[:_PSEUDONYM_BYTES].hex()
