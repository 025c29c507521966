"""People: signing in by code, the founder's link, contacts, and who lets whom in.

Never keeps, returns or logs a number: numbers live for the length of one call and leave as hashes.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain import knock as knocks
from server.domain.contact import (
    CONTACT_LIFETIME_MS,
    CONTACTS_MAX,
    CONTACTS_PER_DAY_MAX,
    DAY_MS,
    contact_hash,
    contact_id,
    number_hash,
)
from server.domain.errors import (
    BadFounderLinkError,
    BadNumberError,
    CodeExpiredError,
    CodeNotSentError,
    CodeTooOftenError,
    CodeTriesExhaustedError,
    CodeWrongError,
    ContactsFullError,
    KnockClosedError,
    NotSignedInError,
)
from server.domain.ids import ContactHash, KnockId, MemberId, NumberHash
from server.domain.knock import Asked, Knock
from server.domain.member import Member, Membership, clean_name, require_member
from server.domain.sign_in import CODE_DIGITS, CODE_LIFETIME_MS, CodeResult, new_code, try_code
from server.ports import Clock, CodeSender, Store
from server.service import render
from server.service.hub import Hub
from server.service.numbers import e164

CODES_PER_NUMBER_A_DAY = 10
CODES_PER_ADDRESS_AN_HOUR = 30
HOUR_MS = 3600 * 1000
MATCH_IN_THREAD_FROM = 1_000


@dataclass(frozen=True, slots=True)
class Session:
    """A fresh sign-in: the token is told once and kept only as a hash."""

    token: str
    member: Member


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody sends to prove a number."""

    number: str
    region: str
    code: str
    name: str
    founder_token: str | None


