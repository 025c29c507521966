"""A connected browser always hears something soon, so silence means that it lost its way."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from server.config import Settings
from server.media.embedded.rtcp import BEAT, losses, needs_beat, sender_reports
from tests.fakes.rtc import CM, GCM
from tests.media.conftest import QUICK, House, seat

BEATS = 5
ONLY_BEATS = replace(QUICK, report_s=60.0, beat_s=0.02)


@pytest.mark.parametrize("profile", [GCM, CM])
async def test_in_a_silent_room_listeners_and_speakers_hear_beats(
    settings: Settings, profile: object
) -> None:
    async with House(settings, timing=ONLY_BEATS) as house:
        speaker = await house.enter(seat("s"), profiles=(profile,))
        listener = await house.enter(seat("l", csrc=2, role="listener"), profiles=(profile,))
        for peer in (speaker, listener):
            await peer.until(lambda peer=peer: len(peer.rtcp) >= BEATS)  # type: ignore[misc]
            assert set(peer.rtcp) == {BEAT}
            assert peer.undecryptable == 0


async def test_a_speaker_who_hears_nobody_hears_beats(settings: Settings) -> None:
    async with House(settings, timing=ONLY_BEATS) as house:
        speaker = await house.enter(seat("s"))
        listener = await house.enter(seat("l", csrc=2, role="listener"))
        beats = len(speaker.rtcp)
        turn = 0
        while len(speaker.rtcp) < beats + BEATS:
            speaker.speak(turn)
            turn += 1
            await listener.hears(turn)
            await asyncio.sleep(0.02)  # as a microphone does
        assert speaker.heard == []


def test_whoever_heard_another_voice_lately_needs_no_beat() -> None:
    assert not needs_beat(on_stage=False, silent_ms=124, beat_ms=250)
    assert needs_beat(on_stage=False, silent_ms=125, beat_ms=250)
    assert needs_beat(on_stage=True, silent_ms=0, beat_ms=250)


def test_a_beat_reports_nothing() -> None:
    assert sender_reports(BEAT) == losses(BEAT) == []
    assert BEAT[1] == 201
