"""The house: all services, put together over what lies outside them. Decides nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from server.domain.contact import CONTACT_LIFETIME_MS
from server.domain.origin import RelyingParty
from server.ports import (
    CaptionFeed,
    Clock,
    CodeSender,
    MailSender,
    MediaEngine,
    PushSender,
    Store,
)
from server.service.account import Account
from server.service.administration import Administration
from server.service.agenda import Agenda
from server.service.blocks import Blocks
from server.service.calendars import Calendars
from server.service.captions import Captions
from server.service.chats import Chats
from server.service.code_budget import CodeRules
from server.service.contacts import Contacts
from server.service.departure import Banning, Erasure
from server.service.hub import Hub
from server.service.invites import InviteRules
from server.service.limits import Limits
from server.service.passkeys import Passkeys
from server.service.people import People, Rules, Senders
from server.service.pings import Pings
from server.service.profiles import Profiles
from server.service.push import Push
from server.service.reactions import Reactions
from server.service.receipts import Receipts
from server.service.relay import Relay
from server.service.reporting import Reporting
from server.service.room_logs import RoomLogs
from server.service.rooms import EVERY_S, Rooms
from server.service.schedule import Schedule
from server.service.scribe_wishes import ScribeWishes
from server.service.sessions import Sessions

ANSWER_STEP_S = 0.25


@dataclass(frozen=True, slots=True)
class Outside:
    """Everything that the services need of the world."""

    store: Store
    clock: Clock
    code_sender: CodeSender
    media: MediaEngine
    feed: CaptionFeed
    pepper: bytes
    turn_urls: Sequence[str] = ()
    turn_secret: bytes = b""
    mail: MailSender | None = None
    """None: the house sends no e-mail."""
    invites: InviteRules = field(default_factory=InviteRules)
    contact_lifetime_ms: int = CONTACT_LIFETIME_MS
    """How long a number is kept after it was sent last."""
    passkeys_for: RelyingParty | None = None
    """None: the house's address is none that passkeys can be bound to."""
    answer_step_s: float = ANSWER_STEP_S
    """See `House.answer_step_s`; other values are for tests."""
    code_rules: CodeRules = field(default_factory=CodeRules)
    push_sender: PushSender = field(kw_only=True)
    every_s: float = EVERY_S
    """How often seats expire and the hallway is shown at most; other values are for tests."""


@dataclass(frozen=True, slots=True)
class House:
    """The services of one gate."""

    clock: Clock
    hub: Hub
    people: People
    contacts: Contacts
    sessions: Sessions
    passkeys: Passkeys
    account: Account
    captions: Captions
    rooms: Rooms
    relay: Relay
    administration: Administration
    answer_step_s: float
    """Signing in answers at multiples of this, so that its time tells nothing of contacts."""
    push: Push
    blocks: Blocks
    profiles: Profiles
    reporting: Reporting
    pings: Pings
    reactions: Reactions
    chats: Chats
    room_logs: RoomLogs
    schedule: Schedule
    calendars: Calendars
    scribe_wishes: ScribeWishes
    receipts: Receipts


def build(outside: Outside) -> House:
    """One house; nothing of it runs yet."""
    push = Push(outside.store, outside.clock, outside.push_sender)
    hub = Hub(absent=push.tell)
    captions = Captions(outside.feed, outside.clock, hub)
    blocks = Blocks(outside.store)
    rooms = Rooms(
        outside.store,
        outside.clock,
        outside.media,
        captions,
        hub,
        blocks,
        every_s=outside.every_s,
    )
    receipts = Receipts(outside.store, outside.clock, every_s=outside.every_s)
    agenda = Agenda(outside.store, hub, blocks)
    schedule = Schedule(outside.store, outside.clock, hub, agenda, rooms, every_s=outside.every_s)
    limits = Limits(outside.store, outside.clock, outside.pepper)
    sessions = Sessions(outside.store, outside.clock, hub, rooms)
    people = People(
        outside.store,
        outside.clock,
        Senders(outside.code_sender, outside.mail),
        hub,
        outside.pepper,
        sessions,
        Rules(outside.invites, outside.code_rules),
    )
    contacts = Contacts(
        outside.store,
        outside.clock,
        hub,
        limits,
        people.admission,
        outside.pepper,
        outside.contact_lifetime_ms,
    )
    door = people.admission.door
    passkeys = Passkeys(outside.store, outside.clock, sessions, limits, outside.passkeys_for, door)
    account = Account(
        outside.store, outside.clock, hub, people.admission, Erasure(rooms, agenda, receipts)
    )
    relay = Relay(outside.turn_urls, outside.turn_secret, outside.clock)
    administration = Administration(
        outside.store,
        outside.clock,
        hub,
        people.admission,
        people.invites,
        Banning(rooms, agenda),
        account,
    )
    profiles = Profiles(outside.store, outside.clock, hub, limits, blocks, rooms, agenda)
    room_logs = RoomLogs(rooms, outside.clock)
    reporting = Reporting(outside.store, outside.clock, limits, administration, rooms, room_logs)
    reactions = Reactions(rooms, hub, outside.clock)
    chats = Chats(rooms, captions, blocks, hub, outside.clock)
    pings = Pings(outside.store, outside.clock, hub, limits, rooms)
    wishes = ScribeWishes(rooms, captions, hub, outside.clock)
    for follow in (
        reactions.follow,
        chats.follow,
        room_logs.follow,
        pings.follow,
        wishes.follow,
        receipts.follow,
    ):
        rooms.watch(follow)
    return House(
        outside.clock,
        hub,
        people,
        contacts,
        sessions,
        passkeys,
        account,
        captions,
        rooms,
        relay,
        administration,
        outside.answer_step_s,
        push,
        blocks,
        profiles,
        reporting,
        pings,
        reactions,
        chats,
        room_logs,
        schedule,
        Calendars(outside.store, outside.clock, agenda),
        wishes,
        receipts,
    )
