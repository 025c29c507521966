"""A room as its people see it over their sockets: every change, in order, with its revision."""

from __future__ import annotations

import asyncio

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain.ids import RoomId
from server.domain.room import GRACE_MS
from tests.fakes.media import FAKE_ANSWER, FAKE_OFFER
from tests.web.gate import Gate, until
from tests.web.page import Page


class Watched:
    """A page that applies events as the client does: revision n + 1 on n, nothing else."""

    def __init__(self, page: Page, room: wire.RoomView) -> None:
        self.page = page
        self.revision = room.revision
        self.people = {p.member_id: p for p in room.participants}

    async def next(self) -> wire.ParticipantChanged | wire.ParticipantLeft | wire.RoomChanged:
        """The next revision, in order of arrival."""
        kinds = (wire.ParticipantChanged, wire.ParticipantLeft, wire.RoomChanged)
        event = await self.page.event(
            object,  # type: ignore[type-var]
            lambda message: isinstance(message, kinds) and message.revision > self.revision,
        )
        assert isinstance(event, kinds)
        assert event.revision == self.revision + 1
        self.revision = event.revision
        match event:
            case wire.ParticipantChanged(participant=participant):
                self.people[participant.member_id] = participant
            case wire.ParticipantLeft(member_id=member_id):
                self.people.pop(member_id, None)
            case _:
                pass
        return event

    def of(self, page: Page) -> wire.ParticipantView:
        """How it shows a person now."""
        return self.people[page.member_id]


async def two_in_a_room(gate: Gate) -> tuple[Page, Page, str]:
    host = await gate.founder()
    guest = await gate.member(1)
    room_id = await host.open_room()
    await guest.join(room_id)
    return host, guest, room_id


def media_of(gate: Gate, page: Page, room: wire.RoomView) -> object:
    csrc = next(p.csrc for p in room.participants if p.member_id == page.member_id)
    return next(seat for seat in gate.media.seats.values() if seat.csrc == csrc)


async def test_hand_stage_mute_leave_and_end_as_two_people_see_them(gate: Gate) -> None:
    host = await gate.founder()
    guest = await gate.member(1)
    room_id = await host.open_room("  Evening\n walk ")
    joined = await guest.join(room_id)
    assert joined.room.title == "Evening walk"
    room = (await host.ask(wire.SyncRoom)).room
    views = [Watched(host, room), Watched(guest, joined.room)]

    async def both_see(
        **fields: object,
    ) -> None:
        for view in views:
            await view.next()
            seen = view.of(guest)
            assert {name: getattr(seen, name) for name in fields} == fields

    await guest.ask(wire.RaiseHand, raised=True)
    await both_see(hand_raised_at_ms=gate.clock.now_ms(), role="listener")
    await host.ask(wire.InviteToStage, member_id=guest.member_id)
    await both_see(role="speaker", hand_raised_at_ms=None, muted=True)
    await guest.ask(wire.Mute, muted=False)
    await both_see(muted=False)
    await host.ask(wire.MuteParticipant, member_id=guest.member_id)
    await both_see(muted=True)
    await guest.ask(wire.StepDown)
    await both_see(role="listener")
    await host.ask(wire.InviteToStage, member_id=guest.member_id)
    await both_see(invited=True, role="listener")
    await guest.ask(wire.AnswerStage, accepted=True)
    await both_see(invited=False, role="speaker")
    await host.ask(wire.MoveToAudience, member_id=guest.member_id)
    await both_see(role="listener")
    await guest.ask(wire.LeaveRoom)
    await views[0].next()
    assert list(views[0].people) == [host.member_id]
    assert (await guest.event(wire.Hallway)).rooms[0].listeners == 0
    await host.ask(wire.EndRoom)
    assert (await host.event(wire.RoomEnded)).room_id == room_id
    assert await guest.refusal(wire.JoinRoom, room_id=room_id) is ErrorCode.ROOM_NOT_FOUND


async def test_media_engine_is_told_every_role_and_mute(gate: Gate) -> None:
    host, guest, room_id = await two_in_a_room(gate)
    view = (await guest.ask(wire.SyncRoom)).room

    def seat() -> tuple[str, bool]:
        found = media_of(gate, guest, view)
        return found.role, found.muted  # type: ignore[attr-defined]

    assert seat() == ("listener", True)
    await guest.ask(wire.RaiseHand, raised=True)
    await host.ask(wire.InviteToStage, member_id=guest.member_id)
    assert seat() == ("speaker", True)
    await guest.ask(wire.Mute, muted=False)
    assert seat() == ("speaker", False)
    await host.ask(wire.MoveToAudience, member_id=guest.member_id)
    assert seat() == ("listener", True)
    assert {seat.room_id for seat in gate.media.seats.values()} == {room_id}
    await host.ask(wire.EndRoom)
    assert gate.media.seats == {}