class People:
    """Accounts, sessions, contacts and knocks."""

    def __init__(
        self, store: Store, clock: Clock, sender: CodeSender, hub: Hub, pepper: bytes
    ) -> None:
        self._store = store
        self._clock = clock
        self._sender = sender
        self._hub = hub
        self._pepper = pepper
        # One house, one door: admissions are rare, and exactly-once matters more than speed.
        self._door = asyncio.Lock()

    # ------------------------------------------------------------ signing in

    async def founder_link_token(self) -> str | None:
        """A fresh founder's token while the house has no member; it replaces any older one."""
        if await self._store.member_ids():
            return None
        token = secrets.token_urlsafe(16)
        await self._store.save_founder_link(_token_hash(token))
        return token

    async def send_code(self, number: str, region: str, address: str) -> int:
        """Send a sign-in code and return its lifetime in seconds.

        `address` is the client's network address; only its keyed hash is counted.

        Raises:
            BadNumberError, CodeTooOftenError, CodeNotSentError
        """
        full = e164(number, region)
        digest = number_hash(self._pepper, full)
        await self._limit(b"codes-address\0" + address.encode(), HOUR_MS, CODES_PER_ADDRESS_AN_HOUR)
        await self._limit(b"codes-number\0" + digest, DAY_MS, CODES_PER_NUMBER_A_DAY)
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        now_ms = self._clock.now_ms()
        await self._store.save_sign_in_code(new_code(digest, self._code_hash(digest, code), now_ms))
        try:
            await self._sender.send_code(full, code)
        except CodeNotSentError:
            await self._count(b"codes-number\0" + digest, DAY_MS, -1)
            raise
        return CODE_LIFETIME_MS // 1000

    async def sign_in(self, proof: Proof, old_token: str | None) -> Session:
        """Prove a number and get a session; a new number becomes a newcomer who waits.

        Raises:
            BadNumberError, BadNameError, CodeWrongError, CodeExpiredError,
            CodeTriesExhaustedError, BadFounderLinkError
        """
        full = e164(proof.number, proof.region)
        digest = number_hash(self._pepper, full)
        known = await self._store.member_by_number(digest)
        name = known.name if known else proof.name
        await self._check_code(digest, proof.code, name)
        name = clean_name(name)
        async with self._door:
            member = await self._enter(digest, full, name, proof.founder_token)
        token = secrets.token_urlsafe(32)
        async with self._store.transaction():
            if old_token:
                await self._store.delete_session(_token_hash(old_token))
            now_ms = self._clock.now_ms()
            await self._store.save_session(_token_hash(token), member.member_id, now_ms)
        return Session(token, member)

    async def session(self, token: str) -> Member:
        """Who holds this token.

        Raises:
            NotSignedInError
        """
        member = await self._store.session_member(_token_hash(token))
        if member is None:
            raise NotSignedInError
        return member

    async def member(self, member_id: MemberId) -> Member:
        """A person by id, as he is now.

        Raises:
            NotSignedInError: the account is gone.
        """
        member = await self._store.member(member_id)
        if member is None:
            raise NotSignedInError
        return member

    async def sign_out(self, token: str) -> None:
        """End a session and its sockets."""
        await self._store.delete_session(_token_hash(token))
        self._hub.cut_session(_token_hash(token))

    @staticmethod
    def token_hash(token: str) -> bytes:
        """The form in which a session token is kept."""
        return _token_hash(token)

    async def _check_code(self, digest: NumberHash, given: str, name: str) -> None:
        code = await self._store.sign_in_code(digest)
        if code is None:
            raise CodeExpiredError
        tried, result = try_code(code, self._code_hash(digest, given), self._clock.now_ms())
        if result is CodeResult.RIGHT and not name.strip():
            # Only who holds the code learns that the number is new; he may add a name to it.
            tried = replace(tried, used=False)
        await self._store.save_sign_in_code(tried)
        match result:
            case CodeResult.WRONG:
                raise CodeWrongError
            case CodeResult.EXHAUSTED:
                raise CodeTriesExhaustedError
            case CodeResult.EXPIRED:
                raise CodeExpiredError
            case CodeResult.RIGHT:
                return

    async def _enter(
        self, digest: NumberHash, full: str, name: str, founder_token: str | None
    ) -> Member:
        async with self._store.transaction():
            founder = founder_token is not None
            if founder_token and not await self._store.use_founder_link(_token_hash(founder_token)):
                raise BadFounderLinkError
            member = await self._store.member_by_number(digest)
            if member is None:
                member = Member(
                    member_id=MemberId(secrets.token_hex(8)),
                    number_hash=digest,
                    name=name,
                    membership=Membership.MEMBER if founder else Membership.WAITING,
                    is_admin=founder,
                    created_at_ms=self._clock.now_ms(),
                )
            elif founder:
                member = replace(member, membership=Membership.MEMBER, is_admin=True)
            await self._store.save_member(member)
            waiting = member.membership is Membership.WAITING
            at_door = await self._knock(member, full) if waiting else None
        if at_door:
            self._alert(at_door, member)
        return member

    async def _knock(self, newcomer: Member, full: str) -> Knock | None:
        """A newcomer who signs in again goes on waiting with the same knock."""
        if await self._store.knock_of(newcomer.member_id):
            return None
        holders = await self._store.holders(await self._hashes_of_everybody(full))
        asked = tuple(Asked(member_id, contact) for member_id, contact in holders)
        at_door = knocks.knock(
            KnockId(secrets.token_hex(8)), newcomer.member_id, asked, self._clock.now_ms()
        )
        await self._store.save_knock(at_door)
        return at_door

    async def _hashes_of_everybody(self, full: str) -> Sequence[ContactHash]:
        members = await self._store.member_ids()
        if len(members) < MATCH_IN_THREAD_FROM:
            return _hashes(self._pepper, members, full)
        return await asyncio.to_thread(_hashes, self._pepper, members, full)

    def _alert(self, at_door: Knock, newcomer: Member) -> None:
        for asked in at_door.asked:
            view = render.knock(at_door, newcomer, asked)
            self._hub.to_member(asked.member_id, wire.Knocked(knock=view))

    def _code_hash(self, digest: NumberHash, code: str) -> bytes:
        return hmac.digest(self._pepper, b"o\0" + digest + code.strip().encode(), hashlib.sha256)

    async def _limit(self, key: bytes, window_ms: int, most: int) -> None:
        if await self._count(key, window_ms, 1) > most:
            raise CodeTooOftenError

    async def _count(self, key: bytes, window_ms: int, amount: int) -> int:
        hashed = hmac.digest(self._pepper, b"l\0" + key, hashlib.sha256)
        window_start_ms = self._clock.now_ms() // window_ms * window_ms
        return await self._store.add_to_counter(hashed, window_start_ms, amount)

    # ------------------------------------------------------------ at the door

    async def knocks_for(self, member: Member) -> list[wire.KnockView]:
        """The newcomers this member is asked about now, oldest first."""
        waiting = await self._store.waiting_knocks(member.member_id)
        return [
            render.knock(at_door, newcomer, asked)
            for at_door, newcomer in waiting
            if (asked := at_door.alerts(member.member_id))
        ]

    async def admit(self, by: Member, knock_id: KnockId) -> None:
        """Let a newcomer in; the first who does it wins.

        Raises:
            NotAdmittedError, NotAskedError, KnockClosedError
        """
        require_member(by)
        async with self._door, self._store.transaction():
            at_door = knocks.admit(await self._open_knock(knock_id), by.member_id)
            newcomer = await self.member(at_door.newcomer_id)
            newcomer = replace(newcomer, membership=Membership.MEMBER)
            await self._store.save_member(newcomer)
            await self._store.save_knock(at_door)
        self._close_alerts(at_door)
        for connection in self._hub.of_member(newcomer.member_id):
            connection.admitted = True
        self._hub.to_member(newcomer.member_id, wire.Admitted(me=render.me(newcomer)))

    async def ignore(self, by: Member, knock_id: KnockId) -> None:
        """Close the alert for one member only.

        Raises:
            NotAdmittedError, NotAskedError, KnockClosedError
        """
        require_member(by)
        async with self._door:
            at_door = knocks.ignore(await self._open_knock(knock_id), by.member_id)
            await self._store.save_knock(at_door)
        self._hub.to_member(by.member_id, wire.KnockClosed(knock_id=knock_id))

    async def withdraw(self, newcomer: Member) -> None:
        """The newcomer goes home, and his account with him.

        Raises:
            KnockClosedError: he was let in already.
        """
        async with self._door:
            at_door = await self._store.knock_of(newcomer.member_id)
            if at_door is None:
                raise KnockClosedError
            knocks.withdraw(at_door)
            await self._store.erase_member(newcomer.member_id)
        self._close_alerts(at_door)

    async def tidy(self) -> None:
        """Forget contacts and knocks whose time is over."""
        now_ms = self._clock.now_ms()
        await self._store.delete_expired_contacts(now_ms)
        for stale in await self._store.stale_knocks(now_ms - knocks.KNOCK_LIFETIME_MS):
            async with self._door:
                await self._store.save_knock(knocks.expire(stale, now_ms))
            self._close_alerts(stale)

    async def _open_knock(self, knock_id: KnockId) -> Knock:
        at_door = await self._store.knock(knock_id)
        if at_door is None:
            raise KnockClosedError
        return at_door

    def _close_alerts(self, at_door: Knock) -> None:
        for asked in at_door.asked:
            self._hub.to_member(asked.member_id, wire.KnockClosed(knock_id=at_door.knock_id))

    # ------------------------------------------------------------ contacts

    async def add_contacts(self, member: Member, command: wire.AddContacts) -> wire.ContactsAdded:
        """Keep numbers as hashes, and ask the member about newcomers who wait with one of them.

        Raises:
            NotAdmittedError, ContactsFullError
        """
        require_member(member)
        good: dict[int, str] = {}
        rejected: list[wire.RejectedNumber] = []
        for index, typed in enumerate(command.numbers):
            try:
                good[index] = e164(typed, command.region)
            except BadNumberError:
                rejected.append(wire.RejectedNumber(index=index, code=ErrorCode.BAD_NUMBER))
        now_ms = self._clock.now_ms()
        expires_at_ms = now_ms + CONTACT_LIFETIME_MS
        hashes = {i: contact_hash(self._pepper, member.member_id, n) for i, n in good.items()}
        kept = await self._keep(member.member_id, list(hashes.values()), now_ms, expires_at_ms)
        for index, full in good.items():
            await self._ask_about(member, full, hashes[index])
        added = [
            wire.AddedContact(index=i, contact_id=contact_id(digest))
            for i, digest in hashes.items()
        ]
        return wire.ContactsAdded(
            id=command.id, added=added, rejected=rejected, kept=kept, expires_at_ms=expires_at_ms
        )

    async def contacts_kept(self, member: Member) -> int:
        """How many numbers are kept for a member."""
        return await self._store.count_contacts(member.member_id)

    async def forget_contacts(self, member: Member) -> None:
        """Delete them all.

        Raises:
            NotAdmittedError
        """
        require_member(member)
        await self._store.forget_contacts(member.member_id)

    async def _keep(
        self, member_id: MemberId, hashes: list[ContactHash], now_ms: int, expires_at_ms: int
    ) -> int:
        async with self._store.transaction():
            before = await self._store.count_contacts(member_id)
            kept = await self._store.add_contacts(member_id, hashes, now_ms, expires_at_ms)
            today = await self._count(b"contacts\0" + member_id.encode(), DAY_MS, kept - before)
            if kept > CONTACTS_MAX or today > CONTACTS_PER_DAY_MAX:
                raise ContactsFullError
        return kept

    async def _ask_about(self, member: Member, full: str, digest: ContactHash) -> None:
        newcomer = await self._store.member_by_number(number_hash(self._pepper, full))
        if newcomer is None or newcomer.membership is Membership.MEMBER:
            return
        async with self._door:
            at_door = await self._store.knock_of(newcomer.member_id)
            if at_door is None or any(a.member_id == member.member_id for a in at_door.asked):
                return
            at_door = knocks.ask(at_door, member.member_id, contact_id(digest))
            await self._store.save_knock(at_door)
        asked = at_door.alerts(member.member_id)
        if asked:
            view = render.knock(at_door, newcomer, asked)
            self._hub.to_member(member.member_id, wire.Knocked(knock=view))


def _hashes(pepper: bytes, members: Sequence[MemberId], full: str) -> Sequence[ContactHash]:
    return [contact_hash(pepper, member_id, full) for member_id in members]


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
