"""Knock → admitted | withdrawn | expired. Ignoring is silent and closes one alert only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from server.domain.errors import KnockClosedError, NotAskedError
from server.domain.ids import ContactId, KnockId, MemberId

KNOCK_LIFETIME_MS = 30 * 24 * 3600 * 1000


class KnockState(Enum):
    """How a knock stands."""

    WAITING = "waiting"
    ADMITTED = "admitted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Asked:
    """A member who holds the newcomer's number."""

    member_id: MemberId
    contact_id: ContactId
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class Knock:
    """A newcomer at the door and those who were asked about him."""

    knock_id: KnockId
    newcomer_id: MemberId
    state: KnockState
    knocked_at_ms: int
    asked: tuple[Asked, ...] = ()
    admitted_by: MemberId | None = None

    def alerts(self, member_id: MemberId) -> Asked | None:
        """The entry of a member who should see the alert now, if any."""
        if self.state is not KnockState.WAITING:
            return None
        return next((a for a in self.asked if a.member_id == member_id and not a.ignored), None)


def knock(
    knock_id: KnockId, newcomer_id: MemberId, holders: tuple[Asked, ...], now_ms: int
) -> Knock:
    """A newcomer knocks; every member who holds his number is asked."""
    return Knock(knock_id, newcomer_id, KnockState.WAITING, now_ms, holders)


def ask(knock: Knock, member_id: MemberId, contact: ContactId) -> Knock:
    """Ask one more member, who added the newcomer's number while he waits."""
    if knock.state is not KnockState.WAITING:
        return knock
    if any(a.member_id == member_id for a in knock.asked):
        return knock
    return replace(knock, asked=(*knock.asked, Asked(member_id, contact)))


def admit(knock: Knock, by: MemberId) -> Knock:
    """Let the newcomer in; the first who does it wins.

    Raises:
        NotAskedError: the member does not hold the newcomer's number.
        KnockClosedError: it is over already.
    """
    _require_asked(knock, by)
    if knock.state is not KnockState.WAITING:
        raise KnockClosedError
    return replace(knock, state=KnockState.ADMITTED, admitted_by=by)


def ignore(knock: Knock, by: MemberId) -> Knock:
    """Take the alert away from one member. Idempotent; the newcomer and the others see nothing.

    Raises:
        NotAskedError: the member does not hold the newcomer's number.
    """
    _require_asked(knock, by)
    asked = tuple(replace(a, ignored=True) if a.member_id == by else a for a in knock.asked)
    return replace(knock, asked=asked)


def withdraw(knock: Knock) -> Knock:
    """The newcomer goes home.

    Raises:
        KnockClosedError: it is over already.
    """
    if knock.state is not KnockState.WAITING:
        raise KnockClosedError
    return replace(knock, state=KnockState.WITHDRAWN)


def expire(knock: Knock, now_ms: int) -> Knock:
    """Close a knock that nobody answered for 30 days; otherwise return it as it is."""
    waiting = knock.state is KnockState.WAITING
    if waiting and now_ms - knock.knocked_at_ms >= KNOCK_LIFETIME_MS:
        return replace(knock, state=KnockState.EXPIRED)
    return knock


def _require_asked(knock: Knock, member_id: MemberId) -> None:
    if not any(a.member_id == member_id for a in knock.asked):
        raise NotAskedError