async def test_what_a_listener_may_not_do(gate: Gate) -> None:
    _, guest, _ = await two_in_a_room(gate)
    assert await guest.refusal(wire.EndRoom) is ErrorCode.NOT_MODERATOR
    assert await guest.refusal(wire.SwitchCaptions, on=True) is ErrorCode.NOT_MODERATOR
    assert await guest.refusal(wire.InviteToStage, member_id="x") is ErrorCode.NOT_MODERATOR
    assert await guest.refusal(wire.Mute, muted=False) is ErrorCode.NOT_ON_STAGE
    assert await guest.refusal(wire.StepDown) is ErrorCode.NOT_ON_STAGE
    assert await guest.refusal(wire.AnswerStage, accepted=True) is ErrorCode.WRONG_STATE
    assert await guest.refusal(wire.Consent, granted=True) is ErrorCode.CAPTIONS_OFF


async def test_commands_outside_a_room_and_about_strangers_are_refused(gate: Gate) -> None:
    host = await gate.founder()
    assert await host.refusal(wire.SyncRoom) is ErrorCode.NOT_IN_ROOM
    assert await host.refusal(wire.Mute, muted=True) is ErrorCode.NOT_IN_ROOM
    assert await host.refusal(wire.RenewMedia) is ErrorCode.NOT_IN_ROOM
    assert await host.refusal(wire.JoinRoom, room_id="nothing") is ErrorCode.ROOM_NOT_FOUND
    assert await host.refusal(wire.OpenRoom, title=" \n ") is ErrorCode.BAD_TITLE
    assert await host.refusal(wire.OpenRoom, title="x" * 81) is ErrorCode.BAD_TITLE
    await host.open_room()
    refusal = await host.refusal(wire.MuteParticipant, member_id="nobody")
    assert refusal is ErrorCode.NO_SUCH_PARTICIPANT


async def test_second_device_replaces_the_first_and_there_is_one_voice(gate: Gate) -> None:
    host, guest, room_id = await two_in_a_room(gate)
    phone = await gate.device(guest)
    await phone.join(room_id)
    error = await guest.event(wire.Error)
    assert (error.id, error.code) == (None, ErrorCode.REPLACED)
    assert await guest.refusal(wire.Mute, muted=True) is ErrorCode.NOT_IN_ROOM
    assert len(gate.media.seats) == 2
    await guest.disconnect()
    people = (await host.ask(wire.SyncRoom)).room.participants
    assert [p.connected for p in people] == [True, True]


async def test_entering_another_room_leaves_the_first_without_an_error(gate: Gate) -> None:
    host, guest, _ = await two_in_a_room(gate)
    second = await gate.member(2)
    other_id = await second.open_room("Other")
    await guest.join(other_id)
    await host.event(wire.ParticipantLeft, lambda left: left.member_id == guest.member_id)
    assert guest.unread(wire.Error) == []
    assert (await guest.ask(wire.SyncRoom)).room.room_id == other_id
    assert len(gate.media.seats) == 3


async def test_who_changes_rooms_is_never_taken_for_absent(gate: Gate) -> None:
    host, guest, room_id = await two_in_a_room(gate)
    second = await gate.member(2)
    rooms = [room_id, await second.open_room("Other")]

    async def sweep() -> None:
        while True:
            await gate.house.rooms.let_go()
            await asyncio.sleep(0)

    sweeping = asyncio.create_task(sweep())
    for turn in range(4):
        await guest.join(rooms[(turn + 1) % 2])
        await gate.house.rooms.let_go()
        people = (await guest.ask(wire.SyncRoom)).room.participants
        assert [p.connected for p in people] == [True, True]
    assert not sweeping.done()
    sweeping.cancel()
    assert host.unread(wire.Error) == second.unread(wire.Error) == []


async def test_another_device_in_another_room_is_let_go(gate: Gate) -> None:
    host, guest, _ = await two_in_a_room(gate)
    phone = await gate.device(guest)
    await phone.open_room("On the way")
    assert (await guest.event(wire.Error)).code is ErrorCode.REPLACED
    await host.event(wire.ParticipantLeft, lambda left: left.member_id == guest.member_id)


async def test_two_devices_entering_two_rooms_at_once_end_up_in_one(gate: Gate) -> None:
    host, guest, room_id = await two_in_a_room(gate)
    second = await gate.member(2)
    other_id = await second.open_room("Other")
    phone = await gate.device(guest)
    await guest.ask(wire.LeaveRoom)
    await asyncio.gather(guest.join(room_id), phone.join(other_id), return_exceptions=True)
    rooms = [(await page.ask(wire.SyncRoom)).room.participants for page in (host, second)]
    assert sum(guest.member_id in {p.member_id for p in people} for people in rooms) == 1
    assert len(gate.media.seats) == 3


