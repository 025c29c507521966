"""Browser ⇄ gate over plain HTTP: one's own sessions, passkeys and data.

What WebAuthn calls options and credentials has the JSON form of its specification (Level 3, §5.1):
`PublicKeyCredential.parseCreationOptionsFromJSON`, `parseRequestOptionsFromJSON` and `toJSON`.
Bytes are in base64url there.

| request | body | answer |
|---|---|---|
| `GET /api/sessions` | – | 200 `SessionsListed` |
| `POST /api/sessions/end` | `EndSession` | 204 |
| `POST /api/sessions/end-others` | – | 204 |
| `GET /api/passkeys` | – | 200 `PasskeysListed` |
| `POST /api/passkeys/challenge` | – | 200 `CreationOptions` |
| `POST /api/passkeys` | `NewPasskey` | 200 `PasskeyView` |
| `POST /api/passkeys/remove` | `RemovePasskey` | 204 |
| `POST /api/sign-in/passkey/challenge` | – | 200 `RequestOptions` |
| `POST /api/sign-in/passkey` | `PasskeySignIn` | 200 `SignedIn` and the session cookie |
| `GET /api/export` | – | 200 `AccountExport`, as a file |
| `POST /api/erase` | `EraseAccount` | 204, the account is gone |
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from protocol.wire import Token, View

Encoded = Annotated[str, Meta(min_length=1, max_length=16384, pattern="^[A-Za-z0-9_-]+$")]
"""Bytes in base64url without padding."""
CredentialKind = Literal["public-key"]
Field = str | int | float | bool | None


class SessionView(View, frozen=True):
    """One browser in which the person is signed in."""

    session_id: str
    browser: str
    """Such as `Chrome`; empty where it did not say."""
    system: str
    """Such as `Android`; empty where it did not say."""
    created_at_ms: int
    last_seen_at_ms: int
    """No finer than by the hour."""
    is_this: bool
    """It is the one that asks."""
    is_open: bool
    """A page of it is connected now."""


class SessionsListed(View, frozen=True):
    """Where one is signed in, the newest first."""

    sessions: list[SessionView]


class EndSession(View, frozen=True, forbid_unknown_fields=True):
    """Sign out there; one that is over already may be ended again."""

    session_id: Token


class PasskeyView(View, frozen=True):
    """One passkey; no key is in it."""

    passkey_id: str
    browser: str
    """Where it was made, as in `SessionView`."""
    system: str
    created_at_ms: int
    last_used_at_ms: int | None


class PasskeysListed(View, frozen=True):
    """One's passkeys, the oldest first."""

    passkeys: list[PasskeyView]


class RemovePasskey(View, frozen=True, forbid_unknown_fields=True):
    """Nobody signs in with it any more; one that is gone already may be removed again."""

    passkey_id: Token


class CredentialHouse(View, frozen=True):
    """The house, as the authenticator shows it."""

    id: str
    """The host name of the public address."""
    name: str


class CredentialUser(View, frozen=True):
    """The person, as the authenticator shows him."""

    id: str
    name: str
    display_name: str


class CredentialAlgorithm(View, frozen=True):
    """A signature algorithm, by its COSE number."""

    type: CredentialKind
    alg: int


class CredentialName(View, frozen=True):
    """A credential that is known already."""

    type: CredentialKind
    id: str


class AuthenticatorSelection(View, frozen=True):
    """What the authenticator must be able to do: find the key by itself, and check who uses it."""

    resident_key: Literal["required"]
    require_resident_key: Literal[True]
    user_verification: Literal["required"]


class CreationOptions(View, frozen=True):
    """What `navigator.credentials.create` is asked for; good for ten minutes and one use."""

    rp: CredentialHouse
    user: CredentialUser
    challenge: str
    pub_key_cred_params: list[CredentialAlgorithm]
    timeout: int
    """Milliseconds."""
    exclude_credentials: list[CredentialName]
    authenticator_selection: AuthenticatorSelection
    attestation: Literal["none"]


class RequestOptions(View, frozen=True):
    """What `navigator.credentials.get` is asked for; good for ten minutes and one use."""

    challenge: str
    timeout: int
    """Milliseconds."""
    rp_id: str
    allow_credentials: list[CredentialName]
    """None: the authenticator shows what it has for this house."""
    user_verification: Literal["required"]


class AttestationResponse(View, frozen=True):
    """The new key; other members that browsers send are not looked at."""

    client_data: Encoded = field(name="clientDataJSON")
    attestation_object: Encoded


class NewCredential(View, frozen=True):
    """`toJSON()` of what `navigator.credentials.create` gave."""

    id: Encoded
    raw_id: Encoded
    type: CredentialKind
    response: AttestationResponse


class NewPasskey(View, frozen=True, forbid_unknown_fields=True):
    """Keep a passkey for the signed-in member."""

    credential: NewCredential


class AssertionResponse(View, frozen=True):
    """The signature; other members that browsers send are not looked at."""

    client_data: Encoded = field(name="clientDataJSON")
    authenticator_data: Encoded
    signature: Encoded
    user_handle: Encoded | None = None


class UsedCredential(View, frozen=True):
    """`toJSON()` of what `navigator.credentials.get` gave."""

    id: Encoded
    raw_id: Encoded
    type: CredentialKind
    response: AssertionResponse


class PasskeySignIn(View, frozen=True, forbid_unknown_fields=True):
    """Sign in with a passkey."""

    credential: UsedCredential


class EraseAccount(View, frozen=True, forbid_unknown_fields=True):
    """Erase the account at once, with all that hangs on it."""

    member_id: Token
    """Whom the page shows: refused where somebody else has signed in to the browser since."""


class AccountExport(View, frozen=True):
    """Everything that the house keeps about one person; the file that he takes home."""

    format: Literal["masil-account-1"]
    exported_at_ms: int
    kept: dict[str, list[dict[str, Field]]]
    """Rows by section; empty sections show what could be there."""
    left_out: dict[str, str]
    """What is kept and not told, each with the reason."""


AccountRequest = NewPasskey | RemovePasskey | PasskeySignIn | EndSession | EraseAccount
AccountAnswer = (
    SessionsListed | PasskeysListed | PasskeyView | CreationOptions | RequestOptions | AccountExport
)
