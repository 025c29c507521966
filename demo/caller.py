"""What a page says to the house, without a browser: sign-in, one WebSocket, replies by id."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import msgspec
from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType

from demo.house import DemoHouse, HouseError
from protocol import http
from protocol import signalling as wire
from protocol.errors import ErrorCode

REPLY_TIMEOUT_S = 10.0
EVENTS_KEPT = 500
_Event = TypeVar("_Event", bound=msgspec.Struct)


class RefusedError(Exception):
    """The house refused a command."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(code.value)
        self.code = code


class Caller:
    """One synthetic member's connection to the house."""

    def __init__(self, house: DemoHouse) -> None:
        self._house = house
        self._http = ClientSession(cookie_jar=CookieJar(unsafe=True))
        self._socket: ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[wire.ServerMessage]] = {}
        self._events: deque[wire.ServerMessage] = deque(maxlen=EVENTS_KEPT)
        self._news = asyncio.Condition()
        self.member_id = ""
        self.engine = wire.CaptionsEngine(state="unavailable")
        """Whether the house turns voices into text, as it said last."""

    async def sign_in(self, number: str, name: str, founder_token: str | None = None) -> None:
        """Prove a number with the code that the house's terminal shows.

        Raises:
            HouseError
        """
        self._house.expect_code(number)
        await self._post("/api/sign-in/code", http.CodeRequest(number=number, region="KR"))
        verified = http.CodeVerification(
            number=number,
            region="KR",
            code=await self._house.code_of(number),
            name=name,
            founder_token=founder_token,
        )
        answer = await self._post("/api/sign-in/verify", verified)
        self.member_id = msgspec.json.decode(answer, type=http.SignedIn).me.member_id

    async def _post(self, path: str, body: msgspec.Struct) -> bytes:
        headers = {"Content-Type": "application/json", "Origin": self._house.url}
        encoded = msgspec.json.encode(body)
        async with self._http.post(self._house.url + path, data=encoded, headers=headers) as answer:
            if answer.status != 200:
                raise HouseError(f"The demo house refused {path}: {await answer.text()}")
            return await answer.read()

    async def connect(self) -> None:
        """Open the WebSocket."""
        self._socket = await self._http.ws_connect(
            self._house.url + "/ws", headers={"Origin": self._house.url}, max_msg_size=0
        )
        self._reader = asyncio.create_task(self._read(self._socket))
        await self.event(wire.Welcome)

    async def _read(self, socket: ClientWebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                break
            message = wire.decode_server.decode(frame.data)
            if isinstance(message, wire.Welcome | wire.CaptionsEngineChanged):
                self.engine = message.captions
            waiting = self._waiting.pop(getattr(message, "id", None) or 0, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)
            else:
                self._events.append(message)
            async with self._news:
                self._news.notify_all()

    async def ask(self, kind: Callable[..., wire.ClientMessage], **fields: Any) -> Any:
        """Send a command and wait for its reply.

        Raises:
            RefusedError: the house does not want it.
            HouseError: it does not answer.
        """
        if self._socket is None or self._socket.closed:
            raise HouseError("The demo house has hung up.")
        id_ = next(self._ids)
        reply = self._waiting[id_] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send_str(wire.encoder.encode(kind(id=id_, **fields)).decode())
            answer = await asyncio.wait_for(reply, REPLY_TIMEOUT_S)
        except TimeoutError:
            raise HouseError("The demo house does not answer.") from None
        finally:
            self._waiting.pop(id_, None)
        if isinstance(answer, wire.Error):
            raise RefusedError(answer.code)
        return answer

    async def event(self, kind: type[_Event]) -> _Event:
        """The oldest event of a kind that was not taken yet.

        Raises:
            HouseError: none came in time.
        """

        def first() -> _Event | None:
            return next((event for event in self._events if isinstance(event, kind)), None)

        try:
            async with asyncio.timeout(REPLY_TIMEOUT_S), self._news:
                while (found := first()) is None:
                    await self._news.wait()
        except TimeoutError:
            raise HouseError(f"The demo house did not say {kind.__name__}.") from None
        self._events = deque((e for e in self._events if e is not found), maxlen=EVENTS_KEPT)
        return found

    async def engine_there(self) -> None:
        """Wait until what makes captions has started; where it does not, there are none."""
        with suppress(TimeoutError):
            async with asyncio.timeout(REPLY_TIMEOUT_S), self._news:
                await self._news.wait_for(lambda: self.engine.state != "unavailable")

    async def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            await asyncio.wait([self._reader], timeout=REPLY_TIMEOUT_S)
        await self._http.close()
