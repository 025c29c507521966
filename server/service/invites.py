"""Invitations: given by members, used once by newcomers, taken back.

Never keeps a token (only its hash) nor an e-mail's address; neither is ever logged.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from protocol import door as wire
from protocol.http import InviteLook
from protocol.people import PersonView
from server.domain import invite as rules
from server.domain.contact import DAY_MS
from server.domain.entry import Entry, Way
from server.domain.errors import (
    BadMailAddressError,
    InviteUnknownError,
    InviteUsedError,
    MailNotSentError,
    MailTooOftenError,
)
from server.domain.ids import InviteId, MemberId
from server.domain.invite import Invite, InviteState
from server.domain.member import Member, is_admin, require_member
from server.ports import Clock, MailSender, Store
from server.service.hub import Hub
from server.service.limits import Limits

MAILS_A_DAY = 10
_ADDRESS = re.compile(r"[^\s@<>\"(),;:\\\[\]]{1,64}@[^\s@<>\"(),;:\\\[\]]{1,190}\.[^\s@.]{2,63}")


@dataclass(frozen=True, slots=True)
class InviteRules:
    """What the operator says of invitations."""

    per_member: int = 1
    lifetime_ms: int = 14 * DAY_MS
    public_url: str = ""
    """Where links lead."""


class Invites:
    """All invitations of the house."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        hub: Hub,
        limits: Limits,
        mail: MailSender | None,
        rules: InviteRules,
    ) -> None:
        self._store = store
        self._clock = clock
        self._hub = hub
        self._limits = limits
        self._mail = mail
        self._rules = rules

    # ------------------------------------------------------------ giving

    async def create(self, member: Member, command: wire.CreateInvite) -> wire.InviteCreated:
        """Give an invitation, by e-mail where an address is given; the token is told once.

        Raises:
            NotAdmittedError, NoInvitesLeftError, BadMailAddressError, MailNotSentError,
            MailTooOftenError, StoreUnavailableError
        """
        require_member(member)
        address = None if command.email is None else await self._address(member, command.email)
        token = secrets.token_urlsafe(rules.TOKEN_BYTES)
        now_ms = self._clock.now_ms()
        new = Invite(
            InviteId(secrets.token_hex(8)),
            _token_hash(token),
            member.member_id,
            address is not None,
            now_ms,
            now_ms + self._rules.lifetime_ms,
        )
        async with self._store.transaction():
            existing = await self._store.invites_of(member.member_id)
            given = rules.invite(new, existing, self._allowance(member), now_ms)
            await self._store.save_invite(given)
        if address is not None:
            await self._send(given, member, address, token, command.language)
        left = await self._left(member)
        view = await self._view(given)
        return wire.InviteCreated(id=command.id, invite=view, token=token, left=left)

    async def _address(self, member: Member, typed: str) -> str:
        address = typed.strip()
        if self._mail is None:
            raise MailNotSentError
        if not _ADDRESS.fullmatch(address):
            raise BadMailAddressError
        await self._limits.require(
            b"mails\0" + member.member_id.encode(),
            DAY_MS,
            at_most=MAILS_A_DAY,
            refusal=MailTooOftenError,
        )
        return address

    async def _send(
        self, given: Invite, member: Member, address: str, token: str, language: str
    ) -> None:
        """By e-mail; an invitation that could not be sent was not given."""
        assert self._mail is not None  # noqa: S101  `_address` has seen to it
        try:
            await self._mail.send_invite(address, member.name, self.link(token), language)
        except MailNotSentError:
            await self._store.save_invite(rules.revoke(given, self._clock.now_ms()))
            raise

    def link(self, token: str) -> str:
        """The address that a person opens; the token is in the fragment, which no log sees."""
        return f"{self._rules.public_url}/invite#{token}"

    async def listed(self, member: Member, id_: int) -> wire.Invites:
        """All that a member gave, and how many he may still give.

        Raises:
            NotAdmittedError, StoreUnavailableError
        """
        require_member(member)
        invites = await self._store.invites_of(member.member_id)
        views = [await self._view(invite) for invite in invites]
        left = rules.left(invites, self._allowance(member), self._clock.now_ms())
        return wire.Invites(id=id_, invites=views, left=left, by_mail=self._mail is not None)

    async def revoke(self, member: Member, invite_id: InviteId) -> None:
        """Take an invitation back.

        Raises:
            NotAdmittedError, InviteUnknownError, InviteUsedError, StoreUnavailableError
        """
        require_member(member)
        async with self._store.transaction():
            invite = await self._store.invite(invite_id)
            if invite is None or invite.inviter_id != member.member_id:
                raise InviteUnknownError
            revoked = rules.revoke(invite, self._clock.now_ms())
            await self._store.save_invite(revoked)
        await self._tell(revoked)

    # ------------------------------------------------------------ using

    async def look(self, token: str) -> InviteLook:
        """How the invitation of a link stands, for whoever has the link.

        Raises:
            InviteUnknownError, StoreUnavailableError
        """
        invite = await self._known(token)
        inviter = await self._store.member(invite.inviter_id)
        if inviter is None:
            raise InviteUnknownError
        state = invite.state(self._clock.now_ms())
        name = inviter.name if state is InviteState.OPEN else None
        return InviteLook(state=state.value, inviter_name=name)

    async def redeem(self, token: str, newcomer: MemberId) -> Invite:
        """Use an invitation, once; the caller saves the newcomer as a member besides.

        Raises:
            InviteUnknownError, InviteUsedError, InviteRevokedError, InviteExpiredError
        """
        now_ms = self._clock.now_ms()
        used = rules.redeem(await self._known(token), newcomer, now_ms)
        if not await self._store.claim_invite(used):
            raise InviteUsedError
        await self._store.save_entry(Entry(newcomer, used.inviter_id, Way.INVITE, now_ms))
        return used

    async def told(self, used: Invite) -> None:
        """Show the inviter that somebody came."""
        await self._tell(used)

    async def _known(self, token: str) -> Invite:
        invite = await self._store.invite_by_token(_token_hash(token))
        if invite is None:
            raise InviteUnknownError
        return invite

    # ------------------------------------------------------------ showing

    def _allowance(self, member: Member) -> int | None:
        return None if is_admin(member) else self._rules.per_member

    async def _left(self, member: Member) -> int | None:
        invites = await self._store.invites_of(member.member_id)
        return rules.left(invites, self._allowance(member), self._clock.now_ms())

    async def _tell(self, invite: Invite) -> None:
        inviter = await self._store.member(invite.inviter_id)
        if inviter is not None:
            view, left = await self._view(invite), await self._left(inviter)
            self._hub.to_member(inviter.member_id, wire.InviteChanged(invite=view, left=left))

    async def _view(self, invite: Invite) -> wire.InviteView:
        by = invite.used_by and await self._store.member(invite.used_by)
        return wire.InviteView(
            invite_id=invite.invite_id,
            state=invite.state(self._clock.now_ms()).value,
            by_mail=invite.by_mail,
            created_at_ms=invite.created_at_ms,
            expires_at_ms=invite.expires_at_ms,
            used_by=PersonView(member_id=by.member_id, name=by.name) if by else None,
        )


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
