"""Any sequence of commands by anybody keeps the promises of the house.

The machine keeps a record of its own, made of sets and of what people did, and never asks the
rules under test what they think. `make prove-rooms` runs 10,000 sequences.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from server.domain import coming, consent, knock, moderation, stage, succession
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
from server.domain.roles import STATES, Command, Role, may_become
from server.domain.room import GRACE_MS, Change, Participant, Room
from tests.domain.people import NOW_MS, member, newcomer

INSIDERS = ("ann", "bob", "cho")
NEWCOMERS = ("dan", "eve")
people = st.sampled_from((*INSIDERS, *NEWCOMERS, *(role for role in Role for _ in range(3))))
"""Somebody by name, or more often: the first one who has this role just now."""
Who = str | Role
OwnCommand = Callable[[Room, MemberId, int], Change]
ModeratorCommand = Callable[[Room, MemberId, MemberId], Change]

OWN_COMMANDS: tuple[tuple[Command, OwnCommand], ...] = (
    (Command.RAISE_HAND, lambda r, who, now_ms: stage.raise_hand(r, who, True, now_ms)),
    (Command.RAISE_HAND, lambda r, who, now_ms: stage.raise_hand(r, who, False, now_ms)),
    (Command.ANSWER_STAGE, lambda r, who, _: stage.answer_stage(r, who, True)),
    (Command.ANSWER_STAGE, lambda r, who, _: stage.answer_stage(r, who, False)),
    (Command.STEP_DOWN, lambda r, who, _: stage.step_down(r, who)),
    (Command.MUTE, lambda r, who, _: stage.mute(r, who, True)),
    (Command.MUTE, lambda r, who, _: stage.mute(r, who, False)),
    (Command.ASK_TO_UNMUTE, lambda r, who, now_ms: stage.ask_to_unmute(r, who, True, now_ms)),
    (Command.ASK_TO_UNMUTE, lambda r, who, now_ms: stage.ask_to_unmute(r, who, False, now_ms)),
    (Command.TAKE_OVER, lambda r, who, now_ms: succession.take_over(r, who, True, now_ms)),
    (Command.TAKE_OVER, lambda r, who, now_ms: succession.take_over(r, who, False, now_ms)),
)
UNMUTE = OWN_COMMANDS[6]
SWITCH_ON: tuple[Command, ModeratorCommand] = (
    Command.SWITCH_CAPTIONS,
    lambda r, by, _: consent.switch_captions(r, by, True),
)
MODERATOR_COMMANDS: tuple[tuple[Command, ModeratorCommand], ...] = (
    (Command.INVITE_TO_STAGE, moderation.invite_to_stage),
    (Command.MOVE_TO_AUDIENCE, moderation.move_to_audience),
    (Command.MUTE_PARTICIPANT, moderation.mute_participant),
    (Command.MUTE_ALL, lambda r, by, _: moderation.mute_all(r, by)),
    (Command.ALLOW_UNMUTE, moderation.allow_unmute),
    (Command.MAKE_MODERATOR, moderation.make_moderator),
    (Command.MAKE_MODERATOR, moderation.make_moderator),
    (Command.UNMAKE_MODERATOR, moderation.unmake_moderator),
    (Command.REMOVE_FROM_ROOM, moderation.remove),
    (Command.BAN_FROM_ROOM, moderation.ban),
    (Command.UNBAN_FROM_ROOM, moderation.unban),
    (Command.LOCK_ROOM, lambda r, by, _: moderation.lock(r, by, True)),
    (Command.LOCK_ROOM, lambda r, by, _: moderation.lock(r, by, False)),
    SWITCH_ON,
    (Command.SWITCH_CAPTIONS, lambda r, by, _: consent.switch_captions(r, by, False)),
    (Command.END_ROOM, lambda r, by, _: coming.end(r, by)),
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
        self.held: set[MemberId] = set()
        self.banned: set[MemberId] = set()
        self.locked = False

    @initialize()
    def open(self) -> None:
        self.room: Room
        self.room, _ = coming.open_room(RoomId("r"), "Evening", self.members["ann"], self.now_ms)
        self.captions_on = False
        self.said_yes = set()
        self.held, self.banned, self.locked = set(), set(), False
        self.csrcs = {seat.csrc for seat in self.room.participants.values()}
        # A lively room to begin with, so that a few steps lead somewhere.
        ann, bob, cho = map(MemberId, INSIDERS)
        for name in INSIDERS:
            self.come_and_go(name, "join")
        for other in (bob, cho):
            self.moderate(ann, other, MODERATOR_COMMANDS[0])
        self.act(bob, OWN_COMMANDS[2])
        self.moderate(ann, ann, SWITCH_ON)
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
                self.join(one)
            case "leave":
                self.carry_out(Command.LEAVE_ROOM, lambda: coming.leave(self.room, one))
            case _:
                self.carry_out(Command.TIME, lambda: coming.disconnect(self.room, one, now_ms))

    def join(self, one: MemberId) -> None:
        """Nobody gets a new seat who is banned, nor anybody where the room is locked."""
        had_a_seat, member = one in self.room.participants, self.members[one]
        barred = self.locked or one in self.banned
        if self.carry_out(Command.JOIN_ROOM, lambda: coming.join(self.room, member, self.now_ms)):
            assert had_a_seat or not barred

    @rule(ms=st.sampled_from([1, GRACE_MS // 2, GRACE_MS]))
    def time_passes(self, ms: int) -> None:
        self.now_ms += ms
        self.carry_out(Command.TIME, lambda: coming.expire_away(self.room, self.now_ms))
        away = [p.away_since_ms for p in self.room.participants.values()]
        assert all(self.now_ms - since < GRACE_MS for since in away if since is not None)
        self.carry_out(Command.TIME, lambda: succession.advance(self.room, self.now_ms))
        asked = self.room.succession
        assert asked is None or self.now_ms - asked.since_ms < GRACE_MS, "a room that hangs"

    @rule(ms=st.sampled_from([GRACE_MS, GRACE_MS + 1]))
    def the_phones_of_all_on_stage_die(self, ms: int) -> None:
        for seat in self.room.stage():
            self.come_and_go(seat.member_id, "disconnect")
        self.time_passes(ms)

    @rule(who=people, command=st.sampled_from(OWN_COMMANDS))
    def act(self, who: Who, command: tuple[Command, OwnCommand]) -> None:
        one, (name, rule_of) = self.who(who), command
        self.carry_out(name, lambda: rule_of(self.room, one, self.now_ms))

    @rule(by=people, who=people, command=st.sampled_from(MODERATOR_COMMANDS))
    def moderate(self, by: Who, who: Who, command: tuple[Command, ModeratorCommand]) -> None:
        one, other, (name, rule_of) = self.who(by), self.who(who), command
        self.carry_out(name, lambda: rule_of(self.room, one, other), by=one, about=other)

    @rule(who=people, command=st.sampled_from(MODERATOR_COMMANDS[:-1]))
    def a_moderator_acts(self, who: Who, command: tuple[Command, ModeratorCommand]) -> None:
        self.moderate(Role.MODERATOR, who, command)

    @rule()
    def every_speaker_tries_to_talk(self) -> None:
        for seat in self.room.stage():
            self.act(seat.member_id, UNMUTE)

    @rule()
    def whoever_is_outside_tries_to_come_in(self) -> None:
        for name in sorted(self.members.keys() - self.room.participants.keys()):
            self.join(MemberId(name))

    @rule(
        first=st.sampled_from(MODERATOR_COMMANDS),
        second=st.sampled_from(MODERATOR_COMMANDS),
        about=st.sampled_from(INSIDERS),
    )
    def two_moderators_race(
        self,
        first: tuple[Command, ModeratorCommand],
        second: tuple[Command, ModeratorCommand],
        about: str,
    ) -> None:
        """Both act on what they saw; about each other, or about the same third person."""
        seen = [seat.member_id for seat in self.room.moderators()]
        if len(seen) < 2:
            return
        one, other = seen[:2]
        about_one = other if about == "ann" else MemberId(about)
        about_other = one if about == "ann" else MemberId(about)
        self.moderate(one, about_one, first)
        self.moderate(other, about_other, second)

    # ------------------------------------------------------------ captions

    @rule(who=people)
    def grant(self, who: Who) -> None:
        one, tap = self.who(who), TapId(self.next_tap)
        self.next_tap += 1
        if self.carry_out(Command.CONSENT, lambda: consent.grant(self.room, one, tap, None)):
            self.said_yes.add(one)

    @rule(who=people)
    def withdraw_consent(self, who: Who) -> None:
        one = self.who(who)
        if self.carry_out(Command.CONSENT, lambda: consent.withdraw(self.room, one)):
            self.said_yes.discard(one)

    # ------------------------------------------------------------ the record

    def who(self, who: Who) -> MemberId:
        """The id of somebody given by name or by role; of ann where nobody has the role."""
        if isinstance(who, str):
            return MemberId(who)
        seats = self.room.participants.values()
        return next((seat.member_id for seat in seats if seat.role is who), MemberId("ann"))

    def carry_out(
        self,
        name: Command,
        command: Callable[[], Change],
        by: MemberId | None = None,
        about: MemberId | None = None,
    ) -> bool:
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
        self.check_table(name, before, after)
        self.check_microphones(name, before, after)
        self.keep_record(name, after, about)
        self.room = after
        self.follow(before, after)
        self.check_consent_events(before, after, events)
        self.count_voices(before, after)
        if after.ended:
            assert not after.participants
            self.open()
        return True

    def check_table(self, name: Command, before: Room, after: Room) -> None:
        """Every change of a role, and of the room's state, is in the table."""
        for member_id in before.participants.keys() | after.participants.keys():
            step = before.role_of(member_id), after.role_of(member_id)
            # Where the room ends, all seats end with it.
            assert after.ended or may_become(name, *step), (name, step)
        if before.state is not after.state:
            assert name in STATES[before.state, after.state]

    def check_microphones(self, name: Command, before: Room, after: Room) -> None:
        """A microphone is opened by its owner, and by none whom a moderator muted."""
        for member_id, seat in after.participants.items():
            was = before.participants.get(member_id)
            if was is not None and was.muted and not seat.muted:
                assert name is Command.MUTE
                assert member_id not in self.held

    def keep_record(self, name: Command, after: Room, about: MemberId | None) -> None:
        """Who is held mute, who is banned, whether the door is locked: by what was done."""
        speakers = {p.member_id for p in after.stage() if p.role is Role.SPEAKER}
        match name, about:
            case Command.MUTE_ALL, _:
                self.held |= speakers
            case Command.MUTE_PARTICIPANT, str():
                self.held.add(MemberId(about))
            case Command.ALLOW_UNMUTE, str():
                self.held.discard(MemberId(about))
            case Command.BAN_FROM_ROOM, str():
                self.banned.add(MemberId(about))
            case Command.UNBAN_FROM_ROOM, str():
                self.banned.discard(MemberId(about))
            case Command.LOCK_ROOM, _:
                self.locked = not self.locked
            case _:
                pass
        self.held &= speakers

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
    def a_live_room_has_a_moderator_or_looks_for_one(self) -> None:
        assert not self.room.ended
        assert bool(self.room.moderators()) != (self.room.succession is not None)
        if self.room.succession is not None:
            assert not self.room.stage()
            assert self.room.participants

    @invariant()
    def who_is_held_mute_stays_mute_whatever_else_happens(self) -> None:
        held = {m for m, seat in self.room.participants.items() if seat.held}
        assert held == self.held
        assert all(self.room.participants[m].muted for m in held)

    @invariant()
    def nobody_is_inside_who_was_banned(self) -> None:
        assert self.banned.isdisjoint(self.room.participants)
        assert self.banned == set(self.room.banned)
        assert self.locked == self.room.locked

    @invariant()
    def listeners_are_mute(self) -> None:
        for seat in self.room.participants.values():
            if seat.role is Role.LISTENER:
                assert seat.muted
                assert seat.consent is None
                assert not seat.held
            else:
                assert not seat.invited
                assert seat.held or seat.unmute_asked_at_ms is None
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
SEQUENCES = int(os.environ.get("MASIL_ROOM_SEQUENCES", "150"))
TestHouse.settings = settings(max_examples=SEQUENCES, stateful_step_count=30, deadline=None)
