"""Any sequence of commands by anybody keeps the promises of the house.

The machine keeps a record of its own, made of sets and of what people did, and never asks the
rules under test what they think.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from server.domain import consent, knock, room
from server.domain.errors import MasilError
from server.domain.events import (
    CaptionsSwitched,
    ConsentGranted,
    ConsentWithdrawn,
    ParticipantChanged,
    ParticipantLeft,
    RoomEvent,
)
from server.domain.ids import ContactId, Csrc, KnockId, MemberId, RoomId, TapId
from server.domain.knock import Asked, Knock, KnockState
from server.domain.member import Member, Membership
from server.domain.room import GRACE_MS, Change, Participant, Role, Room
from tests.domain.people import NOW_MS, member, newcomer

INSIDERS = ("ann", "bob", "cho")
NEWCOMERS = ("dan", "eve")
people = st.sampled_from((*INSIDERS, *NEWCOMERS, *(role for role in Role for _ in range(3))))
"""Somebody by name, or more often: the first one who has this role just now."""
Who = str | Role
OwnCommand = Callable[[Room, MemberId, int], Change]
ModeratorCommand = Callable[[Room, MemberId, MemberId], Change]

OWN_COMMANDS: tuple[OwnCommand, ...] = (
    lambda r, who, now_ms: room.raise_hand(r, who, True, now_ms),
    lambda r, who, now_ms: room.raise_hand(r, who, False, now_ms),
    lambda r, who, _: room.answer_stage(r, who, True),
    lambda r, who, _: room.answer_stage(r, who, False),
    lambda r, who, _: room.step_down(r, who),
    lambda r, who, _: room.mute(r, who, True),
    lambda r, who, _: room.mute(r, who, False),
)
MODERATOR_COMMANDS: tuple[ModeratorCommand, ...] = (
    room.invite_to_stage,
    room.move_to_audience,
    room.mute_participant,
    lambda r, by, _: consent.switch_captions(r, by, True),
    lambda r, by, _: consent.switch_captions(r, by, False),
    lambda r, by, _: room.end(r, by),
)


class House(RuleBasedStateMachine):
    """One room, three members, two newcomers at the door."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms = NOW_MS
        self.members: dict[str, Member] = {
            **{name: member(name) for name in INSIDERS},
            **{name: newcomer(name) for name in NEWCOMERS},
        }
        self.knocks: dict[str, Knock] = {
            name: knock.knock(
                KnockId(name),
                self.members[name].member_id,
                tuple(Asked(MemberId(asked), ContactId("c")) for asked in INSIDERS[:2]),
                NOW_MS,
            )
            for name in NEWCOMERS
        }
        self.next_tap = 1
        # The independent record.
        self.admitted: set[str] = set(INSIDERS)
        self.said_yes: set[MemberId] = set()
        self.captions_on = False
        self.csrcs: set[Csrc] = set()

    @initialize()
    def open(self) -> None:
        self.room: Room
        self.room, _ = room.open_room(RoomId("r"), "Evening", self.members["ann"], self.now_ms)
        self.captions_on = False
        self.said_yes = set()
        self.csrcs = {seat.csrc for seat in self.room.participants.values()}
        # A lively room to begin with, so that a few steps lead somewhere.
        ann, bob, cho = map(MemberId, INSIDERS)
        for name in INSIDERS:
            self.come_and_go(name, "join")
        for other in (bob, cho):
            self.moderate(ann, other, room.invite_to_stage)
        self.act(bob, OWN_COMMANDS[2])
        self.moderate(ann, ann, MODERATOR_COMMANDS[3])
        self.grant(bob)

    # ------------------------------------------------------------ the door

    @rule(who=st.sampled_from(NEWCOMERS), by=st.sampled_from(INSIDERS + NEWCOMERS))
    def admit(self, who: str, by: str) -> None:
        try:
            self.knocks[who] = knock.admit(self.knocks[who], MemberId(by))
        except MasilError:
            return
        assert by in INSIDERS[:2], "let in by somebody who was not asked"
        assert who not in self.admitted, "let in twice"
        self.admitted.add(who)
        self.members[who] = replace(self.members[who], membership=Membership.MEMBER)

    @rule(who=st.sampled_from(NEWCOMERS), by=st.sampled_from(INSIDERS + NEWCOMERS))
    def ignore(self, who: str, by: str) -> None:
        before = self.knocks[who]
        try:
            self.knocks[who] = knock.ignore(before, MemberId(by))
        except MasilError:
            return
        assert self.knocks[who].state is before.state
        assert self.knocks[who].alerts(MemberId(by)) is None

    @rule(who=st.sampled_from(NEWCOMERS))
    def withdraw_knock(self, who: str) -> None:
        try:
            self.knocks[who] = knock.withdraw(self.knocks[who])
        except MasilError:
            return
        assert who not in self.admitted

    # ------------------------------------------------------------ the room

    @rule(who=people, what=st.sampled_from(["join", "leave", "disconnect", "join"]))
    def come_and_go(self, who: Who, what: str) -> None:
        one, now_ms = self.who(who), self.now_ms
        match what:
            case "join":
                self.carry_out(lambda: room.join(self.room, self.members[one], now_ms))
            case "leave":
                self.carry_out(lambda: room.leave(self.room, one))
            case _:
                self.carry_out(lambda: room.disconnect(self.room, one, now_ms))

    @rule(ms=st.sampled_from([1, GRACE_MS // 2, GRACE_MS]))
    def time_passes(self, ms: int) -> None:
        self.now_ms += ms
        self.carry_out(lambda: room.expire_away(self.room, self.now_ms))
        away = [p.away_since_ms for p in self.room.participants.values()]
        assert all(self.now_ms - since < GRACE_MS for since in away if since is not None)

    @rule(who=people, command=st.sampled_from(OWN_COMMANDS))
    def act(self, who: Who, command: OwnCommand) -> None:
        one = self.who(who)
        self.carry_out(lambda: command(self.room, one, self.now_ms))

    @rule(by=people, who=people, command=st.sampled_from(MODERATOR_COMMANDS))
    def moderate(self, by: Who, who: Who, command: ModeratorCommand) -> None:
        one, other = self.who(by), self.who(who)
        self.carry_out(lambda: command(self.room, one, other), by=one)

    # ------------------------------------------------------------ captions

    @rule(who=people)
    def grant(self, who: Who) -> None:
        one, tap = self.who(who), TapId(self.next_tap)
        self.next_tap += 1
        if self.carry_out(lambda: consent.grant(self.room, one, tap, None)):
            self.said_yes.add(one)

    @rule(who=people)
    def withdraw_consent(self, who: Who) -> None:
        one = self.who(who)
        if self.carry_out(lambda: consent.withdraw(self.room, one)):
            self.said_yes.discard(one)

    # ------------------------------------------------------------ the record

    def who(self, who: Who) -> MemberId:
        """The id of somebody given by name or by role; of ann where nobody has the role."""
        if isinstance(who, str):
            return MemberId(who)
        seats = self.room.participants.values()
        return next((seat.member_id for seat in seats if seat.role is who), MemberId("ann"))

    def carry_out(self, command: Callable[[], Change], by: MemberId | None = None) -> bool:
        """Give a command; the record follows what it announced. False where it was refused."""
        before = self.room
        moderated = by is None or _is_moderator(before, by)
        try:
            after, events = command()
        except MasilError:
            assert self.room is before
            return False
        assert moderated, "a command of moderators was carried out for somebody else"
        if not events:
            assert after is before, "a silent change"
            return True
        assert after.revision > before.revision
        assert replace(after, revision=before.revision) != before, "news of nothing"
        assert _announced(events) >= _changed(before, after), "a change that nobody is told of"
        self.room = after
        self.follow(before, after)
        self.check_consent_events(before, after, events)
        self.count_voices(before, after)
        if after.ended:
            assert not after.participants
            self.open()
        return True

    def follow(self, before: Room, after: Room) -> None:
        """A yes is over for who left the stage or the room, and for all when captions go off."""
        self.captions_on = after.captions_on
        if not after.captions_on:
            self.said_yes.clear()
        for member_id in list(self.said_yes):
            seat = after.participants.get(member_id)
            if seat is None or seat.role is Role.LISTENER:
                self.said_yes.discard(member_id)

    def check_consent_events(
        self, before: Room, after: Room, events: tuple[RoomEvent, ...]
    ) -> None:
        """Every tap that closed was announced, and every tap that opened."""
        closed = {e.tap_id for e in events if isinstance(e, ConsentWithdrawn)}
        opened = {e.tap_id for e in events if isinstance(e, ConsentGranted)}
        assert _taps(before) - _taps(after) == closed
        assert _taps(after) - _taps(before) == opened
        switched = [e.on for e in events if isinstance(e, CaptionsSwitched)]
        if not after.ended:
            assert switched == ([after.captions_on] if _switched(before, after) else [])

    def count_voices(self, before: Room, after: Room) -> None:
        """A seat keeps its number; whoever comes in gets one that nobody had."""
        for member_id, seat in after.participants.items():
            if member_id in before.participants:
                assert seat.csrc == before.participants[member_id].csrc
            else:
                assert seat.csrc not in self.csrcs
                self.csrcs.add(seat.csrc)

    # ------------------------------------------------------------ the promises

    @invariant()
    def nobody_is_inside_who_was_not_admitted(self) -> None:
        assert set(self.room.participants) <= self.admitted

    @invariant()
    def admission_is_told_by_the_knock(self) -> None:
        for name, one in self.knocks.items():
            assert (one.state is KnockState.ADMITTED) == (name in self.admitted)

    @invariant()
    def nobody_is_captioned_without_an_own_yes(self) -> None:
        tapped = {m for m in self.room.participants if consent.tap_of(self.room, m) is not None}
        assert tapped == self.said_yes
        assert {m for m, seat in self.room.participants.items() if seat.consent} == tapped
        if tapped:
            assert self.captions_on
        for member_id in tapped:
            assert self.room.participants[member_id].role is not Role.LISTENER

    @invariant()
    def a_tap_belongs_to_one_person(self) -> None:
        taps = [p.consent.tap_id for p in self.room.participants.values() if p.consent]
        assert len(taps) == len(set(taps))

    @invariant()
    def a_live_room_has_a_moderator(self) -> None:
        assert not self.room.ended
        assert self.room.moderators()

    @invariant()
    def listeners_are_mute(self) -> None:
        for seat in self.room.participants.values():
            if seat.role is Role.LISTENER:
                assert seat.muted
                assert seat.consent is None
            else:
                assert not seat.invited
                assert seat.hand_raised_at_ms is None

    @invariant()
    def voices_have_names_of_their_own(self) -> None:
        csrcs = [p.csrc for p in self.room.participants.values()]
        assert len(csrcs) == len(set(csrcs))
        assert all(0 < csrc < self.room.next_csrc for csrc in csrcs)


def _is_moderator(room: Room, member_id: MemberId) -> bool:
    seat = room.participants.get(member_id)
    return seat is not None and seat.role is Role.MODERATOR


def _taps(room: Room) -> set[TapId]:
    return {p.consent.tap_id for p in room.participants.values() if p.consent}


def _switched(before: Room, after: Room) -> bool:
    return before.captions_on != after.captions_on


def _changed(before: Room, after: Room) -> set[MemberId]:
    """Whose seats differ; the end of the room speaks for all."""
    if after.ended:
        return set()
    seats: list[dict[MemberId, Participant]] = [dict(r.participants) for r in (before, after)]
    return {m for m in seats[0] | seats[1] if seats[0].get(m) != seats[1].get(m)}


def _announced(events: tuple[RoomEvent, ...]) -> set[MemberId]:
    return {e.member_id for e in events if isinstance(e, ParticipantChanged | ParticipantLeft)}


TestHouse = House.TestCase
TestHouse.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
