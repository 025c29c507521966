"""What a late joiner may read: the last minutes, sealed, gone with the consent."""

from __future__ import annotations

import pytest

from protocol import signalling as wire
from server.service.sealed import ConsentKey, KeyDestroyedError
from tests.web.gate import Gate
from tests.web.test_captions import line, speaker_and_listener, tap_of


def test_a_destroyed_key_opens_and_seals_nothing() -> None:
    key = ConsentKey()
    sealed = key.seal(b"words")
    assert b"words" not in sealed.box
    assert key.open(sealed) == b"words"
    key.destroy()
    with pytest.raises(KeyDestroyedError):
        key.open(sealed)
    with pytest.raises(KeyDestroyedError):
        key.seal(b"more")


async def test_a_late_joiner_reads_final_lines_of_the_window_and_none_after_withdrawal(
    gate: Gate,
) -> None:
    host, guest, room_id = await speaker_and_listener(gate)
    gate.feed.say(line(room_id, tap_of(gate), "old", final=True, age_ms=301_000, line_id=1))
    gate.feed.say(line(room_id, tap_of(gate), "kept", final=True, line_id=2))
    gate.feed.say(line(room_id, tap_of(gate), "partial", line_id=3))
    await guest.event(wire.Caption, lambda caption: caption.caption_id == 3)
    late = await gate.member(2)
    await late.join(room_id)
    recent = await late.event(wire.CaptionsRecent)
    assert [caption.text for caption in recent.captions] == ["kept"]
    await host.ask(wire.Consent, granted=False)
    later = await gate.member(3)
    await later.join(room_id)
    await later.ask(wire.SyncRoom)
    assert later.unread(wire.CaptionsRecent) == []


async def test_a_moderator_may_let_late_joiners_read_nothing(gate: Gate) -> None:
    host, guest, room_id = await speaker_and_listener(gate)
    gate.feed.say(line(room_id, tap_of(gate), "kept", final=True))
    await guest.event(wire.Caption)
    await host.ask(wire.KeepCaptions, minutes=0)
    assert (await guest.event(wire.RoomChanged, lambda c: c.captions_kept_min == 0)).captions_on
    late = await gate.member(2)
    await late.join(room_id)
    await late.ask(wire.SyncRoom)
    assert late.unread(wire.CaptionsRecent) == []


async def test_a_long_line_that_is_known_late_fades_in_its_turn(gate: Gate) -> None:
    """It began before the short line of another that was known first, and is no longer read."""
    _, guest, room_id = await speaker_and_listener(gate)
    gate.feed.say(line(room_id, tap_of(gate), "short", final=True, age_ms=1_000, line_id=2))
    gate.feed.say(line(room_id, tap_of(gate), "long", final=True, age_ms=14_000, line_id=1))
    await guest.event(wire.Caption, lambda caption: caption.caption_id == 1)
    first = await gate.member(2)
    await first.join(room_id)
    recent = await first.event(wire.CaptionsRecent)
    assert [caption.text for caption in recent.captions] == ["long", "short"]
    gate.clock.advance(290_000)
    later = await gate.member(3)
    await later.join(room_id)
    recent = await later.event(wire.CaptionsRecent)
    assert [caption.text for caption in recent.captions] == ["short"]
