"""The stock aiortc MediaRelay under load: how it is started and joined."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Self

import aiohttp

from bench.media.client import Client
from bench.media.sdp import describe, parse
from bench.media.targets.target import START_S, Process, TargetError

_PORT = 18089


class AiortcRelay:
    """One room, one speaker."""

    stamped = False
    speakers_listen = False

    def __init__(self, directory: Path, host: str) -> None:
        self.host = host
        self._process = Process()
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        if self.host == "127.0.0.1":
            raise TargetError("aiortc offers no 127.0.0.1: it needs an own network namespace")
        module = "bench.media.targets.aiortc_server"
        command = [sys.executable, "-m", module, self.host, str(_PORT)]
        await self._process.start(command, dict(os.environ))
        self._http = aiohttp.ClientSession(f"http://{self.host}:{_PORT}")
        await self._wait_up()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._http is not None:
            await self._http.close()
        await self._process.stop()

    @property
    def pids(self) -> tuple[int, ...]:
        """Whose CPU time counts."""
        return (self._process.pid,)

    async def check(self) -> None:
        """See `Target`."""
        await self._process.check()

    async def fanout(self) -> str:
        """See `Target`."""
        return ""

    async def join(self, client: Client, room: int) -> None:
        """See `Target`."""
        if room:
            raise TargetError("this server has one room")
        assert self._http is not None
        direction = "sendonly" if client.role == "speaker" else "recvonly"
        body = {"sdp": describe(client.local, [("0", direction)], "active"), "role": client.role}
        async with self._http.post("/offer", json=body) as response:
            if response.status != 200:
                raise TargetError(f"the aiortc server answered {response.status}")
            answer = (await response.json())["sdp"]
        await client.connect(parse(answer))

    async def _wait_up(self) -> None:
        assert self._http is not None
        async with asyncio.timeout(START_S):
            while True:
                await self._process.check()
                try:
                    async with self._http.get("/"):
                        return
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.1)
