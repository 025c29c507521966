"""People: signing in by code, and the founder's link.

Never keeps, returns or logs a number: numbers live for the length of one call and leave as hashes.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field, replace

from server.domain import knock as knocks
from server.domain.contact import number_hash
from server.domain.entry import Entry, Way
from server.domain.errors import (
    BadFounderLinkError,
    BannedError,
    CodeExpiredError,
    CodeNotSentError,
    CodeTriesExhaustedError,
    CodeWrongError,
    KnockClosedError,
    NotSignedInError,
)
from server.domain.ids import MemberId, NumberHash
from server.domain.invite import Invite
from server.domain.knock import Knock
from server.domain.language import Language
from server.domain.member import Member, Membership, clean_name
from server.domain.sign_in import (
    CODE_DIGITS,
    CODE_LIFETIME_MS,
    CodeResult,
    SignInCode,
    code_text,
    new_code,
    try_code,
    void,
)
from server.ports import Clock, CodeMessage, CodeSender, MailSender, Store
from server.service.admission import Admission
from server.service.code_budget import CodeBudget, CodeRules, Grant
from server.service.hub import Hub
from server.service.invites import InviteRules, Invites
from server.service.limits import Limits
from server.service.locks import Locks
from server.service.numbers import e164
from server.service.sessions import Begun, Sessions, SignedIn, token_hash


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody sends to prove a number."""

    number: str
    region: str
    code: str
    name: str
    founder_token: str | None
    invite_token: str | None = None
    device: str = ""
    """A coarse label of the browser that asks."""


@dataclass(frozen=True, slots=True)
class Senders:
    """What reaches people who are not here yet."""

    codes: CodeSender
    mail: MailSender | None = None
    """None: the house sends no e-mail."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator says of coming in."""

    invites: InviteRules = field(default_factory=InviteRules)
    codes: CodeRules = field(default_factory=CodeRules)


