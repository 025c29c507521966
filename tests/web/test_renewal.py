"""A page renews its voices: the old session goes on until the new one is connected, not longer."""

from __future__ import annotations

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain.ids import MediaId
from tests.web.gate import Gate, until
from tests.web.page import Page


async def on_stage(gate: Gate) -> tuple[Page, Page, MediaId]:
    """A moderator, a guest whose microphone is on, and the guest's session."""
    host, guest = await gate.founder(), await gate.member(1)
    room_id = await host.open_room()
    joined = await guest.join(room_id)
    await guest.ask(wire.RaiseHand, raised=True)
    await host.ask(wire.InviteToStage, member_id=guest.member_id)
    await guest.ask(wire.Mute, muted=False)
    assert joined.media_id
    return host, guest, MediaId(joined.media_id)


async def test_the_old_session_ends_when_the_new_one_is_connected_and_not_before(
    gate: Gate,
) -> None:
    _, guest, old = await on_stage(gate)
    offer = await guest.ask(wire.RenewMedia, replaces=old)
    new = MediaId(offer.media_id)
    assert gate.media.seats[new].replaces == old
    assert gate.media.closed == []
    gate.media.connect(new)
    await until(lambda: gate.media.closed == [old])
    assert new in gate.media.seats


async def test_a_mute_meanwhile_reaches_both_sessions(gate: Gate) -> None:
    host, guest, old = await on_stage(gate)
    new = MediaId((await guest.ask(wire.RenewMedia, replaces=old)).media_id)
    await host.ask(wire.MuteParticipant, member_id=guest.member_id)
    assert [gate.media.seats[key].muted for key in (old, new)] == [True, True]
    await host.ask(wire.MoveToAudience, member_id=guest.member_id)
    assert [gate.media.seats[key].role for key in (old, new)] == ["listener", "listener"]


async def test_whoever_leaves_meanwhile_leaves_no_session(gate: Gate) -> None:
    host, guest, old = await on_stage(gate)
    await guest.ask(wire.RenewMedia, replaces=old)
    await guest.ask(wire.LeaveRoom)
    await host.event(wire.ParticipantLeft)
    assert len(gate.media.seats) == 1


async def test_a_page_that_comes_back_keeps_its_voice_until_the_new_one_is_there(
    gate: Gate,
) -> None:
    host, guest, old = await on_stage(gate)
    room_id = (await guest.ask(wire.SyncRoom)).room.room_id
    await guest.disconnect()
    await host.event(wire.ParticipantChanged, lambda c: not c.participant.connected)
    await guest.connect()
    joined = await guest.ask(wire.JoinRoom, room_id=room_id, replaces=old)
    assert old in gate.media.seats
    gate.media.connect(joined.media_id)
    await until(lambda: gate.media.closed == [old])


async def test_another_device_cannot_spare_what_it_does_not_have(gate: Gate) -> None:
    _, guest, old = await on_stage(gate)
    room_id = (await guest.ask(wire.SyncRoom)).room.room_id
    host_session = next(key for key in gate.media.seats if key != old)
    phone = await gate.device(guest)
    await phone.ask(wire.JoinRoom, room_id=room_id, replaces=host_session)
    assert (await guest.event(wire.Error)).code is ErrorCode.REPLACED
    assert gate.media.closed == [old]
    assert host_session in gate.media.seats


async def test_a_second_renewal_drops_the_first_and_spares_the_old_one_still(gate: Gate) -> None:
    _, guest, old = await on_stage(gate)
    first = (await guest.ask(wire.RenewMedia, replaces=old)).media_id
    second = (await guest.ask(wire.RenewMedia, replaces=old)).media_id
    assert gate.media.closed == [first]
    assert {old, second} <= gate.media.seats.keys()
    gate.media.connect(first)  # too late: it was closed already
    await guest.ask(wire.SyncRoom)
    assert {old, second} <= gate.media.seats.keys()


async def test_a_new_session_that_is_lost_leaves_the_old_one(gate: Gate) -> None:
    host, guest, old = await on_stage(gate)
    new = MediaId((await guest.ask(wire.RenewMedia, replaces=old)).media_id)
    gate.media.lose(new, "never_connected")
    third = MediaId((await guest.ask(wire.RenewMedia, replaces=old)).media_id)
    assert gate.media.seats[third].replaces == old
    await host.ask(wire.MuteParticipant, member_id=guest.member_id)
    assert gate.media.seats[old].muted


async def test_a_page_that_slept_is_told_to_renew_as_its_consent_expired(gate: Gate) -> None:
    host, guest, old = await on_stage(gate)
    gate.media.lose(old, "consent_expired")
    await guest.event_media(up=True)
    assert host.unread(wire.MediaUp) == []
    offer = await guest.ask(wire.RenewMedia, replaces=old)
    assert gate.media.seats[offer.media_id].replaces is None


async def test_other_ends_of_a_session_ask_for_nothing(gate: Gate) -> None:
    """The page knows by itself, and waits longer each time where it does not succeed."""
    _, guest, old = await on_stage(gate)
    gate.media.lose(old, "dtls_failed")
    await guest.ask(wire.RenewMedia)
    assert guest.unread(wire.MediaUp) == []


async def test_a_ping_is_answered_whoever_asks(gate: Gate) -> None:
    newcomer = gate.page()
    await newcomer.sign_in(5, "Newcomer")
    await newcomer.connect()
    assert isinstance(await newcomer.ask(wire.Ping), wire.Ok)