async def test_lost_connection_keeps_seat_role_and_voice_for_a_minute(gate: Gate) -> None:
    host, guest, room_id = await two_in_a_room(gate)
    await guest.ask(wire.RaiseHand, raised=True)
    await host.ask(wire.InviteToStage, member_id=guest.member_id)
    await guest.ask(wire.Mute, muted=False)
    voices = set(gate.media.seats)
    await guest.disconnect()
    await host.event(wire.ParticipantChanged, lambda c: not c.participant.connected)
    assert set(gate.media.seats) == voices
    gate.clock.advance(GRACE_MS - 1)
    await gate.house.rooms.let_go()
    await guest.connect()
    room = (await guest.join(room_id)).room
    mine = next(p for p in room.participants if p.member_id == guest.member_id)
    assert (mine.role, mine.muted, mine.connected) == ("speaker", False, True)
    assert len(gate.media.seats) == 2


async def test_after_the_grace_time_the_seat_is_given_up(gate: Gate) -> None:
    host, guest, _ = await two_in_a_room(gate)
    await guest.disconnect()
    await host.event(wire.ParticipantChanged, lambda c: not c.participant.connected)
    gate.clock.advance(GRACE_MS)
    # The loop of the gate itself, once a second.
    await host.event(wire.ParticipantLeft, lambda left: left.member_id == guest.member_id)
    assert len(gate.media.seats) == 1


async def test_room_that_nobody_entered_ends_after_a_minute(gate: Gate) -> None:
    host = await gate.founder()
    opened = await host.ask(wire.OpenRoom, title="Empty")
    gate.clock.advance(GRACE_MS)
    await gate.house.rooms.let_go()
    assert await host.refusal(wire.JoinRoom, room_id=opened.room_id) is ErrorCode.ROOM_NOT_FOUND


async def test_disconnection_that_could_not_be_saved_is_caught_up_with(gate: Gate) -> None:
    host, guest, _ = await two_in_a_room(gate)
    async with gate.locked_database():
        await guest.disconnect()
        await until(lambda: len(gate.house.hub.everybody()) == 1)
    await host.event(wire.ParticipantChanged, lambda c: not c.participant.connected)


async def test_moderator_who_goes_hands_over_to_the_speaker(gate: Gate) -> None:
    host, guest, room_id = await two_in_a_room(gate)
    await guest.ask(wire.RaiseHand, raised=True)
    await host.ask(wire.InviteToStage, member_id=guest.member_id)
    watched = Watched(guest, (await guest.ask(wire.SyncRoom)).room)
    await host.ask(wire.LeaveRoom)
    await watched.next()
    await watched.next()
    assert watched.of(guest).role == "moderator"
    await guest.ask(wire.EndRoom)
    assert (await guest.event(wire.RoomEnded)).room_id == room_id


async def test_several_who_expire_at_once_leave_no_hole_in_the_revisions(gate: Gate) -> None:
    host, guest, room_id = await two_in_a_room(gate)
    third = await gate.member(2)
    await third.join(room_id)
    for speaker in (guest, third):
        await speaker.ask(wire.RaiseHand, raised=True)
        await host.ask(wire.InviteToStage, member_id=speaker.member_id)
    for leaver in (host, guest):
        await leaver.disconnect()
    await third.event(
        wire.ParticipantChanged,
        lambda c: not c.participant.connected and c.participant.member_id == guest.member_id,
    )
    watched = Watched(third, (await third.ask(wire.SyncRoom)).room)
    gate.clock.advance(GRACE_MS)
    await gate.house.rooms.let_go()
    final = (await third.ask(wire.SyncRoom)).room
    while watched.revision < final.revision:
        await watched.next()
    assert list(watched.people.values()) == final.participants
    assert watched.of(third).role == "moderator"


# ---------------------------------------------------------------- voices


async def test_joining_brings_an_offer_and_its_answer_reaches_the_engine(gate: Gate) -> None:
    host = await gate.founder()
    opened = await host.ask(wire.OpenRoom, title="Talk")
    joined = await host.join(opened.room_id)
    assert joined.sdp == FAKE_OFFER
    await host.ask(wire.AnswerMedia, media_id=joined.media_id, sdp=FAKE_ANSWER)
    assert gate.media.answers == {joined.media_id: FAKE_ANSWER}


