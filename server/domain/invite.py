"""A member's invitation: a link that lets one person in, once, until it ends or is taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from server.domain.errors import (
    InviteExpiredError,
    InviteRevokedError,
    InviteUsedError,
    NoInvitesLeftError,
)
from server.domain.ids import InviteId, MemberId

TOKEN_BYTES = 16
"""128 bits: nobody guesses one."""


class InviteState(Enum):
    """How an invitation stands."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Invite:
    """One link; of its token only the hash is kept, and of an e-mail's address nothing."""

    invite_id: InviteId
    token_hash: bytes
    inviter_id: MemberId
    by_mail: bool
    created_at_ms: int
    expires_at_ms: int
    used_by: MemberId | None = None
    """None, too, where whoever used it has erased his account."""
    used_at_ms: int | None = None
    revoked_at_ms: int | None = None

    def state(self, now_ms: int) -> InviteState:
        """How it stands now."""
        if self.used_at_ms is not None:
            return InviteState.USED
        if self.revoked_at_ms is not None:
            return InviteState.REVOKED
        return InviteState.OPEN if now_ms < self.expires_at_ms else InviteState.EXPIRED


def left(invites: Iterable[Invite], allowance: int | None, now_ms: int) -> int | None:
    """How many more a member may give; None: as many as he likes.

    One that expired or was taken back was not given.
    """
    if allowance is None:
        return None
    given = (InviteState.OPEN, InviteState.USED)
    return max(0, allowance - sum(invite.state(now_ms) in given for invite in invites))


def invite(new: Invite, existing: Iterable[Invite], allowance: int | None, now_ms: int) -> Invite:
    """Give one more.

    Raises:
        NoInvitesLeftError
    """
    if left(existing, allowance, now_ms) == 0:
        raise NoInvitesLeftError
    return new


def redeem(invite: Invite, by: MemberId, now_ms: int) -> Invite:
    """Come in with it.

    Raises:
        InviteUsedError, InviteRevokedError, InviteExpiredError
    """
    match invite.state(now_ms):
        case InviteState.USED:
            raise InviteUsedError
        case InviteState.REVOKED:
            raise InviteRevokedError
        case InviteState.EXPIRED:
            raise InviteExpiredError
        case InviteState.OPEN:
            return replace(invite, used_by=by, used_at_ms=now_ms)


def revoke(invite: Invite, now_ms: int) -> Invite:
    """Take it back; one that is over already stays as it is.

    Raises:
        InviteUsedError: somebody came in with it.
    """
    match invite.state(now_ms):
        case InviteState.USED:
            raise InviteUsedError
        case InviteState.OPEN:
            return replace(invite, revoked_at_ms=now_ms)
        case InviteState.REVOKED | InviteState.EXPIRED:
            return invite
