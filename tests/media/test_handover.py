"""A person's new connection takes the place of his old one: never two voices, hardly a gap."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from server.config import Settings
from server.domain.ids import MediaId
from server.media.embedded.home import HomeRoom
from server.ports import Seat, SeatLost
from tests.fakes.rtc import RtcPeer
from tests.media.conftest import QUICK, House, seat


def renewed(old: Seat, name: str) -> Seat:
    return replace(old, media_id=MediaId(name), replaces=old.media_id)


async def test_the_old_voice_is_heard_until_the_new_one_is_connected_and_not_after(
    house: House,
) -> None:
    """Both connections send the same microphone all the time, as a browser's do."""
    old_seat = seat("old", csrc=7)
    old = await house.enter(old_seat)
    listener = await house.enter(seat("l", csrc=9, role="listener"))
    old.speak(1, b"old")
    (first,) = await listener.hears(1)
    new = RtcPeer(await house.link.open_seat(renewed(old_seat, "new")))
    old.speak(2, b"old")
    await listener.hears(2)
    await house.link.answer_seat(MediaId("new"), new.answer())
    await new.connect()
    await house.counted("sessions_connected", 3)
    for n in range(5):
        old.speak(3 + n, b"old")
        new.speak(900 + n, b"new", ssrc=6001)
    await house.counted("dropped_source", 5)
    heard = await listener.hears(7)
    assert [h.payload for h in heard] == [b"old"] * 2 + [b"new"] * 5
    # For the listeners it is one voice that goes on in its slot.
    assert {(h.ssrc, h.csrc) for h in heard} == {(first.ssrc, 7)}
    assert [h.sequence - first.sequence for h in heard] == list(range(7))
    await new.close()


async def test_whoever_returns_hears_everybody_on_one_connection_only(house: House) -> None:
    old_seat = seat("old", csrc=7)
    old = await house.enter(old_seat)
    other = await house.enter(seat("o", csrc=9))
    other.speak(1, b"before")
    await old.hears(1)
    new = await house.enter(renewed(old_seat, "new"))
    other.speak(2, b"after")
    new.speak(1, b"mine")
    await other.hears(1)
    assert [h.payload for h in await new.hears(1)] == [b"after"]
    assert [h.payload for h in old.heard] == [b"before"]
    assert old.dtls._task is not None
    await asyncio.wait([old.dtls._task], timeout=2)
    assert old.dtls.state == "closed", "the browser is told that its old connection is over"
    assert not any(isinstance(event, SeatLost) for event in house.seen)


async def test_a_new_connection_that_never_comes_up_leaves_the_old_one_alone(
    settings: Settings,
) -> None:
    async with House(settings, timing=replace(QUICK, connect_s=0.3)) as house:
        old_seat = seat("old", csrc=7)
        old = await house.enter(old_seat)
        listener = await house.enter(seat("l", csrc=9, role="listener"))
        await house.link.open_seat(renewed(old_seat, "new"))
        await house.saw(lambda: SeatLost(MediaId("new"), "never_connected") in house.seen)
        old.speak(1, b"still here")
        assert (await listener.hears(1))[0].payload == b"still here"


async def test_a_muted_voice_frees_its_slot_when_its_connection_is_replaced(house: House) -> None:
    old_seat = seat("old", csrc=7)
    old = await house.enter(old_seat)
    listener = await house.enter(seat("l", csrc=9, role="listener"))
    old.speak(1)
    await listener.hears(1)
    muted = replace(old_seat, muted=True)
    await house.link.set_seat(muted)
    new = await house.enter(renewed(muted, "new"))
    new.speak(1, ssrc=6001)
    await house.counted("dropped_muted", 1)
    room = house.worker.engine._sessions[MediaId("l")].room
    assert isinstance(room, HomeRoom)
    assert [slot.voice for slot in room._slots.slots] == [None, None]


async def test_a_session_of_another_room_is_not_replaced(house: House) -> None:
    elsewhere = seat("elsewhere", csrc=7, room="another")
    there = await house.enter(elsewhere)
    witness = await house.enter(seat("w", csrc=8, room="another"))
    await house.enter(replace(seat("here", csrc=7), replaces=elsewhere.media_id))
    there.speak(1, b"undisturbed")
    assert (await witness.hears(1))[0].payload == b"undisturbed"
