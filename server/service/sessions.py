"""Sessions: signed-in browsers. Begun by a sign-in, ended by their owner, by an admin or by age.

A token is told once, to the browser; here it is a hash. A session that ends takes its sockets and
its voice along at once. Never knows how somebody proved who he is.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Protocol

import structlog

from protocol import account as wire
from protocol.errors import ErrorCode
from server.domain.errors import NotSignedInError, StoreUnavailableError
from server.domain.ids import MemberId, SessionId
from server.domain.member import Member, Membership
from server.domain.session import SEEN_EVERY_MS, browser_and_system, used_since_ms
from server.ports import Clock, Store
from server.service.hub import Hub

EXPIRE_SESSIONS = "forget unused sessions"
"""The job, as `masil doctor` names it."""
TOKEN_BYTES = 32
_log = structlog.get_logger(__name__)


class Seats(Protocol):
    """Whoever has people in rooms: `Rooms` of a running gate."""

    async def put_out(self, member_id: MemberId) -> None:
        """Out of the room, and his voice with him."""

    async def put_out_session(self, member_id: MemberId, token_hash: bytes) -> None:
        """The same, where it was this session that took the seat."""

    async def forget(self, member_id: MemberId) -> None:
        """The account is gone: no room keeps anything of it."""

    def pass_seat_on(self, member_id: MemberId, old_hash: bytes, new_hash: bytes) -> None:
        """The seat of one session is another's now: the same browser signed in anew."""


class NobodyInside:
    """Seats of a house in which no gate runs: nobody is in a room."""

    async def put_out(self, member_id: MemberId) -> None:
        """Nobody is in a room."""

    async def put_out_session(self, member_id: MemberId, token_hash: bytes) -> None:
        """Nobody is in a room."""

    async def forget(self, member_id: MemberId) -> None:
        """Nobody is in a room."""

    def pass_seat_on(self, member_id: MemberId, old_hash: bytes, new_hash: bytes) -> None:
        """Nobody is in a room."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh sign-in: the token is told once and kept only as a hash."""

    token: str
    member: Member


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that is saved, and what it took the place of."""

    token: str
    member_id: MemberId
    replaced_hash: bytes | None
    replaced_member_id: MemberId | None


def token_hash(token: str) -> bytes:
    """The form in which a session token is kept."""
    return hashlib.sha256(token.encode()).digest()


class Sessions:
    """All sessions of the house."""

    def __init__(self, store: Store, clock: Clock, hub: Hub, seats: Seats) -> None:
        self._store = store
        self._clock = clock
        self._hub = hub
        self._seats = seats

    # ------------------------------------------------------------ the beginning

    async def begin(self, member_id: MemberId, device: str, old_token: str | None) -> Begun:
        """Save a new session in place of the browser's old one, inside the caller's transaction.

        When that is safely kept, the caller goes on with `settle`.

        Raises:
            StoreUnavailableError
        """
        old_hash, old_member = None, None
        if old_token:
            old_hash = token_hash(old_token)
            old_member = await self._store.session_member(old_hash)
            await self._store.delete_session(old_hash)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now_ms = self._clock.now_ms()
        await self._store.save_session(token_hash(token), member_id, now_ms, device)
        return Begun(token, member_id, old_hash, old_member.member_id if old_member else None)

    async def settle(self, begun: Begun) -> None:
        """Other tabs of the browser come back with the new cookie; nobody else's voice stays."""
        old = begun.replaced_hash
        if old is None:
            return
        if begun.replaced_member_id == begun.member_id:
            self._seats.pass_seat_on(begun.member_id, old, token_hash(begun.token))
            self._hub.close_session(old, None)
        elif begun.replaced_member_id is not None:
            self._hub.close_session(old, None)
            try:
                await self._seats.put_out_session(begun.replaced_member_id, old)
            except StoreUnavailableError:
                # The voice has ended; the empty seat goes when its grace time is over.
                _log.warning("seat not left yet, database is away")

    # ------------------------------------------------------------ in between

    async def member(self, token: str) -> Member:
        """Who holds this token.

        Raises:
            NotSignedInError: no session, or one that is over, or a banned person's.
            StoreUnavailableError
        """
        member, _ = await self.visit(token)
        return member

    async def visit(self, token: str) -> tuple[Member, bool]:
        """Who holds this token, and whether that he is here was noted: once an hour at most.

        Raises:
            NotSignedInError: no session, or one that is over, or a banned person's.
            StoreUnavailableError
        """
        now_ms, hashed = self._clock.now_ms(), token_hash(token)
        member = await self._store.session_member(hashed, used_since_ms(now_ms))
        if member is None or member.membership is Membership.BANNED:
            raise NotSignedInError
        try:
            noted = await self._store.see_sessions([hashed], now_ms, now_ms - SEEN_EVERY_MS)
        except StoreUnavailableError:
            # To be seen an hour late harms nobody; to be refused would.
            _log.warning("session not seen, database is away")
            return member, False
        return member, noted

    async def of(self, member_id: MemberId, token: str) -> list[wire.SessionView]:
        """A person's sessions, the newest first.

        Raises:
            StoreUnavailableError
        """
        own = token_hash(token)
        open_now = {connection.token_hash for connection in self._hub.of_member(member_id)}
        views: list[wire.SessionView] = []
        for session in await self._store.sessions_of(member_id):
            browser, system = browser_and_system(session.device)
            views.append(
                wire.SessionView(
                    session_id=session.session_id,
                    browser=browser,
                    system=system,
                    created_at_ms=session.created_at_ms,
                    last_seen_at_ms=session.last_seen_at_ms,
                    is_this=session.token_hash == own,
                    is_open=session.token_hash in open_now,
                )
            )
        return views

    # ------------------------------------------------------------ the end

    async def sign_out(self, token: str) -> None:
        """End the session of this token, where there is one.

        Raises:
            StoreUnavailableError
        """
        hashed = token_hash(token)
        member = await self._store.session_member(hashed)
        if member is not None:
            await self._end(member.member_id, [hashed])

    async def end(self, member_id: MemberId, session_id: SessionId) -> None:
        """End one of a person's sessions; one that is over already may be ended again.

        Raises:
            StoreUnavailableError
        """
        sessions = await self._store.sessions_of(member_id)
        hashes = [session.token_hash for session in sessions if session.session_id == session_id]
        await self._end(member_id, hashes)

    async def end_others(self, member_id: MemberId, token: str) -> None:
        """End all of a person's sessions but this one.

        Raises:
            StoreUnavailableError
        """
        own = token_hash(token)
        sessions = await self._store.sessions_of(member_id)
        others = [session.token_hash for session in sessions if session.token_hash != own]
        await self._end(member_id, others)

    async def tidy(self) -> None:
        """Note which sessions are in use now, forget those that are over, and leave a note.

        Raises:
            StoreUnavailableError
        """
        now_ms = self._clock.now_ms()
        in_use = {connection.token_hash for connection in self._hub.everybody()}
        await self._store.see_sessions(sorted(in_use), now_ms, now_ms - SEEN_EVERY_MS)
        gone = await self._store.delete_sessions_unused_since(used_since_ms(now_ms))
        await self._store.save_job_run(EXPIRE_SESSIONS, now_ms, gone)

    async def _end(self, member_id: MemberId, hashes: list[bytes]) -> None:
        async with self._store.transaction():
            for hashed in hashes:
                await self._store.delete_session(hashed)
        for hashed in hashes:
            self._hub.close_session(hashed, ErrorCode.NOT_SIGNED_IN)
        for hashed in hashes:
            await self._seats.put_out_session(member_id, hashed)