async def test_bad_answer_is_refused(gate: Gate) -> None:
    host = await gate.founder()
    opened = await host.ask(wire.OpenRoom, title="Talk")
    answer = {"media_id": (await host.join(opened.room_id)).media_id}
    refusal = await host.refusal(wire.AnswerMedia, sdp="no sdp", **answer)
    assert refusal is ErrorCode.SDP_INVALID
    crowded = "v=0\r\n" + "a=candidate:1\r\n" * 33
    refusal = await host.refusal(wire.AnswerMedia, sdp=crowded, **answer)
    assert refusal is ErrorCode.SDP_TOO_LARGE


async def test_renewing_closes_the_old_voice_and_ignores_its_answer(gate: Gate) -> None:
    host = await gate.founder()
    opened = await host.ask(wire.OpenRoom, title="Talk")
    first = await host.join(opened.room_id)
    offer = await host.ask(wire.RenewMedia)
    assert list(gate.media.seats) == [offer.media_id]
    assert gate.media.closed == [first.media_id]
    await host.ask(wire.AnswerMedia, media_id=first.media_id, sdp="stale")
    assert gate.media.answers == {}


async def test_without_media_people_enter_and_renew_when_it_is_back(gate: Gate) -> None:
    host = await gate.founder()
    gate.media.go_down()
    await host.event_media(up=False)
    opened = await host.ask(wire.OpenRoom, title="Silent")
    joined = await host.join(opened.room_id)
    assert (joined.media_id, joined.sdp) == (None, None)
    assert await host.refusal(wire.RenewMedia) is ErrorCode.MEDIA_UNAVAILABLE
    gate.media.come_up()
    await host.event_media(up=True)
    offer = await host.ask(wire.RenewMedia)
    assert list(gate.media.seats) == [offer.media_id]


async def test_lost_voice_is_not_set_any_more_and_may_be_renewed(gate: Gate) -> None:
    host = await gate.founder()
    opened = await host.ask(wire.OpenRoom, title="Talk")
    joined = await host.join(opened.room_id)
    gate.media.lose(joined.media_id)  # type: ignore[arg-type]
    history = len(gate.media.history)
    offer = await host.ask(wire.RenewMedia)
    assert len(gate.media.history) == history + 1
    assert list(gate.media.seats) == [offer.media_id]
    assert gate.media.closed == []


async def test_where_a_room_moves_only_its_people_are_asked_to_renew(gate: Gate) -> None:
    host = await gate.founder()
    other = await gate.member(2)
    await host.open_room("Moves")
    await other.open_room("Stays")
    host_seat, other_seat = gate.media.seats.values()
    gate.media.move(host_seat.room_id)
    await host.event_media(up=True)
    offer = await host.ask(wire.RenewMedia)
    assert set(gate.media.seats) == {other_seat.media_id, offer.media_id}
    gate.media.move(RoomId("unknown"))
    await other.ask(wire.SyncRoom)
    assert other.unread(wire.MediaUp) == []


# ---------------------------------------------------------------- a new gate


async def test_room_seats_and_roles_outlive_a_restart_of_the_gate(gate: Gate) -> None:
    host, guest, room_id = await two_in_a_room(gate)
    await guest.ask(wire.RaiseHand, raised=True)
    await host.ask(wire.SwitchCaptions, on=True)
    await host.ask(wire.Consent, granted=True)
    before = (await host.ask(wire.SyncRoom)).room
    await gate.restart()
    for page in (host, guest):
        await page.disconnect()
        welcome = await page.connect()
        assert [card.room_id for card in welcome.rooms] == [room_id]
    seen = (await host.join(room_id)).room
    assert seen.title == before.title
    assert seen.revision > before.revision
    assert not seen.captions_on
    assert gate.feed.grants == {}
    assert [(p.member_id, p.role, p.csrc, p.connected) for p in seen.participants] == [
        (host.member_id, "moderator", 1, True),
        (guest.member_id, "listener", 2, False),
    ]
    assert seen.participants[1].hand_raised_at_ms is not None
    assert not any(p.consented for p in seen.participants)
    await guest.join(room_id)
    gate.clock.advance(GRACE_MS)
    await gate.house.rooms.let_go()
    assert len((await host.ask(wire.SyncRoom)).room.participants) == 2


async def test_hallway_shows_changes_to_those_who_stand_in_it(gate: Gate) -> None:
    host = await gate.founder()
    guest = await gate.member(1)
    room_id = await host.open_room("Evening walk")
    shown = await guest.event(
        wire.Hallway, lambda hallway: any(card.stage for card in hallway.rooms)
    )
    assert [(c.room_id, c.title, c.listeners) for c in shown.rooms] == [
        (room_id, "Evening walk", 0)
    ]
    assert [person.member_id for person in shown.rooms[0].stage] == [host.member_id]
    await host.ask(wire.EndRoom)
    await guest.event(wire.Hallway, lambda hallway: hallway.rooms == [])
