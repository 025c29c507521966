"""Browser ⇄ gate: newcomers at the door, and the contacts that decide who is asked about them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from protocol.errors import ErrorCode
from protocol.people import Me
from protocol.wire import Id, Message, Token, View

Number = Annotated[str, Meta(min_length=1, max_length=64)]


class KnockView(View, frozen=True):
    """A newcomer who waits and whose number this member holds."""

    knock_id: str
    name: str
    """The name that the newcomer gave himself."""
    contact_id: str
    """Which of this member's contacts it is; the page knows that contact's local name."""
    knocked_at_ms: int


class AddContacts(Message, frozen=True):
    """Keep numbers as hashes; names stay in the browser. Reply: `contacts_added`."""

    id: Id
    numbers: Annotated[list[Number], Meta(max_length=500)]
    region: Annotated[str, Meta(pattern="^[A-Z]{2}$")]
    """The country that numbers without a country code belong to, ISO 3166."""


class ForgetContacts(Message, frozen=True):
    """Delete all of the member's contacts at once. Reply: `ok`."""

    id: Id


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


class Knocked(Message, frozen=True):
    """A newcomer whose number this member holds waits at the door."""

    knock: KnockView


class KnockClosed(Message, frozen=True):
    """The alert is over: somebody let him in, he withdrew, or it expired."""

    knock_id: str


class Admitted(Message, frozen=True):
    """To the newcomer: the door is open."""

    me: Me


DoorCommand = AddContacts | ForgetContacts | Admit | IgnoreKnock | WithdrawKnock
DoorReply = ContactsAdded
DoorEvent = Knocked | KnockClosed | Admitted
