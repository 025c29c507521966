"""The whole audio path without sockets, under what a network does to packets."""

from __future__ import annotations

import random

import numpy as np
import pytest

from analysis.speaker import Identity, Job, Speaker
from analysis.vad import SileroDetector
from analysis.whisper import WhisperTranscriber
from protocol.analysis import AudioHeader
from tests.analysis import speech
from tests.shared_material import fixture_model

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def transcriber() -> WhisperTranscriber:
    return WhisperTranscriber(fixture_model(), "cpu", 1)


def hear(clip_id: str, loss: float, jitter_ms: int) -> list[Job]:
    clip = speech.clip(clip_id)
    chance = random.Random(clip_id)
    speaker = Speaker(Identity("r", 1, "s", None), SileroDetector(), lambda: 1)
    packets = speech.encode(np.concatenate((speech.silence(0.4), clip.samples, speech.silence(1))))
    arrivals = sorted(
        (index * 20 + (chance.randrange(jitter_ms) if index else 0), frame)
        for index, frame in enumerate(speech.RtpStream(1).frames(packets))
        if not index or chance.random() >= loss
    )
    for at_ms, frame in arrivals:
        header, payload = AudioHeader.unpack(frame)
        speaker.receive(header, payload, at_ms)
    for later_ms in range(0, 1000, 100):
        speaker.advance(arrivals[-1][0] + later_ms)
    return list(speaker.finals)


@pytest.mark.parametrize("clip_id", ["fx_en_00", "fx_en_03", "fx_ko_06", "fx_ko_09"])
def test_clips_survive_5_percent_loss_and_jitter_word_for_word(
    transcriber: WhisperTranscriber, clip_id: str
) -> None:
    (job,) = hear(clip_id, loss=0.05, jitter_ms=50)
    transcript = transcriber.transcribe(job.utterance.audio)
    clip = speech.clip(clip_id)
    assert (transcript.text, transcript.language) == (clip.text, clip.language)


def test_silence_given_to_the_model_is_judged_no_speech(transcriber: WhisperTranscriber) -> None:
    quiet = np.random.default_rng(2).normal(0, 0.001, 32_000).astype(np.float32)
    assert transcriber.transcribe(quiet, ("en",)).no_speech_probability > 0.6
