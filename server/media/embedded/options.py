"""What a worker is told at its start: where it listens, what it offers, how long it waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from server.media.embedded.accelerator import Accelerator
from server.media.embedded.loss import CALM_MS


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a worker waits; other values are for tests."""

    connect_s: float = 30.0
    """From the offer to the end of ICE."""
    handshake_s: float = 10.0
    consent_s: float = 30.0
    """A session without a valid check for so long is gone (RFC 7675 §5.1)."""
    report_s: float = 5.0
    """Between two RTCP reports to the same session."""
    calm_s: float = CALM_MS / 1000
    """A listener who lost nothing for so long gets nothing twice."""
    beat_s: float = 0.25
    """How often it is seen to that a browser got something lately; see `Rounds.beat`."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a worker's sessions have in common."""

    addresses: Sequence[str]
    """IP addresses for the offer."""
    slots: int
    index: int
    """Which of the workers this is."""
    hop_socket: Callable[[int], Path]
    """Where each worker listens to the others."""
    port: int = 0
    """UDP port for the offer, where a NAT maps another one to ours; 0: ours."""
    timing: Timing = field(default_factory=Timing)
    first_index: int = 1
    """With which RTP packet index new slots begin; other values are for tests."""
    accelerator: Accelerator | None = None
    """The C loop of the fan-out; None: in Python."""
