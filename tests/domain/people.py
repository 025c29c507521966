"""People and rooms for the tests of the rules."""

from __future__ import annotations

from server.domain import coming, moderation, stage
from server.domain.ids import MemberId, NumberHash, RoomId
from server.domain.member import Member, Membership
from server.domain.room import Room

NOW_MS = 1_760_000_000_000


def member(name: str) -> Member:
    return _person(name, Membership.MEMBER)


def newcomer(name: str) -> Member:
    return _person(name, Membership.WAITING)


def _person(name: str, membership: Membership) -> Member:
    digest = NumberHash(name.encode().ljust(32, b"\0"))
    return Member(MemberId(name), digest, name.title(), membership, False, NOW_MS)


HOST, SPEAKER, LISTENER = member("host"), member("speaker"), member("listener")


def open_room(*others: Member) -> Room:
    """A room with its host present and the others in the audience."""
    opened, _ = coming.open_room(RoomId("room"), "Evening talk", HOST, NOW_MS)
    for person in (HOST, *others):
        opened, _ = coming.join(opened, person, NOW_MS)
    return opened


def to_stage(opened: Room, person: Member) -> Room:
    """The host asks, the person accepts."""
    opened, _ = moderation.invite_to_stage(opened, HOST.member_id, person.member_id)
    opened, _ = stage.answer_stage(opened, person.member_id, True)
    return opened


def room_with_speaker() -> Room:
    """The host and a speaker on stage, a listener in the audience."""
    return to_stage(open_room(SPEAKER, LISTENER), SPEAKER)
