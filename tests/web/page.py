"""What a browser page does, without a browser: cookies, HTTP, one WebSocket, replies by id."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType

from protocol import signalling as wire
from protocol.errors import ErrorCode
from protocol.signalling import ClientMessage, ServerMessage
from tests.fakes.sender import FakeCodeSender

DEADLINE_S = 5.0
Event = TypeVar("Event", bound=msgspec.Struct)


def number_of(index: int) -> str:
    """A Korean mobile number as people type it, another one for each index."""
    return f"010-{2000 + index // 10_000:04}-{index % 10_000:04}"


def e164_of(index: int) -> str:
    """The same in E.164."""
    return "+82" + number_of(index).replace("-", "")[1:]


class RefusedError(Exception):
    """The gate answered with an error."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(code.value)
        self.code = code


class Page:
    """One browser profile with at most one socket."""

    def __init__(self, base: str, origin: str, sender: FakeCodeSender) -> None:
        self._base = base
        self._origin = origin
        self._sender = sender
        self.http = ClientSession(cookie_jar=CookieJar(unsafe=True))
        self.socket: ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._ids = itertools.count(1)
        self._unread: list[ServerMessage] = []
        self._replies: dict[int, ServerMessage] = {}
        self._news = asyncio.Event()
        self.close_code: int | None = None
        self.me: wire.Me | None = None

    @property
    def member_id(self) -> str:
        """Who is signed in."""
        assert self.me
        return self.me.member_id

    # ------------------------------------------------------------ HTTP

    async def post(self, path: str, body: object, **headers: str) -> ClientResponse:
        """Send JSON."""
        headers = {"Content-Type": "application/json", "Origin": self._origin, **headers}
        encoded = body if isinstance(body, bytes) else msgspec.json.encode(body)
        response = await self.http.post(self._base + path, data=encoded, headers=headers)
        await response.read()
        return response

    async def ask_code(self, index: int, **headers: str) -> ClientResponse:
        """Have a code sent."""
        body = {"number": number_of(index), "region": "KR"}
        return await self.post("/api/sign-in/code", body, **headers)

    async def verify(self, index: int, code: str, **more: str) -> ClientResponse:
        """Try a code."""
        body = {"number": number_of(index), "region": "KR", "code": code, **more}
        return await self.post("/api/sign-in/verify", body)

    async def sign_in(self, index: int, name: str, founder_token: str | None = None) -> None:
        """The whole way to a session."""
        assert (await self.ask_code(index)).status == 200
        more = {"founderToken": founder_token} if founder_token else {}
        response = await self.verify(index, self._sender.codes[e164_of(index)], name=name, **more)
        assert response.status == 200, await response.text()
        self.me = msgspec.convert((await response.json())["me"], wire.Me)

    # ------------------------------------------------------------ WebSocket

    async def connect(self) -> wire.Welcome:
        """Open the socket; the first message is the welcome."""
        headers = {"Origin": self._origin}
        socket = await self.http.ws_connect(self._base + "/ws", headers=headers, max_msg_size=0)
        self.socket = socket
        self._unread.clear()
        self._reader = asyncio.create_task(self._read(socket))
        await self._until(lambda: self._unread or self.close_code)
        first = self._unread.pop(0)
        assert isinstance(first, wire.Welcome), first
        self.me = first.me
        return first

    async def _read(self, socket: ClientWebSocketResponse) -> None:
        async for frame in socket:
            assert frame.type is WSMsgType.TEXT
            message = wire.decode_server.decode(frame.data)
            if (id_ := getattr(message, "id", None)) is not None:
                self._replies[id_] = message
            else:
                self._unread.append(message)
            self._news.set()
        self.close_code = socket.close_code or 1006
        self._news.set()

    async def send(self, raw: str | bytes) -> None:
        """Send a frame as it is."""
        assert self.socket
        if isinstance(raw, bytes):
            await self.socket.send_bytes(raw)
        else:
            await self.socket.send_str(raw)

    async def ask(self, kind: Callable[..., ClientMessage], /, **fields: Any) -> Any:
        """Send a command and wait for its reply.

        Raises:
            RefusedError
        """
        id_ = next(self._ids)
        await self.send(wire.encoder.encode(kind(id=id_, **fields)).decode())
        reply = await self.reply(id_)
        if isinstance(reply, wire.Error):
            raise RefusedError(reply.code)
        return reply

    async def refusal(self, kind: Callable[..., ClientMessage], /, **fields: Any) -> ErrorCode:
        """Send a command that must be refused."""
        try:
            reply = await self.ask(kind, **fields)
        except RefusedError as error:
            return error.code
        raise AssertionError(f"not refused: {reply}")

    async def reply(self, id_: int) -> ServerMessage:
        """The reply with this id."""
        await self._until(lambda: id_ in self._replies)
        return self._replies.pop(id_)

    async def event(
        self, kind: type[Event], matches: Callable[[Event], bool] = lambda _: True
    ) -> Event:
        """The oldest unread event of a kind; it counts as read then."""

        def index() -> int | None:
            for place, message in enumerate(self._unread):
                if isinstance(message, kind) and matches(message):
                    return place
            return None

        await self._until(lambda: index() is not None)
        place = index()
        assert place is not None
        found = self._unread.pop(place)
        assert isinstance(found, kind)
        return found

    async def event_media(self, *, up: bool) -> None:
        """The media process went or came."""
        await self.event(wire.MediaUp, lambda event: event.up is up)

    def unread(self, kind: type[Event]) -> list[Event]:
        """Events of a kind that nobody has asked for."""
        return [message for message in self._unread if isinstance(message, kind)]

    async def closed(self) -> int:
        """Wait for the gate to close the socket; returns the close code (1006: it was cut)."""
        await self._until(lambda: self.close_code is not None)
        assert self.close_code is not None
        return self.close_code

    async def disconnect(self) -> None:
        """Close the socket, keep the session."""
        if self.socket is not None:
            await self.socket.close()
        if self._reader is not None:
            await self._reader
        self.socket, self._reader, self.close_code = None, None, None

    async def close(self) -> None:
        """Close the browser."""
        await self.disconnect()
        await self.http.close()

    async def _until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not condition():
                self._news.clear()
                await self._news.wait()

    # ------------------------------------------------------------ what people do

    async def add_contacts(self, *indexes: int) -> wire.ContactsAdded:
        """Upload numbers."""
        numbers = [number_of(index) for index in indexes]
        added = await self.ask(wire.AddContacts, numbers=numbers, region="KR")
        assert isinstance(added, wire.ContactsAdded)
        return added

    async def admit_next(self) -> None:
        """Let in whoever knocked first."""
        knocked = await self.event(wire.Knocked)
        await self.ask(wire.Admit, knock_id=knocked.knock.knock_id)

    async def open_room(self, title: str = "Evening walk") -> str:
        """Open a room and enter it."""
        opened = await self.ask(wire.OpenRoom, title=title)
        await self.ask(wire.JoinRoom, room_id=opened.room_id)
        return str(opened.room_id)

    async def join(self, room_id: str) -> wire.Joined:
        """Enter a room."""
        joined = await self.ask(wire.JoinRoom, room_id=room_id)
        assert isinstance(joined, wire.Joined)
        return joined
