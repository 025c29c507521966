"""Arrivals find the packet they are, whatever a server did to their sequence numbers."""

from __future__ import annotations

import numpy as np

from bench.media.matching import Sample, onset_latencies, sent_times
from bench.media.native import ARRIVAL
from bench.media.speech import CYCLE, LOUD_FROM

MS = 1_000_000


def arrivals(*rows: tuple[int, int, int, int, int]) -> np.ndarray:
    """Of (at_ns, client, ssrc, sequence, length)."""
    return np.array([(*row, 0) for row in rows], ARRIVAL)


def test_a_stream_is_known_by_one_sample_across_a_wrap() -> None:
    sent = np.array([[10 * MS, 30 * MS, 50 * MS]])
    arrived = arrivals(
        (11 * MS, 4, 7, 65535, 120), (32 * MS, 4, 7, 0, 120), (53 * MS, 4, 7, 1, 120)
    )
    samples = [Sample(client=4, ssrc=7, sequence=0, speaker=0, number=102)]

    times = sent_times(arrived, samples, sent, first_number=101)

    assert (arrived["at_ns"] - times).tolist() == [1 * MS, 2 * MS, 3 * MS]


def test_streams_of_one_listener_are_told_apart() -> None:
    sent = np.array([[10 * MS], [20 * MS]])
    arrived = arrivals((11 * MS, 0, 7, 5, 120), (22 * MS, 0, 8, 5, 120))
    samples = [Sample(0, 7, 5, 0, 1), Sample(0, 8, 5, 1, 1)]

    assert sent_times(arrived, samples, sent, 1).tolist() == [10 * MS, 20 * MS]


def test_what_cannot_be_told_counts_as_not_delivered() -> None:
    sent = np.array([[10 * MS, 30 * MS]])
    unknown, torn, outside = (
        (11 * MS, 0, 7, 5, 120),
        (11 * MS, 1, 7, 5, 120),
        (9 * MS, 2, 7, 9, 120),
    )
    samples = [Sample(1, 7, 5, 0, 1), Sample(1, 7, 6, 0, 9), Sample(2, 7, 1, 0, 1)]

    assert sent_times(arrivals(unknown, torn, outside), samples, sent, 1).tolist() == [0, 0, 0]


def test_a_voice_encoded_anew_is_timed_where_it_grows_loud() -> None:
    numbers = np.arange(2 * CYCLE)
    sent = (numbers * 20 * MS + 1)[np.newaxis, :]
    loud = numbers % CYCLE >= LOUD_FROM
    arrived = arrivals(
        *((int(sent[0][n]) + 90 * MS, 3, 9, int(n), 300 if loud[n] else 39) for n in numbers)
    )

    assert onset_latencies(arrived, sent, first_number=0).tolist() == [90 * MS, 90 * MS]
