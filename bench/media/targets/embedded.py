"""Our own media worker, as its own process, told over its Unix socket what a gate would tell it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Self

from bench.media.client import Client
from bench.media.sdp import describe, parse
from bench.media.targets.target import START_S, Process, TargetError
from server.domain.ids import Csrc, MediaId, RoomId
from server.media.link import MediaLink
from server.ports import MediaUpChanged, Seat


class Embedded:
    """`python -m server media` with everything else left out."""

    stamped = True
    speakers_listen = True

    def __init__(self, directory: Path, host: str) -> None:
        self.host = host
        self._directory = directory
        self._process = Process()
        self._link = MediaLink(directory / "run" / "media.sock")

    async def __aenter__(self) -> Self:
        environment = {
            **os.environ,
            "MASIL_STATE_DIR": str(self._directory),
            "MASIL_MEDIA_HOST": self.host,
            "MASIL_MEDIA_PORT": "0",
            "MASIL_MEDIA_ADVERTISE": f'["{self.host}"]',
            "MASIL_LOG_FORMAT": "json",
        }
        await self._process.start([sys.executable, "-m", "server", "media"], environment)
        await self._link.start()
        await self._wait_up()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._link.close()
        await self._process.stop()

    @property
    def pid(self) -> int:
        """Whose CPU time counts."""
        return self._process.pid

    async def fanout(self) -> str:
        """See `Target`."""
        return "native" if (await self._link.counters())["native_fanout"] else "python"

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
        remote = parse(await self._link.open_seat(seat))
        directions = [
            (
                mid,
                ("sendonly" if client.role == "speaker" else "inactive") if n == 0 else "recvonly",
            )
            for n, mid in enumerate(remote.mids)
        ]
        await self._link.answer_seat(media_id, describe(client.local, directions, "active"))
        await client.connect(remote)

    async def _wait_up(self) -> None:
        events = self._link.events()
        try:
            async with asyncio.timeout(START_S):
                async for event in events:
                    await self._process.check()
                    if isinstance(event, MediaUpChanged) and event.up:
                        return
        except TimeoutError:
            await self._process.check()
            raise TargetError("the media worker did not come up") from None
