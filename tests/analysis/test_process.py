"""The real process on a real socket with a real (small) model."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from websockets.asyncio.client import unix_connect
from websockets.exceptions import ConnectionClosed

from protocol.analysis import (
    AudioHeader,
    BlockWords,
    CloseCaptions,
    EngineState,
    Grant,
    Line,
    LoadModel,
    OpenCaptions,
    Purged,
    RoomTopics,
    Withdraw,
)
from tests.analysis import speech
from tests.analysis.process import AnalysisProcess, GateEnd
from tests.shared_material import fixture_model

CLIPS = tuple(f"fx_{'en' if number < 6 else 'ko'}_{number:02}" for number in range(12))


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnalysisProcess]:
    model = str(fixture_model())
    with AnalysisProcess(tmp_path_factory.mktemp("state"), model).running() as process:
        yield process


def say(tap_id: int, clip_id: str, times: int = 1) -> list[bytes]:
    clip = speech.clip(clip_id)
    turn = np.concatenate((clip.samples, speech.silence(1)))
    stream = speech.RtpStream(tap_id)
    return stream.frames(speech.encode(np.concatenate((speech.silence(0.4), *[turn] * times))))


async def ready(gate: GateEnd, room: str, tap_id: int, language: str | None = None) -> None:
    grant = Grant(room_id=room, tap_id=tap_id, speaker_id="s", language=language)
    await gate.send(OpenCaptions(room_id=room), grant, LoadModel())
    state = await gate.hear(EngineState, lambda engine: engine.state in ("ready", "unavailable"))
    assert state.state == "ready"
    # Answered in order: the grant is in force before audio comes on another connection.
    await gate.stats()


@pytest.mark.model
@pytest.mark.parametrize("clip_id", CLIPS)
async def test_a_clip_through_opus_comes_back_word_for_word(
    analysis: AnalysisProcess, clip_id: str
) -> None:
    gate, media = await analysis.gate(), await analysis.media()
    await ready(gate, "words", 11)
    for frame in say(11, clip_id):
        await media.send(frame)
    line = await gate.hear(Line, lambda heard: heard.final)
    clip = speech.clip(clip_id)
    assert line.text == clip.text
    assert line.language == clip.language
    assert line.tap_id == 11
    await media.close()
    await gate.close()


@pytest.mark.model
async def test_a_sentence_said_three_times_yields_its_topics(analysis: AnalysisProcess) -> None:
    gate, media = await analysis.gate(), await analysis.media()
    await ready(gate, "topics", 21, "en")
    await gate.send(BlockWords(room_id="topics", words=["Jazz Müller"]))
    for _ in range(3):
        for frame in say(21, "fx_en_01"):
            await media.send(frame)
        await gate.hear(Line, lambda line: line.final)
    topics = (await gate.heard_or_next(RoomTopics, lambda heard: len(heard.topics) >= 3)).topics
    assert topics[0].weight == 1.0
    assert {"quantum computers", "error correction", "modern cryptography"} & {
        topic.term for topic in topics
    }
    assert all(topic.speakers == 1 for topic in topics)
    await media.close()
    await gate.close()


@pytest.mark.model
async def test_a_voice_without_grant_is_counted_and_never_decoded(
    analysis: AnalysisProcess,
) -> None:
    gate, media = await analysis.gate(), await analysis.media()
    await ready(gate, "silent", 31)
    frames = say(32, "fx_en_02")
    for frame in frames:
        await media.send(frame)
    await media.close()
    async with asyncio.timeout(10):
        while True:
            if (await gate.stats()).frames_by_tap.get(32) == len(frames):
                break
            await asyncio.sleep(0.02)
    assert not [message for message in gate.heard if isinstance(message, Line)]
    await gate.close()


@pytest.mark.model
async def test_no_line_follows_a_withdrawal(analysis: AnalysisProcess) -> None:
    gate, media = await analysis.gate(), await analysis.media()
    await ready(gate, "withdrawn", 41)
    for frame in say(41, "fx_en_03"):
        await media.send(frame)
    # Partials and the final are on their way now.
    await gate.send(Withdraw(room_id="withdrawn", tap_id=41))
    await gate.hear(Purged, within_s=2)
    before = len(gate.heard)
    for frame in say(41, "fx_en_03"):
        await media.send(frame)
    await gate.send(CloseCaptions(room_id="withdrawn"))
    await gate.hear(Purged, lambda purged: purged.tap_id is None, within_s=2)
    await gate.stats()
    assert not [message for message in gate.heard[before:] if isinstance(message, Line)]
    await media.close()
    await gate.close()


async def test_malformed_frames_are_counted_and_the_connection_stays(
    guarded: AnalysisProcess,
) -> None:
    gate, media = await guarded.gate(), await guarded.media()
    before = (await gate.stats()).counters
    for nonsense in ("{}", "nonsense", '{"type":"grant","roomId":1}', '{"type":"purged"}'):
        await gate.connection.send(nonsense)
    await gate.connection.send(b"\x00\x01")
    await media.send("text on the audio connection")
    await media.send(b"\x01")
    await media.send(b"\x00" * 200)
    await media.send(AudioHeader(99, 1, 1, 255).pack() + b"\xff\xff\xff")
    async with asyncio.timeout(10):
        while True:
            after = (await gate.stats()).counters
            if after.get("frames_malformed", 0) - before.get("frames_malformed", 0) == 2:
                break
            await asyncio.sleep(0.02)
    assert after["messages_malformed"] - before.get("messages_malformed", 0) == 6
    await media.close()
    await gate.close()


async def test_an_oversized_message_ends_only_that_connection(guarded: AnalysisProcess) -> None:
    gate, other = await guarded.gate(), await guarded.gate()
    await gate.connection.send("x" * (64 * 1024 + 1))
    with pytest.raises(ConnectionClosed):
        await gate.hear(Purged)
    await other.stats()
    await other.close()


@pytest.mark.parametrize(
    "first", ['{"type":"hello","peer":"gate","token":"wrong"}', "{}", b"\x01\x02"]
)
async def test_who_does_not_introduce_himself_is_sent_away(
    first: str | bytes, guarded: AnalysisProcess
) -> None:
    async with unix_connect(str(guarded.socket)) as connection:
        await connection.send(first)
        with pytest.raises(ConnectionClosed) as closed:
            await connection.recv()
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1008
    gate = await guarded.gate()
    assert (await gate.hear(EngineState)).state == "missing"
    await gate.close()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnalysisProcess]:
    state_dir = tmp_path_factory.mktemp("guarded")
    with AnalysisProcess(state_dir, "tiny", token="a long secret").running() as process:
        yield process


async def test_a_size_that_is_not_there_is_missing_and_says_what_to_fetch(
    guarded: AnalysisProcess,
) -> None:
    gate = await guarded.gate()
    state = await gate.hear(EngineState)
    assert (state.state, state.fetch) == ("missing", "tiny")
    await gate.close()


def test_it_cannot_write_and_ends_cleanly_on_sigterm(guarded: AnalysisProcess) -> None:
    child = guarded.child
    assert child
    limits = Path(f"/proc/{child.pid}/limits").read_text()
    assert [
        line.split()[3:5] for line in limits.splitlines() if line.startswith("Max file size")
    ] == [["0", "0"]]
    child.send_signal(signal.SIGTERM)
    assert child.wait(10) == 0
    assert child.stderr
    log = child.stderr.read().decode()
    assert "Traceback" not in log
    assert "secret" not in log
