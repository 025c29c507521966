"""Our own media workers, as their own processes, told over Unix sockets what a gate would tell."""

from __future__ import annotations

import asyncio
import math
import os
import sys
from pathlib import Path
from typing import Self

from bench.media.client import Client
from bench.media.figures import Spec
from bench.media.sdp import describe, parse
from bench.media.targets.target import START_S, Process, TargetError
from server.config import Settings
from server.domain.ids import Csrc, MediaId, RoomId
from server.media.pool import MediaPool
from server.ports import MediaUpChanged, Seat, SeatLost, SeatsMoved


class Embedded:
    """`python -m server media`, one process a worker, with everything else left out."""

    stamped = True
    speakers_listen = True

    def __init__(self, directory: Path, spec: Spec) -> None:
        self.host = spec.host
        self._directory = directory
        self._processes = [Process() for _ in range(spec.workers)]
        settings = Settings(state_dir=directory)
        sockets = [settings.media_socket(index) for index in range(spec.workers)]
        # So many seats on each worker that the room fills all of them evenly.
        room_seats = math.ceil((spec.speakers + spec.listeners) / spec.workers)
        self._media = MediaPool(sockets, room_seats)
        self._lost = False
        self._watcher: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        environment = {
            **os.environ,
            "MASIL_STATE_DIR": str(self._directory),
            "MASIL_MEDIA_HOST": self.host,
            "MASIL_MEDIA_PORT": "0",
            "MASIL_MEDIA_ADVERTISE": f'["{self.host}"]',
            "MASIL_LOG_FORMAT": "json",
        }
        for index, process in enumerate(self._processes):
            command = [sys.executable, "-m", "server", "media", f"--index={index}"]
            await process.start(command, environment)
        await self._media.start()
        await self._wait_up()
        self._watcher = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.wait([self._watcher])
        await self._media.close()
        for process in self._processes:
            await process.stop()

    @property
    def pids(self) -> tuple[int, ...]:
        """Whose CPU time counts."""
        return tuple(process.pid for process in self._processes)

    async def check(self) -> None:
        """See `Target`."""
        if self._lost:
            raise TargetError("a worker or a seat was lost: the machine is too busy for this load")

    async def fanout(self) -> str:
        """See `Target`."""
        return "native" if (await self._media.counters(0))["native_fanout"] else "python"

    async def join(self, client: Client, room: int) -> None:
        """See `Target`."""
        media_id = MediaId(f"media{client.number:08d}")
        seat = Seat(
            media_id=media_id,
            room_id=RoomId(f"room{room:06d}"),
            csrc=Csrc(client.number + 1),
            role=client.role,
            muted=False,
            tap_id=None,
        )
        remote = parse(await self._media.open_seat(seat))
        directions = [
            (
                mid,
                ("sendonly" if client.role == "speaker" else "inactive") if n == 0 else "recvonly",
            )
            for n, mid in enumerate(remote.mids)
        ]
        await self._media.answer_seat(media_id, describe(client.local, directions, "active"))
        await client.connect(remote)

    async def _watch(self) -> None:
        async for event in self._media.events():
            if isinstance(event, SeatLost | SeatsMoved) or event == MediaUpChanged(False):
                self._lost = True

    async def _wait_up(self) -> None:
        """All of them, so that the first one is the home of the first room."""
        try:
            async with asyncio.timeout(START_S):
                while self._media.workers_up < len(self._processes):
                    for process in self._processes:
                        await process.check()
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise TargetError("not every media worker came up") from None
