"""A number that may not come in any more; it outlives the account, or erasing would undo a ban."""

from __future__ import annotations

from dataclasses import dataclass, replace

from server.domain.errors import WrongStateError
from server.domain.ids import NumberHash
from server.domain.member import Member, Membership, clean_paragraph

REASON_MAX_CHARS = 200


@dataclass(frozen=True, slots=True)
class Ban:
    """Kept under the hash of the number."""

    number_hash: NumberHash
    banned_at_ms: int
    reason: str
    """For the admins; the banned person is not told it."""


def ban(member: Member, reason: str, now_ms: int) -> tuple[Member, Ban]:
    """Put somebody out for good.

    Raises:
        WrongStateError: an admin's role must be taken first.
    """
    if member.is_admin:
        raise WrongStateError
    words = clean_paragraph(reason)[:REASON_MAX_CHARS]
    return (
        replace(member, membership=Membership.BANNED),
        Ban(member.number_hash, now_ms, words),
    )


def unban(member: Member) -> Member:
    """Let somebody come back, as the member he was.

    Raises:
        WrongStateError: he is not banned.
    """
    if member.membership is not Membership.BANNED:
        raise WrongStateError
    return replace(member, membership=Membership.MEMBER)
