"""Passkeys: a member who proved his number once signs in by them, without another code.

Never sees a private key, a fingerprint or a face: the device keeps them. What an authenticator
sent is checked by the `webauthn` library; which challenges are good, whose key it is and whether
its counter went on are decided here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import msgspec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    options_to_json_dict,
    parse_client_data_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from protocol import account as wire
from server.domain.bucket import BucketEmptyError, Draw, Rate
from server.domain.errors import (
    BannedError,
    NotSignedInError,
    PasskeyClonedError,
    PasskeyInvalidError,
    PasskeyKnownError,
    PasskeysFullError,
    PasskeysUnavailableError,
    PasskeyTooOftenError,
    PasskeyUnknownError,
)
from server.domain.ids import CredentialId, MemberId, PasskeyId
from server.domain.member import Member, Membership, require_member
from server.domain.network import home_of
from server.domain.origin import RelyingParty
from server.domain.passkey import PASSKEYS_MAX, Passkey, use
from server.domain.session import browser_and_system
from server.ports import Clock, Store
from server.service.challenges import LIFETIME_MS, Challenges
from server.service.limits import Limits
from server.service.sessions import Sessions, SignedIn, token_hash

HOUSE_NAME = "Masil"
SIGN_INS_PER_ADDRESS = Rate(60, 3600 * 1000)
"""Checking a signature costs more than asking for it: as many as a large house's roof needs."""
_SIGN_IN = b"sign-in"
_MALFORMED = (
    WebAuthnException,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
)
"""What the library and the parsers under it raise over bytes that a stranger made up."""
Checked = TypeVar("Checked")


