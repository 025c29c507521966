"""The stock aiortc server to compare with: one RTCPeerConnection a client, MediaRelay in between.

Usage: python -m bench.media.targets.aiortc_server HOST PORT. Nothing of aiortc is changed.
"""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay


class RelayServer:
    """One room, one voice, as aiortc's own examples do it."""

    def __init__(self) -> None:
        self._relay = MediaRelay()
        self._voice: MediaStreamTrack | None = None
        self._connections: set[RTCPeerConnection] = set()

    async def offer(self, request: web.Request) -> web.Response:
        """Answer a client's offer."""
        body = await request.json()
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connections.add(connection)
        if body["role"] == "speaker":
            connection.on("track", self._take)
        await connection.setRemoteDescription(RTCSessionDescription(body["sdp"], "offer"))
        if body["role"] == "listener":
            if self._voice is None:
                raise web.HTTPConflict(text="nobody speaks")
            connection.addTrack(self._relay.subscribe(self._voice))
        await connection.setLocalDescription(await connection.createAnswer())
        return web.json_response({"sdp": connection.localDescription.sdp})

    def _take(self, track: MediaStreamTrack) -> None:
        self._voice = track


async def main(host: str, port: int) -> None:
    """Serve until killed."""
    app = web.Application()
    app.router.add_post("/offer", RelayServer().offer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
