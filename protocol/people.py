"""Browser ⇄ gate: who somebody is, to himself and to others."""

from __future__ import annotations

from typing import Literal

from protocol.wire import Message, View

Membership = Literal["waiting", "member", "banned"]


class Me(View, frozen=True):
    """The signed-in person, as he sees himself."""

    member_id: str
    name: str
    membership: Membership
    is_admin: bool


class PersonView(View, frozen=True):
    """A person as others see him in lists."""

    member_id: str
    name: str


class MeChanged(Message, frozen=True):
    """To the person himself, on all his devices: who he is here has changed."""

    me: Me


PeopleEvent = MeChanged
