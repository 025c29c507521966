"""Browser ⇄ gate: scheduled rooms, reminders of them, and the secret calendar address.

Times are Unix milliseconds; which hour that is, is the reader's own affair.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from protocol.people import PersonView
from protocol.room import Title
from protocol.wire import Id, Message, RoomKind, Token, View

StartsAt = Annotated[int, Meta(ge=0, le=2**53 - 1)]
ReminderNews = Literal["soon", "started", "moved", "cancelled"]
"""It is about to begin, it begins, it has another time, it will not take place."""


class ScheduledView(View, frozen=True):
    """A room that is planned."""

    scheduled_id: str
    owner: PersonView
    title: str
    kind: RoomKind
    starts_at_ms: int


class ScheduleRoom(Message, frozen=True):
    """Plan a room; its planner is reminded of it. Reply: `room_scheduled`."""

    id: Id
    title: Title
    kind: RoomKind
    starts_at_ms: StartsAt


class ChangeScheduled(Message, frozen=True):
    """Another title, kind or time for one's own. Reply: `ok`."""

    id: Id
    scheduled_id: Token
    title: Title
    kind: RoomKind
    starts_at_ms: StartsAt


class CancelScheduled(Message, frozen=True):
    """One's own will not take place. Reply: `ok`."""

    id: Id
    scheduled_id: Token


class OpenScheduled(Message, frozen=True):
    """Open one's own, from a quarter of an hour before its time. Reply: `room_opened`."""

    id: Id
    scheduled_id: Token


class SetReminder(Message, frozen=True):
    """Be reminded of a scheduled room, or no more. Reply: `ok`."""

    id: Id
    scheduled_id: Token
    on: bool


class GetCalendar(Message, frozen=True):
    """Whether one has a calendar address. Reply: `calendar_address`, without the address."""

    id: Id


class MakeCalendar(Message, frozen=True):
    """Make a calendar address; an older one is void. Reply: `calendar_address`."""

    id: Id


class RevokeCalendar(Message, frozen=True):
    """Take the calendar address back. Reply: `calendar_address`."""

    id: Id


class RoomScheduled(Message, frozen=True):
    """Reply to `schedule_room`."""

    id: Id
    scheduled_id: str


class CalendarAddress(Message, frozen=True):
    """Reply to `get_calendar`, `make_calendar` and `revoke_calendar`."""

    id: Id
    since_ms: int | None
    """When it was made; none: there is none."""
    path: str | None
    """`/calendar/…ics`, told once, when it is made: the house keeps a hash only."""


class ScheduleChanged(Message, frozen=True):
    """All scheduled rooms that are for this reader, the soonest first, 100 at most."""

    scheduled: list[ScheduledView]


class RemindersChanged(Message, frozen=True):
    """Of which scheduled rooms one is reminded."""

    reminders: list[str]


class Reminded(Message, frozen=True):
    """What whoever is reminded of a scheduled room has to know of it now."""

    scheduled: ScheduledView
    news: ReminderNews
    room_id: str | None
    """Where it is open already."""


ScheduleCommand = (
    ScheduleRoom
    | ChangeScheduled
    | CancelScheduled
    | OpenScheduled
    | SetReminder
    | GetCalendar
    | MakeCalendar
    | RevokeCalendar
)
ScheduleReply = RoomScheduled | CalendarAddress
ScheduleEvent = ScheduleChanged | RemindersChanged | Reminded
