"""Posting to a service that sends codes for us: one request, one answer, a deadline.

Owns the connections. Follows no redirect, as a code must not go where the operator did not send it;
tries once, as a second message costs money. Never logs what is posted or where to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import aiohttp
import structlog

from server.domain.errors import CodeNotSentError

TIMEOUT_S = 10.0
CONNECTIONS_MAX = 16
ANSWER_MAX_BYTES = 4096
_OK = range(200, 300)
_FAULTS = range(500, 600)
_log = structlog.get_logger(__name__)

Why = Callable[[bytes], object]
"""Reads from an error's body what may be logged."""


class Posting:
    """Connections to one service."""

    def __init__(self, sender: str, timeout_s: float = TIMEOUT_S) -> None:
        self._sender = sender
        self._timeout_s = timeout_s
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self, url: str, data: bytes, headers: Mapping[str, str], why: Why = lambda _: None
    ) -> None:
        """Post and wait for a 2xx.

        Raises:
            CodeNotSentError: another answer, none in time, or no connection.
        """
        try:
            async with self._open().post(
                url, data=data, headers=headers, allow_redirects=False
            ) as answer:
                status = answer.status
                body = b"" if status in _OK else await answer.content.read(ANSWER_MAX_BYTES)
        except aiohttp.ClientConnectorError as error:
            raise self._failed(type(error).__name__, maybe_sent=False) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self._failed(type(error).__name__, maybe_sent=True) from None
        if status not in _OK:
            raise self._failed(f"status {status}", maybe_sent=status in _FAULTS, why=why(body))

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX),
                timeout=aiohttp.ClientTimeout(total=self._timeout_s),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        return self._session

    def _failed(self, what: str, *, maybe_sent: bool, why: object = None) -> CodeNotSentError:
        _log.warning("a code was not sent", sender=self._sender, answer=what, why=why)
        return CodeNotSentError(what, maybe_sent=maybe_sent)
