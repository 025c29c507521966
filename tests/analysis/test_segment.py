from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.decoder import OpusDecoder, Samples
from analysis.segment import PRE_ROLL_FRAMES, TAIL_FRAMES, Segmenter, Utterance
from analysis.vad import FRAME_SAMPLES, INAUDIBLE, SILENT_FRAMES, SileroDetector
from tests.analysis import speech


def run(pattern: list[tuple[float, int]]) -> tuple[Segmenter, list[Utterance]]:
    """Feed (probability, frames) runs."""
    segmenter = Segmenter()
    ended: list[Utterance] = []
    for probability, frames in pattern:
        for _ in range(frames):
            ended += segmenter.push(np.ones(FRAME_SAMPLES, np.float32), probability)
    return segmenter, ended


def test_an_utterance_starts_after_200_ms_of_voice_and_ends_after_550_ms_without() -> None:
    segmenter, ended = run([(0.0, 30), (0.9, 5)])
    assert not segmenter.speaking
    segmenter, ended = run([(0.0, 30), (0.9, 40), (0.0, 16)])
    assert segmenter.speaking
    assert ended == []
    segmenter, ended = run([(0.0, 30), (0.9, 40), (0.0, 17)])
    assert not segmenter.speaking
    assert ended[0].voiced_ms == 40 * 32
    assert ended[0].duration_ms == (PRE_ROLL_FRAMES + 40 + TAIL_FRAMES) * 32


def test_a_click_is_no_utterance() -> None:
    _, ended = run([(0.0, 10), (0.9, 3), (0.0, 40), (0.9, 3), (0.0, 40)])
    assert ended == []


def test_the_age_reaches_back_to_the_beginning_of_the_speech() -> None:
    _, ended = run([(0.0, 30), (0.9, 100), (0.0, 17)])
    assert ended[0].age_ms == (10 + 100 + 17) * 32


def test_long_speech_is_split_at_its_best_pause_and_nothing_is_lost() -> None:
    segmenter, ended = run([(0.9, 140), (0.0, 4), (0.9, 60), (0.0, 10), (0.9, 100)])
    assert len(ended) == 1
    assert ended[0].duration_ms == pytest.approx((140 + 4 + 60 + 5) * 32, abs=64)
    rest = segmenter.flush()
    assert ended[0].duration_ms + rest[0].duration_ms == (140 + 4 + 60 + 10 + 100) * 32


def test_speech_without_a_pause_is_cut_at_14_s() -> None:
    _, ended = run([(0.9, 1000)])
    assert len(ended) >= 2
    assert all(10_000 <= utterance.duration_ms <= 14_100 for utterance in ended)


def test_clearing_overwrites_the_audio() -> None:
    segmenter = Segmenter()
    frames = [np.ones(FRAME_SAMPLES, np.float32) for _ in range(30)]
    for frame in frames:
        segmenter.push(frame, 0.9)
    segmenter.clear()
    assert not any(frame.any() for frame in frames)


def hear(samples: Samples) -> list[Utterance]:
    decoder, detector, segmenter = OpusDecoder(), SileroDetector(), Segmenter()
    heard = np.concatenate([decoder.decode(packet) for packet in speech.encode(samples)])
    ended: list[Utterance] = []
    for start in range(0, len(heard) - FRAME_SAMPLES, FRAME_SAMPLES):
        frame = heard[start : start + FRAME_SAMPLES].copy()
        ended += segmenter.push(frame, detector.probability(frame))
    return ended


def test_a_fixture_clip_through_opus_is_one_utterance() -> None:
    clip = speech.clip("fx_en_02")
    ended = hear(np.concatenate((speech.silence(0.5), clip.samples, speech.silence(1))))
    assert len(ended) == 1
    assert ended[0].duration_ms == pytest.approx(len(clip.samples) / 48, abs=600)
    assert ended[0].mean_voice > 0.9


def test_noise_and_silence_are_no_speech() -> None:
    noise = np.random.default_rng(1).normal(0, 0.05, 48_000 * 4).astype(np.float32)
    hum = (0.3 * np.sin(np.arange(48_000 * 3) * 2 * np.pi * 100 / 48_000)).astype(np.float32)
    assert hear(np.concatenate((noise, hum, speech.silence(1)))) == []


def test_the_network_is_not_asked_about_long_silence_and_hears_a_voice_after_it_as_ever() -> None:
    asked = 0
    detector = SileroDetector()
    run_network = detector._run

    def counted(*arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        return run_network(*arguments)

    detector._run = counted
    silent = [detector.probability(np.zeros(FRAME_SAMPLES, np.float32)) for _ in range(90)]
    assert (asked, max(silent[SILENT_FRAMES:])) == (SILENT_FRAMES, 0.0)
    clip = speech.clip("fx_en_02").samples
    rest = speech.silence(1)
    soon, late = (hear(np.concatenate((speech.silence(s), clip, rest))) for s in (0.5, 4.0))
    assert len(soon) == len(late) == 1
    assert soon[0].duration_ms == late[0].duration_ms


@pytest.mark.parametrize("name", ["fx_en_02", "fx_ko_07"])
def test_what_counts_as_inaudible_the_network_takes_for_no_voice_either(name: str) -> None:
    clip = speech.clip(name).samples
    quiet = clip * np.float32(2 * INAUDIBLE / np.abs(clip).max())
    assert hear(np.concatenate((quiet, speech.silence(1)))) == []


def test_a_malformed_packet_is_concealed_and_counted() -> None:
    decoder = OpusDecoder()
    packets = speech.encode((0.3 * np.sin(np.arange(48_000) * 0.05)).astype(np.float32))
    for packet in packets[:10]:
        decoder.decode(packet)
    assert len(decoder.decode(b"\xff" * 20)) == 320
    assert decoder.errors == 1
    assert len(decoder.decode(packets[10])) == 320


def test_concealment_continues_the_voice_and_fades_out() -> None:
    decoder = OpusDecoder()
    for packet in speech.encode((0.3 * np.sin(np.arange(48_000) * 0.05)).astype(np.float32))[:20]:
        decoder.decode(packet)
    first = decoder.conceal(960)
    last = [decoder.conceal(960) for _ in range(15)][-1]
    assert len(first) == 320
    assert np.abs(first).max() > 0.1
    assert np.abs(last).max() < np.abs(first).max() / 4
