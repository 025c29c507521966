"""A passkey: the public half of a key with which a member signs in without a code (WebAuthn)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from server.domain.errors import PasskeyClonedError
from server.domain.ids import CredentialId, MemberId, PasskeyId

PASSKEYS_MAX = 10
"""How many one member may have."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """One credential; whoever reads this cannot sign in with it."""

    credential_id: CredentialId
    member_id: MemberId
    public_key: bytes
    """COSE_Key (RFC 9052 §7)."""
    sign_count: int
    """How often the authenticator says that it signed; always 0 where it does not count."""
    name: str
    """The device on which it was made, as `session.device_of` tells it."""
    created_at_ms: int
    last_used_at_ms: int | None = None

    @property
    def passkey_id(self) -> PasskeyId:
        """The name under which its owner takes it away; it opens nothing."""
        return PasskeyId(hashlib.sha256(b"passkey\0" + self.credential_id).hexdigest()[:16])


def use(passkey: Passkey, sign_count: int, now_ms: int) -> Passkey:
    """A signature that proved right, with the counter that came along (WebAuthn §7.2, step 22).

    Raises:
        PasskeyClonedError: the counter did not go on, so the key may have been copied.
    """
    counts = sign_count > 0 or passkey.sign_count > 0
    if counts and sign_count <= passkey.sign_count:
        raise PasskeyClonedError
    return replace(passkey, sign_count=sign_count, last_used_at_ms=now_ms)