class Passkeys:
    """All passkeys of the house."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        sessions: Sessions,
        limits: Limits,
        house: RelyingParty | None,
        door: asyncio.Lock,
    ) -> None:
        """`door` is held while it is decided who is in: nobody slips in while he is banned."""
        self._store = store
        self._clock = clock
        self._sessions = sessions
        self._limits = limits
        self._house = house
        self._door = door
        self._challenges = Challenges(clock)

    # ------------------------------------------------------------ one's own passkeys

    async def of(self, member_id: MemberId) -> list[wire.PasskeyView]:
        """A person's passkeys, the oldest first.

        Raises:
            StoreUnavailableError
        """
        return [_view(passkey) for passkey in await self._store.passkeys_of(member_id)]

    async def creation_options(self, member: Member) -> wire.CreationOptions:
        """What the browser is to ask its authenticator for.

        Raises:
            NotAdmittedError, PasskeysUnavailableError, PasskeysFullError, StoreUnavailableError
        """
        require_member(member)
        house = self._require_house()
        known = await self._store.passkeys_of(member.member_id)
        if len(known) >= PASSKEYS_MAX:
            raise PasskeysFullError
        options = generate_registration_options(
            rp_id=house.rp_id,
            rp_name=HOUSE_NAME,
            user_id=member.member_id.encode(),
            user_name=member.name,
            challenge=self._challenges.new(_creating(member.member_id)),
            timeout=LIFETIME_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(p.credential_id) for p in known],
        )
        return msgspec.convert(options_to_json_dict(options), wire.CreationOptions)

    async def add(
        self, member: Member, token: str, credential: wire.NewCredential, device: str
    ) -> wire.PasskeyView:
        """Keep a new passkey, made in the session of this token.

        Raises:
            NotAdmittedError, PasskeysUnavailableError, PasskeyExpiredError, PasskeyInvalidError,
            PasskeysFullError, PasskeyKnownError, NotSignedInError, StoreUnavailableError
        """
        require_member(member)
        house, purpose = self._require_house(), _creating(member.member_id)
        challenge = _challenge_of(credential.response.client_data)
        self._challenges.require(challenge, purpose)
        made = _checked(
            lambda: verify_registration_response(
                credential=msgspec.to_builtins(credential),
                expected_challenge=challenge,
                expected_rp_id=house.rp_id,
                expected_origin=house.origin,
                require_user_verification=True,
            )
        )
        self._challenges.spend(challenge, purpose)
        passkey = Passkey(
            CredentialId(made.credential_id),
            member.member_id,
            made.credential_public_key,
            made.sign_count,
            device,
            self._clock.now_ms(),
        )
        async with self._door, self._store.transaction():
            await self._keep(passkey, token)
        return _view(passkey)

    async def _keep(self, passkey: Passkey, token: str) -> None:
        # Looked at once more: whoever was just signed out elsewhere must not leave a key behind.
        owner = await self._store.session_member(token_hash(token))
        if owner is None or owner.member_id != passkey.member_id:
            raise NotSignedInError
        if len(await self._store.passkeys_of(passkey.member_id)) >= PASSKEYS_MAX:
            raise PasskeysFullError
        if not await self._store.add_passkey(passkey):
            raise PasskeyKnownError

    async def remove(self, member_id: MemberId, passkey_id: PasskeyId) -> None:
        """Take one of the person's passkeys away; one that is gone may be removed again.

        Raises:
            StoreUnavailableError
        """
        for passkey in await self._store.passkeys_of(member_id):
            if passkey.passkey_id == passkey_id:
                await self._store.delete_passkey(passkey.credential_id)

    # ------------------------------------------------------------ signing in

    def request_options(self) -> wire.RequestOptions:
        """What the browser is to ask for; the same for everybody, but for the challenge.

        Raises:
            PasskeysUnavailableError
        """
        options = generate_authentication_options(
            rp_id=self._require_house().rp_id,
            challenge=self._challenges.new(_SIGN_IN),
            timeout=LIFETIME_MS,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return msgspec.convert(options_to_json_dict(options), wire.RequestOptions)

    async def sign_in(
        self, credential: wire.UsedCredential, device: str, old_token: str | None, address: str
    ) -> SignedIn:
        """Prove a passkey and get a session in place of the browser's old one.

        `address` is the network address that asks. What carries no challenge of ours is refused
        before it is counted, so that made-up bytes use up nobody's tries.

        Raises:
            PasskeysUnavailableError, PasskeyExpiredError, PasskeyTooOftenError,
            PasskeyInvalidError, PasskeyUnknownError, PasskeyClonedError, BannedError,
            StoreUnavailableError
        """
        house = self._require_house()
        challenge = _challenge_of(credential.response.client_data)
        self._challenges.require(challenge, _SIGN_IN)
        await self._count(address)
        passkey = await self._store.passkey(_credential_id(credential.raw_id))
        if passkey is None:
            raise PasskeyUnknownError
        proven = _checked(
            lambda: verify_authentication_response(
                credential=msgspec.to_builtins(credential),
                expected_challenge=challenge,
                expected_rp_id=house.rp_id,
                expected_origin=house.origin,
                credential_public_key=passkey.public_key,
                # The counter is looked at below: a copy is another refusal than a bad signature.
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        )
        handle = credential.response.user_handle
        # Nobody said who he is, so the authenticator must (WebAuthn §7.2, step 6).
        if handle is None or _decoded(handle) != passkey.member_id.encode():
            raise PasskeyInvalidError
        self._challenges.spend(challenge, _SIGN_IN)
        used = use(passkey, proven.new_sign_count, self._clock.now_ms())
        async with self._door, self._store.transaction():
            member = await self._may_enter(passkey.member_id)
            if not await self._store.use_passkey(passkey, used):
                gone = await self._store.passkey(passkey.credential_id) is None
                raise PasskeyUnknownError if gone else PasskeyClonedError
            begun = await self._sessions.begin(member.member_id, device, old_token)
        await self._sessions.settle(begun)
        return SignedIn(begun.token, member)

    async def _count(self, address: str) -> None:
        key = self._limits.hashed(b"passkey-address\0" + home_of(address).encode())
        draw = Draw("passkey-address", (key,), SIGN_INS_PER_ADDRESS)
        try:
            await self._store.draw([draw], self._clock.now_ms())
        except BucketEmptyError:
            raise PasskeyTooOftenError from None

    async def _may_enter(self, member_id: MemberId) -> Member:
        member = await self._store.member(member_id)
        if member is None:
            raise PasskeyUnknownError
        banned = member.membership is Membership.BANNED
        if banned or await self._store.ban_of(member.number_hash):
            raise BannedError
        return member

    def _require_house(self) -> RelyingParty:
        if self._house is None:
            raise PasskeysUnavailableError
        return self._house


def _creating(member_id: MemberId) -> bytes:
    return b"create\0" + member_id.encode()


def _checked(check: Callable[[], Checked]) -> Checked:
    try:
        return check()
    except _MALFORMED as error:
        raise PasskeyInvalidError(type(error).__name__) from error


def _challenge_of(client_data: str) -> bytes:
    return _checked(lambda: parse_client_data_json(base64url_to_bytes(client_data)).challenge)


def _credential_id(raw_id: str) -> CredentialId:
    return CredentialId(_decoded(raw_id))


def _decoded(encoded: str) -> bytes:
    return _checked(lambda: base64url_to_bytes(encoded))


def _view(passkey: Passkey) -> wire.PasskeyView:
    browser, system = browser_and_system(passkey.name)
    return wire.PasskeyView(
        passkey_id=passkey.passkey_id,
        browser=browser,
        system=system,
        created_at_ms=passkey.created_at_ms,
        last_used_at_ms=passkey.last_used_at_ms,
    )
