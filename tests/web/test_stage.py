"""What moderators do, as everybody's page sees it, and what a page is told that was away."""

from __future__ import annotations

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain.room import GRACE_MS
from tests.web.gate import Gate
from tests.web.page import Page


async def on_stage(host: Page, guest: Page) -> None:
    await guest.ask(wire.RaiseHand, raised=True)
    await host.ask(wire.InviteToStage, member_id=guest.member_id)


async def host_and_speaker(gate: Gate) -> tuple[Page, Page, str]:
    host, guest = await gate.founder(), await gate.member(1)
    room_id = await host.open_room()
    await guest.join(room_id)
    await on_stage(host, guest)
    return host, guest, room_id


async def restart(gate: Gate, *pages: Page) -> None:
    """The gate starts anew; the pages come back to it."""
    for page in pages:
        await page.disconnect()
    await gate.restart()
    for page in pages:
        await page.connect()


async def seat_of(viewer: Page, person: Page) -> wire.ParticipantView:
    room: wire.RoomView = (await viewer.ask(wire.SyncRoom)).room
    return next(p for p in room.participants if p.member_id == person.member_id)


def voice_of(gate: Gate, seat: wire.ParticipantView) -> tuple[str, bool]:
    found = next(s for s in gate.media.seats.values() if s.csrc == seat.csrc)
    return found.role, found.muted


async def test_a_mute_by_a_moderator_holds_until_a_moderator_allows(gate: Gate) -> None:
    host, guest, _ = await host_and_speaker(gate)
    await guest.ask(wire.Mute, muted=False)
    await host.ask(wire.MuteParticipant, member_id=guest.member_id)
    assert voice_of(gate, await seat_of(host, guest)) == ("speaker", True)
    assert await guest.refusal(wire.Mute, muted=False) is ErrorCode.HELD_MUTE
    await guest.ask(wire.AskToUnmute, asked=True)
    asked = await seat_of(host, guest)
    assert (asked.held, asked.unmute_asked_at_ms) == (True, gate.clock.now_ms())
    await host.ask(wire.AllowUnmute, member_id=guest.member_id)
    assert voice_of(gate, await seat_of(host, guest)) == ("speaker", True)
    await guest.ask(wire.Mute, muted=False)
    assert voice_of(gate, await seat_of(host, guest)) == ("speaker", False)


async def test_all_are_muted_but_moderators(gate: Gate) -> None:
    host, guest, _ = await host_and_speaker(gate)
    for page in (host, guest):
        await page.ask(wire.Mute, muted=False)
    await host.ask(wire.MuteAll)
    assert [(await seat_of(host, page)).muted for page in (host, guest)] == [False, True]
    assert await guest.refusal(wire.Mute, muted=False) is ErrorCode.HELD_MUTE


async def test_a_room_is_handed_over_by_making_a_moderator_and_stepping_down(gate: Gate) -> None:
    host, guest, _ = await host_and_speaker(gate)
    assert await host.refusal(wire.StepDown) is ErrorCode.WRONG_STATE
    await host.ask(wire.MakeModerator, member_id=guest.member_id)
    await host.ask(wire.StepDown)
    assert (await seat_of(guest, host)).role == "listener"
    assert (await seat_of(host, guest)).role == "moderator"


async def test_who_is_removed_is_told_and_hears_no_more_of_the_room(gate: Gate) -> None:
    host, guest, room_id = await host_and_speaker(gate)
    other_device = await gate.device(guest)
    voices = len(gate.media.seats)
    await host.ask(wire.RemoveFromRoom, member_id=guest.member_id)
    out = await guest.event(wire.PutOut)
    assert (out.room_id, out.banned) == (room_id, False)
    assert len(gate.media.seats) == voices - 1
    await host.event(wire.ParticipantLeft, lambda left: left.member_id == guest.member_id)
    assert other_device.unread(wire.PutOut) == []
    assert await guest.refusal(wire.SyncRoom) is ErrorCode.NOT_IN_ROOM
    assert (await guest.event(wire.Hallway)).rooms[0].room_id == room_id
    await guest.join(room_id)
    assert (await seat_of(host, guest)).role == "listener"


async def test_who_is_banned_stays_out_over_a_restart_until_he_is_unbanned(gate: Gate) -> None:
    host, guest, room_id = await host_and_speaker(gate)
    await host.ask(wire.BanFromRoom, member_id=guest.member_id)
    assert (await guest.event(wire.PutOut)).banned
    assert await guest.refusal(wire.JoinRoom, room_id=room_id) is ErrorCode.BANNED_FROM_ROOM
    await restart(gate, host, guest)
    assert await guest.refusal(wire.JoinRoom, room_id=room_id) is ErrorCode.BANNED_FROM_ROOM
    assert (await host.join(room_id)).room.banned == 1
    bans = await host.ask(wire.ListRoomBans)
    assert [person.member_id for person in bans.people] == [guest.member_id]
    await host.ask(wire.UnbanFromRoom, member_id=guest.member_id)
    await guest.join(room_id)
    assert (await host.ask(wire.ListRoomBans)).people == []
    assert await guest.refusal(wire.ListRoomBans) is ErrorCode.NOT_MODERATOR


async def test_whoever_is_erased_is_on_no_rooms_list_of_bans(gate: Gate) -> None:
    host, guest, _ = await host_and_speaker(gate)
    await host.ask(wire.BanFromRoom, member_id=guest.member_id)
    await gate.house.account.erase(guest.member_id)  # type: ignore[arg-type]
    assert (await host.ask(wire.ListRoomBans)).people == []
    await host.ask(wire.LockRoom, locked=True)  # the room can still be saved


