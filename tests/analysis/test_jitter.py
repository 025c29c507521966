from __future__ import annotations

import random

import pytest

from analysis.jitter import (
    MAX_HELD,
    JitterBuffer,
    Loss,
    Playout,
    Silence,
    Voice,
    packet_samples,
)

TOC = 0x48
"""SILK wide-band, one frame of 20 ms."""


def packet(name: int) -> bytes:
    return bytes([TOC, name & 0xFF])


class Sender:
    def __init__(self, sequence: int = 65_530, timestamp: int = 2**32 - 3000) -> None:
        self.buffer = JitterBuffer()
        self.sequence, self.timestamp = sequence, timestamp

    def send(self, index: int, now_ms: int, late_samples: int = 0) -> list[Playout]:
        self.buffer.push(
            (self.sequence + index) & 0xFFFF,
            (self.timestamp + index * 960 + late_samples) & 0xFFFFFFFF,
            packet(index),
            now_ms,
        )
        return list(self.buffer.pop(now_ms))


def test_packets_in_order_are_played_at_once_across_both_wraps() -> None:
    sender = Sender()
    for index in range(20):
        assert sender.send(index, index * 20) == [Voice(packet(index))]


def test_a_packet_that_overtakes_waits_for_the_earlier_one() -> None:
    sender = Sender()
    sender.send(0, 0)
    assert sender.send(2, 20) == []
    assert sender.send(1, 25) == [Voice(packet(1)), Voice(packet(2))]


def test_a_lost_packet_is_given_up_after_the_hold_and_concealed() -> None:
    sender = Sender()
    sender.send(0, 0)
    assert sender.send(2, 20) == []
    assert list(sender.buffer.pop(79)) == []
    assert list(sender.buffer.pop(80)) == [Loss(960), Voice(packet(2))]
    assert sender.buffer.lost == 1


def test_a_packet_after_its_turn_and_a_duplicate_are_dropped_and_counted() -> None:
    sender = Sender()
    sender.send(0, 0)
    sender.send(2, 20)
    list(sender.buffer.pop(100))
    assert sender.send(1, 110) == []
    assert sender.send(2, 111) == []
    assert sender.buffer.late == 2


def test_dtx_is_silence_and_not_loss() -> None:
    sender = Sender()
    sender.send(0, 0)
    assert sender.send(1, 400, late_samples=18 * 960) == [Silence(18 * 960), Voice(packet(1))]
    assert sender.buffer.lost == 0


def test_a_long_hole_is_silence() -> None:
    sender = Sender()
    sender.send(0, 0)
    sender.send(50, 1000)
    assert list(sender.buffer.pop(1060)) == [Silence(49 * 960), Voice(packet(50))]


def test_a_new_stream_is_taken_up_once_two_packets_agree() -> None:
    sender = Sender(sequence=40_000)
    sender.send(0, 0)
    other = Sender(sequence=10_000, timestamp=77)
    other.buffer = sender.buffer
    assert other.send(0, 20) == []
    assert other.send(1, 40) == [Voice(packet(1))]
    assert other.send(2, 60) == [Voice(packet(2))]


def test_held_packets_are_bounded() -> None:
    sender = Sender()
    sender.send(0, 0)
    played = [playout for index in range(2, MAX_HELD + 3) for playout in sender.send(index, 10)]
    assert len([p for p in played if isinstance(p, Voice)]) >= MAX_HELD


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_order_nothing_is_played_twice_or_out_of_order(seed: int) -> None:
    chance = random.Random(seed)
    sender = Sender(sequence=chance.randrange(65_536))
    arrivals = [
        (index * 20 + chance.randrange(120), index)
        for index in range(250)
        if index == 0 or chance.random() > 0.1
    ]
    arrivals.sort(key=lambda arrival: arrival if arrival[1] else (-1, 0))
    played: list[int] = []
    for now_ms, index in arrivals:
        playouts = sender.send(index, max(0, now_ms))
        played += [playout.payload[1] for playout in playouts if isinstance(playout, Voice)]
    assert played == sorted(played)
    assert len(set(played)) == len(played)
    assert len(played) + sender.buffer.late >= len(arrivals) - 5


@pytest.mark.parametrize(
    ("payload", "samples"),
    [
        (bytes([0x48]), 960),
        (bytes([0x49, 0]), 1920),
        (bytes([0x4B, 3]), 2880),
        (bytes([0x4B]), 0),
        (bytes([0xF8]), 960),
        (bytes([0x78]), 960),
        (bytes([0x18]), 2880),
    ],
)
def test_the_length_of_a_packet_is_read_from_its_first_bytes(payload: bytes, samples: int) -> None:
    assert packet_samples(payload) == samples
