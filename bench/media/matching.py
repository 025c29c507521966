"""Which sent packet an arrival is: by the stamp inside, or, where a server encodes anew, by ear.

A server rewrites sequence numbers, but by a constant for each stream of each listener: a few
decrypted samples of a stream tell that constant, and with it every other packet of the stream.
Pure functions on arrays; the times are CLOCK_REALTIME nanoseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bench.media.speech import CYCLE, LOUD_FROM

Array = npt.NDArray[Any]


class Sample(NamedTuple):
    """One decrypted packet of a listener."""

    client: int
    ssrc: int
    sequence: int
    speaker: int
    number: int


def sent_times(
    arrivals: Array, samples: Sequence[Sample], sent_ns: Array, first_number: int
) -> Array:
    """When each arrival was sent, 0 where it cannot be told.

    `sent_ns` is by [speaker, number − first_number]. A stream whose samples contradict each other
    (its slot changed hands within the run) is left out.
    """
    speaker_of, shift_of = _streams(samples)
    keys = arrivals["client"].astype(np.uint64) << np.uint64(32) | arrivals["ssrc"]
    streams, stream = np.unique(keys, return_inverse=True)
    speakers = np.array([speaker_of.get(int(key), -1) for key in streams], np.int64)
    shifts = np.array([shift_of.get(int(key), 0) for key in streams], np.int64)
    if not len(streams):
        return np.zeros(0, np.int64)
    speaker = speakers[stream]
    number = (arrivals["sequence"].astype(np.int64) + shifts[stream]) & 0xFFFF
    turn = number - first_number
    known = (speaker >= 0) & (turn >= 0) & (turn < sent_ns.shape[1])
    result = np.zeros(len(arrivals), np.int64)
    result[known] = sent_ns[speaker[known], turn[known]]
    return result


def _streams(samples: Sequence[Sample]) -> tuple[dict[int, int], dict[int, int]]:
    """Speaker and shift of each stream whose samples agree."""
    found: dict[int, set[tuple[int, int]]] = {}
    for sample in samples:
        shift = (sample.number - sample.sequence) & 0xFFFF
        found.setdefault(sample.client << 32 | sample.ssrc, set()).add((sample.speaker, shift))
    agreed = {key: next(iter(pairs)) for key, pairs in found.items() if len(pairs) == 1}
    return (
        {key: speaker for key, (speaker, _) in agreed.items()},
        {key: shift for key, (_, shift) in agreed.items()},
    )


def onset_latencies(arrivals: Array, sent_ns: Array, first_number: int) -> Array:
    """Nanoseconds from sending the first loud packet of a cycle to the listener's first large one.

    For servers that decode and encode with a variable rate: silence is small, a tone is large.
    One speaker only.
    """
    if not len(arrivals):
        return np.zeros(0, np.int64)
    numbers = np.arange(sent_ns.shape[1]) + first_number
    onsets = sent_ns[0][(numbers % CYCLE == LOUD_FROM) & (sent_ns[0] > 0)]
    lengths = arrivals["length"]
    quiet, largest = int(lengths.min()), int(lengths.max())
    threshold = quiet + (largest - quiet) / 4
    found: list[int] = []
    for client in np.unique(arrivals["client"]):
        mine = np.sort(arrivals[arrivals["client"] == client], order="at_ns")
        loud = mine["length"] > threshold
        began = mine["at_ns"][1:][loud[1:] & ~loud[:-1]]
        before = np.searchsorted(onsets, began) - 1
        found += [int(at - onsets[n]) for at, n in zip(began, before, strict=True) if n >= 0]
    return np.array(found, np.int64)