async def test_a_locked_room_keeps_its_people_and_lets_nobody_in(gate: Gate) -> None:
    host, guest, room_id = await host_and_speaker(gate)
    await host.ask(wire.LockRoom, locked=True)
    await guest.event(wire.RoomChanged, lambda changed: changed.locked)
    late = await gate.member(2)
    assert await late.refusal(wire.JoinRoom, room_id=room_id) is ErrorCode.ROOM_LOCKED
    await guest.disconnect()
    await guest.connect()
    await guest.join(room_id)
    await restart(gate, host, late)
    assert (await host.join(room_id)).room.locked
    assert await late.refusal(wire.JoinRoom, room_id=room_id) is ErrorCode.ROOM_LOCKED
    await host.ask(wire.LockRoom, locked=False)
    await late.join(room_id)


async def test_hands_holds_and_roles_are_there_again_after_a_restart(gate: Gate) -> None:
    host, guest, room_id = await host_and_speaker(gate)
    listener = await gate.member(2)
    await listener.join(room_id)
    await listener.ask(wire.RaiseHand, raised=True)
    await host.ask(wire.MuteParticipant, member_id=guest.member_id)
    await guest.ask(wire.AskToUnmute, asked=True)
    before = {p.member_id: p for p in (await host.ask(wire.SyncRoom)).room.participants}
    await restart(gate, host, guest, listener)
    for page in (host, guest, listener):
        await page.join(room_id)
    after = {p.member_id: p for p in (await host.ask(wire.SyncRoom)).room.participants}
    assert after == before
    assert await guest.refusal(wire.Mute, muted=False) is ErrorCode.HELD_MUTE


async def test_a_page_that_was_away_is_told_what_happened_to_its_person_once(gate: Gate) -> None:
    host, guest, room_id = await host_and_speaker(gate)
    await guest.ask(wire.Mute, muted=False)
    await guest.disconnect()
    await host.event(wire.ParticipantChanged, lambda c: not c.participant.connected)
    await host.ask(wire.MuteParticipant, member_id=guest.member_id)
    await host.ask(wire.MoveToAudience, member_id=guest.member_id)
    await guest.connect()
    assert [m.what for m in (await guest.join(room_id)).missed] == ["muted", "to_audience"]
    assert (await guest.join(room_id)).missed == []


async def test_who_was_removed_while_away_is_told_when_he_comes_back(gate: Gate) -> None:
    host, guest, room_id = await host_and_speaker(gate)
    await guest.disconnect()
    await host.event(wire.ParticipantChanged, lambda c: not c.participant.connected)
    await host.ask(wire.RemoveFromRoom, member_id=guest.member_id)
    await guest.connect()
    assert [m.what for m in (await guest.join(room_id)).missed] == ["removed"]


async def test_what_is_told_of_an_absence_is_bounded(gate: Gate) -> None:
    host, guest, room_id = await host_and_speaker(gate)
    await guest.disconnect()
    await host.event(wire.ParticipantChanged, lambda c: not c.participant.connected)
    for _ in range(12):
        gate.clock.advance(1_000)
        await host.ask(wire.MuteParticipant, member_id=guest.member_id)
        await host.ask(wire.AllowUnmute, member_id=guest.member_id)
    await guest.connect()
    missed = (await guest.join(room_id)).missed
    assert len(missed) == 20
    assert missed[-1].what == "unmute_allowed"


async def test_a_listener_takes_the_room_over_whose_host_is_gone(gate: Gate) -> None:
    host, first = await gate.founder(), await gate.member(1)
    second = await gate.member(2)
    room_id = await host.open_room()
    for page in (first, second):
        await page.join(room_id)
    await host.disconnect()
    await first.event(wire.ParticipantChanged, lambda c: not c.participant.connected)
    gate.clock.advance(GRACE_MS)
    asked = await second.event(wire.RoomChanged, lambda changed: changed.asked is not None)
    assert (asked.hostless, asked.asked) == (True, first.member_id)
    assert await second.refusal(wire.TakeOver, accepted=True) is ErrorCode.WRONG_STATE
    await first.ask(wire.TakeOver, accepted=False)
    await second.event(wire.RoomChanged, lambda changed: changed.asked == second.member_id)
    await second.ask(wire.TakeOver, accepted=True)
    room = (await first.ask(wire.SyncRoom)).room
    assert (room.hostless, room.asked) == (False, None)
    assert (await seat_of(first, second)).role == "moderator"
    assert await first.refusal(wire.TakeOver, accepted=True) is ErrorCode.WRONG_STATE


async def test_a_room_that_nobody_takes_over_ends_and_says_why(gate: Gate) -> None:
    host, listener = await gate.founder(), await gate.member(1)
    room_id = await host.open_room()
    await listener.join(room_id)
    await host.disconnect()
    await listener.event(wire.ParticipantChanged, lambda c: not c.participant.connected)
    gate.clock.advance(GRACE_MS)
    await listener.event(wire.RoomChanged, lambda changed: changed.asked == listener.member_id)
    await listener.ask(wire.TakeOver, accepted=False)
    ended = await listener.event(wire.RoomEnded)
    assert (ended.room_id, ended.abandoned) == (room_id, True)
