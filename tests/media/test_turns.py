"""A worker that has much to catch up with still answers the gate, which would take it for hung."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path

from server.media.embedded.counters import Counters
from server.media.embedded.neighbours import Neighbours
from server.media.embedded.udp import UdpPort

BACKLOG = 128
COST_S = 0.004
"""One packet for a thousand listeners."""
GATE_WAITS_S = 0.6
"""Four pings."""


class Busy:
    """Takes messages, and the time that each of them costs."""

    def __init__(self) -> None:
        self.taken = 0

    def take(self, *_: object) -> None:
        self.taken += 1
        until = time.thread_time() + COST_S
        while time.thread_time() < until:
            pass

    async def longest_turn_s(self) -> float:
        """The longest work until all is taken, as CPU time: what another process of a busy machine
        takes meanwhile is no turn of ours."""
        longest_s = 0.0
        async with asyncio.timeout(10):
            while self.taken < BACKLOG:
                began = time.thread_time()
                await asyncio.sleep(0)
                longest_s = max(longest_s, time.thread_time() - began)
        return longest_s


async def test_packets_of_browsers_are_caught_up_with_in_short_turns() -> None:
    port, busy = UdpPort("127.0.0.1", 0, Counters()), Busy()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(BACKLOG):
            sender.sendto(b"packet", ("127.0.0.1", port.port))
        port.start(busy.take)
        try:
            assert await busy.longest_turn_s() < GATE_WAITS_S / 6
        finally:
            port.close()


async def test_messages_of_another_worker_are_caught_up_with_in_short_turns(
    state_dir: Path,
) -> None:
    def path_of(index: int) -> Path:
        return state_dir / f"{index}.sock"

    def clock_ms() -> int:
        return 0

    busy = Busy()
    hearing = Neighbours(0, path_of, Counters(), clock_ms)
    speaking = Neighbours(1, path_of, Counters(), clock_ms)
    hearing.start(busy.take)
    speaking.start(lambda *_: None)
    try:
        for _ in range(BACKLOG):
            speaking.send(0, b"message")
        assert await busy.longest_turn_s() < GATE_WAITS_S / 6
    finally:
        hearing.close()
        speaking.close()
