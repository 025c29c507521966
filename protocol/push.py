"""Browser ⇄ gate: Web Push. How a page subscribes, and what is pushed to its service worker.

What is pushed is encrypted for the one browser (RFC 8291): the push service that carries it learns
when and how much, not what.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from protocol.schedule import ReminderNews
from protocol.wire import Id, Language, Message


class SubscribePush(Message, frozen=True):
    """Push to this browser while no page is open; replaces what its session said before.

    Newcomers who wait may do this too. Reply: `ok`.
    """

    id: Id
    endpoint: Annotated[str, Meta(pattern="^https://", max_length=2048)]
    """The push service's address for this browser (RFC 8030), from `PushSubscription`."""
    p256dh: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{87}$")]
    """The browser's public key (RFC 8291 §3.1), base64url."""
    auth: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{22}$")]
    """The browser's authentication secret (RFC 8291 §3.2), base64url."""
    language: Language
    """Of what is pushed."""


class UnsubscribePush(Message, frozen=True):
    """Push to this browser no more. Reply: `ok`."""

    id: Id


class KnockPushed(Message, frozen=True):
    """To a member: somebody whose number he holds waits at the door."""

    knock_id: str
    name: str
    """The name that the newcomer gave himself."""
    language: Language


class AdmissionPushed(Message, frozen=True):
    """To a newcomer: the door is open."""

    language: Language


class PingPushed(Message, frozen=True):
    """To a member: somebody whom he follows asks him into a room."""

    room_id: str
    title: str
    name: str
    """Who asks."""
    language: Language


class ReminderPushed(Message, frozen=True):
    """To a member who is reminded of a scheduled room: it begins, or changed."""

    scheduled_id: str
    title: str
    room_id: str | None
    """Where it is open already."""
    news: ReminderNews
    language: Language


PushCommand = SubscribePush | UnsubscribePush
PushPayload = KnockPushed | AdmissionPushed | PingPushed | ReminderPushed
