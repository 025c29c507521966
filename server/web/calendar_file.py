"""Scheduled rooms as iCalendar (RFC 5545): what is in the file. Knows no address and no person.

How long a room will last nobody knows; an hour is what calendars are told.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from server.domain.schedule import Scheduled

DURATION = timedelta(hours=1)
REFRESH = timedelta(hours=1)
"""How often calendar programs are asked to look again (RFC 7986 §5.7)."""


def calendar_file(planned: Iterable[Scheduled], public_url: str, name: str) -> bytes:
    """One calendar with these rooms; `public_url` is the house's, without a slash at its end."""
    host = public_url.split("://", 1)[-1]
    calendar = Calendar()
    calendar.add("prodid", "-//Masil//Scheduled rooms//EN")
    calendar.add("version", "2.0")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for each in planned:
        calendar.add_component(_event(each, public_url, host))
    written: bytes = calendar.to_ical()
    return written


def _event(planned: Scheduled, public_url: str, host: str) -> Event:
    event = Event()
    event.add("uid", f"{planned.scheduled_id}@{host}")
    event.add("dtstamp", _utc(planned.changed_at_ms))
    event.add("created", _utc(planned.created_at_ms))
    event.add("last-modified", _utc(planned.changed_at_ms))
    event.add("sequence", planned.sequence)
    event.add("dtstart", _utc(planned.starts_at_ms))
    event.add("duration", DURATION)
    event.add("summary", planned.title)
    event.add("url", f"{public_url}/")
    event.add("status", "CONFIRMED")
    return event


def _utc(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms // 1000, UTC)
