"""Browser ⇄ gate over plain HTTP: signing in, before there is a session for a WebSocket.

| request | body | answer |
|---|---|---|
| `POST /api/sign-in/code` | `CodeRequest` | 200 `CodeSent` |
| `POST /api/sign-in/verify` | `CodeVerification` | 200 `SignedIn` and the session cookie |
| `POST /api/invite` | `InviteQuestion` | 200 `InviteLook`, how the invitation of a link stands |
| `GET /api/session` | – | 200 `SignedIn`, or 204 where nobody is signed in |
| `POST /api/sign-out` | – | 204, the session is over |

Errors are `Problem` with the status that `server/web/errors.py` maps the code to.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from protocol.door import InviteStanding, Number
from protocol.errors import ErrorCode
from protocol.people import Me
from protocol.wire import Language, View

InviteToken = Annotated[str, Meta(min_length=1, max_length=64)]
Region = Annotated[str, Meta(pattern="^[A-Z]{2}$")]


class CodeRequest(View, frozen=True, forbid_unknown_fields=True):
    """Send a six-digit code to this number. The answer never tells whether it is known."""

    number: Number
    region: Region
    language: Language = "en"
    """Of the page, and so of the message."""


class CodeSent(View, frozen=True):
    """A code is on its way."""

    expires_in_s: int


class CodeVerification(View, frozen=True, forbid_unknown_fields=True):
    """Prove the number. A new number also needs a name, and becomes a newcomer who waits."""

    number: Number
    region: Region
    code: Annotated[str, Meta(max_length=16)]
    name: Annotated[str, Meta(max_length=200)] = ""
    founder_token: Annotated[str, Meta(max_length=128)] | None = None
    invite_token: InviteToken | None = None
    """Of an invitation's link: a newcomer who has one is in at once."""


class InviteQuestion(View, frozen=True, forbid_unknown_fields=True):
    """What has become of the invitation of this link?"""

    token: InviteToken


class InviteLook(View, frozen=True):
    """How the invitation of a link stands, for whoever has the link."""

    state: InviteStanding
    inviter_name: str | None
    """Who invites; only while it is open."""


class SignedIn(View, frozen=True):
    """Who is signed in."""

    me: Me


class Problem(View, frozen=True):
    """Why a request was refused."""

    code: ErrorCode
    message: str
