"""Debian's Janus with its VideoRoom, one room: how it is configured, started and joined.

Janus never offers the loopback interface, so it runs in an own network namespace (namespace.py).
Its plugin directories are made of links to the two plugins needed; all its files are temporary.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
from pathlib import Path
from typing import Any, Self

import aiohttp

from bench.media.client import Client
from bench.media.sdp import describe, parse
from bench.media.targets.target import START_S, Process, TargetError

_PORT = 18088
_ROOM = 4321
_CALL_S = 20.0
_KEEPALIVE_S = 20.0
_SESSIONS = 4
_CONFIG = """\
general: {{
  configs_folder = "{configs}"
  plugins_folder = "{plugins}"
  transports_folder = "{transports}"
  events_folder = "{configs}"
  loggers_folder = "{configs}"
  debug_level = 2
  debug_colors = false
  interface = "{host}"
  session_timeout = 120
  event_loops = 1
}}
media: {{ rtp_port_range = "20000-29999" }}
nat: {{ ice_enforce_list = "{host}", ignore_mdns = true }}
"""
_HTTP = """\
general: {{ json = "compact", base_path = "/janus", http = true, port = {port}, ip = "{host}" }}
admin: {{ admin_http = false }}
"""


class Janus:
    """One room of the VideoRoom plugin."""

    stamped = True
    speakers_listen = False

    def __init__(self, directory: Path, host: str) -> None:
        self.host = host
        self._directory = directory
        self._process = Process()
        self._http: aiohttp.ClientSession | None = None
        self._sessions: list[_Session] = []
        self._feeds: list[int] = []

    async def __aenter__(self) -> Self:
        command = _configure(self._directory, self.host)
        await self._process.start(command, dict(os.environ))
        self._http = aiohttp.ClientSession(f"http://{self.host}:{_PORT}")
        await self._wait_up()
        for _ in range(_SESSIONS):
            session = _Session(self._http)
            await session.start()
            self._sessions.append(session)
        first = self._sessions[0]
        await first.ask(
            await first.attach(),
            {
                "request": "create",
                "room": _ROOM,
                "publishers": 20,
                "audiocodec": "opus",
                "audiolevel_ext": True,
                "audiolevel_event": False,
                "notify_joining": False,
            },
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        for session in self._sessions:
            await session.close()
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
            raise TargetError("one room is enough for this comparison")
        session = self._sessions[client.number % _SESSIONS]
        handle = await session.attach()
        if client.role == "speaker":
            await self._publish(session, handle, client)
        else:
            await self._subscribe(session, handle, client)

    async def _publish(self, session: _Session, handle: int, client: Client) -> None:
        joined = await session.ask(
            handle, {"request": "join", "ptype": "publisher", "room": _ROOM, "display": "speaker"}
        )
        offer = describe(client.local, [("0", "sendonly")], "active")
        event = await session.ask(handle, {"request": "publish"}, ("offer", offer))
        self._feeds.append(joined["plugindata"]["data"]["id"])
        await client.connect(parse(event["jsep"]["sdp"]))

    async def _subscribe(self, session: _Session, handle: int, client: Client) -> None:
        event = await session.ask(
            handle,
            {
                "request": "join",
                "ptype": "subscriber",
                "room": _ROOM,
                "streams": [{"feed": feed} for feed in self._feeds],
            },
        )
        remote = parse(event["jsep"]["sdp"])
        directions = [(mid, "recvonly") for mid in remote.mids]
        answer = describe(client.local, directions, "active", remote.payload_type)
        await asyncio.gather(
            session.ask(handle, {"request": "start"}, ("answer", answer)),
            client.connect(remote, controlling=False),
        )

    async def _wait_up(self) -> None:
        assert self._http is not None
        async with asyncio.timeout(START_S):
            while True:
                await self._process.check()
                try:
                    async with self._http.get("/janus/info"):
                        return
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.1)


class _Session:
    """One Janus session over HTTP: requests by POST, events by long poll."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self._path = "/janus"
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Create it and listen to its events."""
        created = await self._post("/janus", {"janus": "create"})
        self._path = f"/janus/{created['data']['id']}"
        self._tasks = [asyncio.create_task(self._poll()), asyncio.create_task(self._keep())]

    async def close(self) -> None:
        """Stop listening."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def attach(self) -> int:
        """A new handle of the VideoRoom plugin."""
        body = {"janus": "attach", "plugin": "janus.plugin.videoroom"}
        handle: int = (await self._post(self._path, body))["data"]["id"]
        return handle

    async def ask(
        self, handle: int, body: dict[str, Any], jsep: tuple[str, str] | None = None
    ) -> dict[str, Any]:
        """Send a message to the plugin and return its answer.

        Raises:
            TargetError: the plugin refused.
        """
        transaction = secrets.token_hex(6)
        message: dict[str, Any] = {"janus": "message", "body": body, "transaction": transaction}
        if jsep is not None:
            message["jsep"] = {"type": jsep[0], "sdp": jsep[1]}
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[transaction] = future
        try:
            reply = await self._post(f"{self._path}/{handle}", message)
            if reply.get("janus") == "ack":
                async with asyncio.timeout(_CALL_S):
                    reply = await future
        finally:
            del self._waiting[transaction]
        data = reply.get("plugindata", {}).get("data", {})
        if reply.get("janus") == "error" or "error" in data:
            raise TargetError(f"Janus refused: {reply}")
        return reply

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        body.setdefault("transaction", secrets.token_hex(6))
        async with self._http.post(path, json=body) as response:
            reply: dict[str, Any] = await response.json()
            return reply

    async def _poll(self) -> None:
        while True:
            async with self._http.get(self._path, params={"maxev": "20"}) as response:
                events = await response.json()
            for event in events if isinstance(events, list) else [events]:
                future = self._waiting.get(event.get("transaction", ""))
                if event.get("janus") == "event" and future is not None and not future.done():
                    future.set_result(event)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(_KEEPALIVE_S)
            with contextlib.suppress(aiohttp.ClientError):
                await self._post(self._path, {"janus": "keepalive"})


def _configure(directory: Path, host: str) -> list[str]:
    """Write the configuration; the command that starts Janus with it."""
    program = shutil.which("janus")
    if program is None:
        raise TargetError("Janus is not installed: apt-get install janus")
    folders = {name: directory / name for name in ("configs", "plugins", "transports")}
    for folder in folders.values():
        folder.mkdir()
    for kind, library in (("plugins", "videoroom"), ("transports", "http")):
        name = f"libjanus_{library}.so"
        found = next(Path("/usr/lib").glob(f"*/janus/{kind}/{name}"), None)
        if found is None:
            raise TargetError(f"Janus is installed without {name}")
        (folders[kind] / name).symlink_to(found)
    configs = folders["configs"]
    main = configs / "janus.jcfg"
    main.write_text(_CONFIG.format(host=host, **folders))
    (configs / "janus.plugin.videoroom.jcfg").write_text("general: { }\n")
    (configs / "janus.transport.http.jcfg").write_text(_HTTP.format(host=host, port=_PORT))
    return [program, "-F", str(configs), "-C", str(main)]
