"""Browser ⇄ gate: newcomers at the door, and the contacts that decide who is asked about them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from protocol.errors import ErrorCode
from protocol.people import Me, PersonView
from protocol.wire import Id, Message, Token, View

InviteStanding = Literal["open", "used", "expired", "revoked"]
Number = Annotated[str, Meta(min_length=1, max_length=64)]


class KnockView(View, frozen=True):
    """A newcomer who waits and whose number this member holds."""

    knock_id: str
    name: str
    """The name that the newcomer gave himself."""
    contact_id: str
    """Which of this member's contacts it is; the page knows that contact's local name."""
    knocked_at_ms: int


class ContactsView(View, frozen=True):
    """What the house keeps of a member's contacts, and whether he is asked about them."""

    kept: int
    """How many numbers are kept."""
    first_expires_at_ms: int | None
    """When the first of them is forgotten; `null` where none is kept."""
    last_expires_at_ms: int | None
    """When the last of them is."""
    asks_me: bool
    """Whether he is asked when somebody with one of the numbers knocks."""


class AddContacts(Message, frozen=True):
    """Keep numbers as hashes; names stay in the browser. Reply: `contacts_added`."""

    id: Id
    numbers: Annotated[list[Number], Meta(max_length=500)]
    region: Annotated[str, Meta(pattern="^[A-Z]{2}$")]
    """The country that numbers without a country code belong to, ISO 3166."""


class ForgetContacts(Message, frozen=True):
    """Delete all of the member's contacts at once. Reply: `ok`."""

    id: Id


class SetAsksMe(Message, frozen=True):
    """Be asked about newcomers, or no longer; open alerts go and come with it. Reply: `ok`."""

    id: Id
    asks_me: bool


class Admit(Message, frozen=True):
    """Let a newcomer in. The first who does it wins. Reply: `ok`."""

    id: Id
    knock_id: Token


class IgnoreKnock(Message, frozen=True):
    """Close the alert for oneself only; nobody else notices. Reply: `ok`."""

    id: Id
    knock_id: Token


class WithdrawKnock(Message, frozen=True):
    """The newcomer no longer waits; his account is erased. Reply: `ok`."""

    id: Id


class RejectedNumber(View, frozen=True):
    """A number of `add_contacts` that was not kept."""

    index: int
    code: ErrorCode


class AddedContact(View, frozen=True):
    """A number of `add_contacts` that is kept."""

    index: int
    contact_id: str


class ContactsAdded(Message, frozen=True):
    """Reply to `add_contacts`."""

    id: Id
    added: list[AddedContact]
    rejected: list[RejectedNumber]
    kept: int
    """How many contacts the member has now."""
    expires_at_ms: int
    """Until when the numbers just sent are kept if nobody with one of them comes."""


class ContactsChanged(Message, frozen=True):
    """To the member himself, on all his devices, whenever this changes."""

    contacts: ContactsView


class Knocked(Message, frozen=True):
    """A newcomer whose number this member holds waits at the door."""

    knock: KnockView


class KnockClosed(Message, frozen=True):
    """The alert is over: somebody let him in, he withdrew, or it expired."""

    knock_id: str


class Admitted(Message, frozen=True):
    """To the newcomer: the door is open."""

    me: Me


class InviteView(View, frozen=True):
    """An invitation, for whoever gave it."""

    invite_id: str
    state: InviteStanding
    by_mail: bool
    created_at_ms: int
    expires_at_ms: int
    used_by: PersonView | None
    """Who came in with it, while he lives here."""


class CreateInvite(Message, frozen=True):
    """Give an invitation, by e-mail where an address is given. Reply: `invite_created`."""

    id: Id
    email: Annotated[str, Meta(max_length=254)] | None = None
    """Used once, to send the link there, and kept nowhere."""
    language: Literal["en", "ko"] = "en"
    """Of the e-mail."""


class ListInvites(Message, frozen=True):
    """All invitations that the member gave. Reply: `invites`."""

    id: Id


class RevokeInvite(Message, frozen=True):
    """Take an invitation back. Reply: `ok`."""

    id: Id
    invite_id: Token


class UseInvite(Message, frozen=True):
    """A newcomer who waits comes in with an invitation. Reply: `ok`, and `admitted`."""

    id: Id
    token: Token


class InviteCreated(Message, frozen=True):
    """Reply to `create_invite`: the token is told this once."""

    id: Id
    invite: InviteView
    token: str
    left: int | None
    """How many more the member may give; `null`: as many as he likes."""


class Invites(Message, frozen=True):
    """Reply to `list_invites`, newest first."""

    id: Id
    invites: list[InviteView]
    left: int | None
    by_mail: bool
    """Whether this house can send e-mail."""


class InviteChanged(Message, frozen=True):
    """To whoever gave it: an invitation was used or taken back."""

    invite: InviteView
    left: int | None


DoorCommand = (
    AddContacts
    | ForgetContacts
    | SetAsksMe
    | Admit
    | IgnoreKnock
    | WithdrawKnock
    | CreateInvite
    | ListInvites
    | RevokeInvite
    | UseInvite
)
DoorReply = ContactsAdded | InviteCreated | Invites
DoorEvent = ContactsChanged | Knocked | KnockClosed | Admitted | InviteChanged
