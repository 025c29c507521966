"""Messages between workers: whole or not at all, and never at the cost of who sends them."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from server.media.embedded.counters import Counters
from server.media.embedded.hop import MAX_HOP_BYTES
from server.media.embedded.neighbours import REDIAL_MS, Neighbours


class Node(NamedTuple):
    neighbours: Neighbours
    counters: Counters
    heard: list[tuple[int, bytes]]


class Street:
    """Workers side by side, with a clock that the test moves."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.now_ms = 1000
        self.nodes: dict[int, Node] = {}

    def path(self, index: int) -> Path:
        return self._directory / "run" / f"{index}.sock"

    def open(self, index: int) -> Node:
        heard: list[tuple[int, bytes]] = []
        counters = Counters()
        made = Neighbours(index, self.path, counters, lambda: self.now_ms)
        made.start(lambda worker, data: heard.append((worker, data)))
        self.nodes[index] = Node(made, counters, heard)
        return self.nodes[index]

    def close(self, index: int) -> None:
        self.nodes.pop(index).neighbours.close()


@pytest.fixture
async def street(state_dir: Path) -> AsyncIterator[Street]:
    made = Street(state_dir)
    yield made
    for index in list(made.nodes):
        made.close(index)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  sockets of this very loop
            await asyncio.sleep(0.005)


async def test_messages_arrive_whole_in_order_and_with_the_name_of_who_sent_them(
    street: Street,
) -> None:
    a, b, c = (street.open(index) for index in range(3))
    sent = [bytes([n]) * size for n, size in enumerate((1, 500, MAX_HOP_BYTES))]
    for message in sent:
        a.neighbours.send(1, message)
        c.neighbours.send(1, message)
    await until(lambda: len(b.heard) == 6)
    for worker in (0, 2):
        assert [data for who, data in b.heard if who == worker] == sent
    assert a.heard == c.heard == []
    assert (a.counters.hop_out, b.counters.hop_in) == (3, 6)


async def test_a_worker_that_does_not_read_costs_nobody_anything(street: Street) -> None:
    a, b = street.open(0), street.open(1)
    with deaf(street.path(2)):
        message = bytes(500)
        began = time.monotonic()
        for _ in range(20_000):
            a.neighbours.send(2, message)
        assert a.counters.dropped_hop_full > 10_000, "the queue is bounded"
        assert time.monotonic() - began < 5, "and full is known at once"
        a.neighbours.send(1, b"heard")
        await until(lambda: b.heard == [(0, b"heard")])


@contextmanager
def deaf(path: Path) -> Iterator[None]:
    """A worker that hangs: its socket is there, and nobody reads."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
        door.bind(str(path))
        door.listen(1)
        yield


async def test_a_worker_that_is_away_is_tried_again_and_found_when_it_is_back(
    street: Street,
) -> None:
    a = street.open(0)
    a.neighbours.send(1, b"nobody there")
    b = street.open(1)
    a.neighbours.send(1, b"too early")
    assert a.counters.dropped_hop_full == 2
    street.now_ms += REDIAL_MS
    a.neighbours.send(1, b"heard")
    await until(lambda: b.heard == [(0, b"heard")])

    street.close(1)
    again = street.open(1)
    a.neighbours.send(1, b"heard by the new one")
    await until(lambda: again.heard == [(0, b"heard by the new one")])
    assert a.counters.dropped_hop_full == 2


async def test_what_is_too_long_is_not_taken_for_something_shorter(street: Street) -> None:
    a, b = street.open(0), street.open(1)
    a.neighbours.send(1, bytes(2 * MAX_HOP_BYTES))
    await until(lambda: len(b.heard) == 1)
    assert len(b.heard[0][1]) == MAX_HOP_BYTES + 1