class People:
    """Signing in; `admission` holds knocks, `invites` invitations."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        senders: Senders,
        hub: Hub,
        pepper: bytes,
        sessions: Sessions,
        rules: Rules | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._sender = senders.codes
        self._pepper = pepper
        self._sessions = sessions
        rules = rules or Rules()
        limits = Limits(store, clock, pepper)
        self._code_rules = rules.codes
        self.codes = CodeBudget(store, clock, limits, pepper, rules.codes)
        self.admission = Admission(store, clock, hub, pepper)
        self.invites = Invites(store, clock, hub, limits, senders.mail, rules.invites)
        self._proving: Locks[NumberHash] = Locks()

    # ------------------------------------------------------------ signing in

    async def founder_link_token(self) -> str | None:
        """A fresh founder's token while the house has no member; it replaces any older one.

        Raises:
            StoreUnavailableError
        """
        if await self._store.member_ids():
            return None
        token = secrets.token_urlsafe(16)
        await self._store.save_founder_link(token_hash(token))
        return token

    async def send_code(
        self, number: str, region: str, address: str, language: Language = Language.ENGLISH
    ) -> int:
        """Send a sign-in code and return its lifetime in seconds.

        `address` is the client's network address; only its keyed hash is counted.

        Raises:
            BadNumberError, CodeTooOftenError, CodeNotSentError, StoreUnavailableError
        """
        full = e164(number, region)
        digest = number_hash(self._pepper, full)
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        kept = new_code(digest, self._code_hash(digest, code), self._clock.now_ms())
        # At once, or a code that could not be kept would count all the same.
        async with self._store.transaction():
            grant = await self.codes.grant(full, address)
            await self._store.save_sign_in_code(kept)
        text = code_text(code, language, self._code_rules.host)
        try:
            await self._sender.send_code(CodeMessage(full, code, text, language))
        except CodeNotSentError as error:
            await self._take_back(kept, grant, was_paid=error.maybe_sent)
            raise
        return CODE_LIFETIME_MS // 1000

    async def _take_back(self, sent: SignInCode, grant: Grant, *, was_paid: bool) -> None:
        """A code that reached nobody is void, and only then not counted against its number.

        One that was guessed at meanwhile is counted: otherwise a sender that fails would let
        somebody guess for ever.
        """
        async with self._proving.of(sent.number_hash), self._store.transaction():
            if await self._store.sign_in_code(sent.number_hash) == sent:
                await self._store.save_sign_in_code(void(sent))
                await self.codes.give_back(grant, was_paid=was_paid)

    async def sign_in(self, proof: Proof, old_token: str | None) -> SignedIn:
        """Prove a number and get a session; a new number becomes a newcomer who waits.

        Raises:
            BadNumberError, BadNameError, CodeWrongError, CodeExpiredError,
            CodeTriesExhaustedError, BadFounderLinkError, BannedError, InviteUnknownError,
            InviteUsedError, InviteRevokedError, InviteExpiredError, StoreUnavailableError
        """
        full = e164(proof.number, proof.region)
        digest = number_hash(self._pepper, full)
        # Tries are counted one after the other, or parallel guesses would share one.
        async with self._proving.of(digest):
            tried = await self._try_code(digest, proof.code)
            async with self.admission.door:
                entered, begun = await self._enter(tried, full, proof, old_token)
        await self._sessions.settle(begun)
        return SignedIn(begun.token, entered)

    async def member(self, member_id: MemberId) -> Member:
        """A person by id, as he is now.

        Raises:
            NotSignedInError: the account is gone.
        """
        member = await self._store.member(member_id)
        if member is None:
            raise NotSignedInError
        return member

    async def ready(self) -> None:
        """Make sure that the database answers.

        Raises:
            StoreUnavailableError
        """
        await self._store.member(MemberId(""))

    async def _try_code(self, digest: NumberHash, given: str) -> SignInCode:
        """Use up one try; the right code is returned as used, for the caller to save."""
        code = await self._store.sign_in_code(digest)
        if code is None:
            raise CodeExpiredError
        tried, result = try_code(code, self._code_hash(digest, given), self._clock.now_ms())
        if result is CodeResult.RIGHT:
            return tried
        await self._store.save_sign_in_code(tried)
        match result:
            case CodeResult.WRONG:
                raise CodeWrongError
            case CodeResult.EXHAUSTED:
                raise CodeTriesExhaustedError
            case CodeResult.EXPIRED:
                raise CodeExpiredError

    async def _enter(
        self, code: SignInCode, full: str, proof: Proof, old_token: str | None
    ) -> tuple[Member, Begun]:
        """All that a right code changes, at once or not at all.

        A bad name or founder's link leaves the code unused, so that it can be corrected.
        """
        async with self._store.transaction():
            await self._store.save_sign_in_code(code)
            if await self._store.ban_of(code.number_hash):
                raise BannedError
            known = await self._store.member_by_number(code.number_hash)
            member = known or self._newcomer(code.number_hash, clean_name(proof.name))
            member, invite = await self._come_in(member, proof)
            knocked, closed = None, None
            if member.membership is Membership.WAITING:
                knocked = await self.admission.knock(member, full)
            elif known and known.membership is Membership.WAITING:
                closed = await self._stop_waiting(member)
            begun = await self._sessions.begin(member.member_id, proof.device, old_token)
        if knocked:
            self.admission.alert(knocked, member)
        if closed:
            self.admission.close_alerts(closed)
            self.admission.open_door(member)
        if invite:
            await self.invites.told(invite)
        return member, begun

    async def _come_in(self, member: Member, proof: Proof) -> tuple[Member, Invite | None]:
        """Save the person; a founder's link or an invitation makes him a member at once."""
        if proof.founder_token is not None:
            return await self._found(member, proof.founder_token), None
        invited = proof.invite_token is not None and member.membership is Membership.WAITING
        if invited:
            member = replace(member, membership=Membership.MEMBER)
        await self._store.save_member(member)
        if not invited or proof.invite_token is None:
            return member, None
        return member, await self.invites.redeem(proof.invite_token, member.member_id)

    async def use_invite(self, member: Member, token: str) -> None:
        """A newcomer who waits, and has proven his number, comes in with an invitation.

        Raises:
            KnockClosedError: he is a member already.
            InviteUnknownError, InviteUsedError, InviteRevokedError, InviteExpiredError,
            StoreUnavailableError
        """
        async with self.admission.door, self._store.transaction():
            now = await self._store.member(member.member_id)
            if now is None or now.membership is not Membership.WAITING:
                raise KnockClosedError
            inside = replace(now, membership=Membership.MEMBER)
            await self._store.save_member(inside)
            invite = await self.invites.redeem(token, inside.member_id)
            closed = await self._stop_waiting(inside)
        if closed:
            self.admission.close_alerts(closed)
        self.admission.open_door(inside)
        await self.invites.told(invite)

    def _newcomer(self, digest: NumberHash, name: str) -> Member:
        return Member(
            member_id=MemberId(secrets.token_hex(8)),
            number_hash=digest,
            name=name,
            membership=Membership.WAITING,
            is_admin=False,
            created_at_ms=self._clock.now_ms(),
        )

    async def _found(self, member: Member, founder_token: str) -> Member:
        if not await self._store.use_founder_link(token_hash(founder_token)):
            raise BadFounderLinkError
        founder = replace(member, membership=Membership.MEMBER, is_admin=True)
        await self._store.save_member(founder)
        now_ms = self._clock.now_ms()
        await self._store.save_entry(Entry(member.member_id, None, Way.FOUNDER, now_ms))
        return founder

    async def _stop_waiting(self, inside: Member) -> Knock | None:
        """Nobody is asked any more about a newcomer who came in by another way."""
        at_door = await self._store.knock_of(inside.member_id)
        if at_door:
            await self._store.save_knock(knocks.withdraw(at_door))
        return at_door

    def _code_hash(self, digest: NumberHash, code: str) -> bytes:
        # Typed with spaces, or with the digits of another script.
        digits = "".join(str(unicodedata.decimal(c)) for c in code if c.isdecimal())
        return hmac.digest(self._pepper, b"o\0" + digest + digits.encode(), hashlib.sha256)
