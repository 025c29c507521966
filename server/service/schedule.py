"""Scheduled rooms: planned, changed, opened, and reminded of. What whom is shown is the agenda's.

A reminder is noted as told, in the database, before anybody is told: after a crash somebody may
miss one, nobody is told twice.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import replace

import structlog

from protocol import schedule as wire
from server.domain import schedule as rules
from server.domain.errors import (
    NoSuchScheduledError,
    NotSignedInError,
    ScheduleFullError,
    StoreUnavailableError,
)
from server.domain.ids import MemberId, RoomId, ScheduledId
from server.domain.kind import Kind
from server.domain.member import Member
from server.domain.schedule import Scheduled, Told
from server.ports import Clock, Store
from server.service.agenda import Agenda
from server.service.hub import Connection, Hub
from server.service.rooms import EVERY_S, Rooms

_log = structlog.get_logger(__name__)


class Schedule:
    """What members do about planned rooms. The actor is always a member."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        hub: Hub,
        agenda: Agenda,
        rooms: Rooms,
        *,
        every_s: float = EVERY_S,
    ) -> None:
        self._store = store
        self._clock = clock
        self._hub = hub
        self.agenda = agenda
        self._rooms = rooms
        self._every_s = every_s
        self._changing = asyncio.Lock()

    async def load(self) -> None:
        """Read all of it; before the first page is served.

        Raises:
            StoreUnavailableError
        """
        for planned in await self._store.scheduled():
            owner = await self._store.member(planned.owner_id)
            if owner is not None:
                await self.agenda.know(planned)
                self.agenda.keep(planned, owner.name)
        for scheduled_id, member_id in await self._store.reminders():
            self.agenda.remember(member_id, scheduled_id)

    # ------------------------------------------------------------ planning

    async def plan(self, owner: Member, title: str, kind: Kind, starts_at_ms: int) -> ScheduledId:
        """Plan a room; its owner is reminded of it.

        Raises:
            BadTitleError, BadTimeError, ScheduleFullError, StoreUnavailableError
        """
        scheduled_id = ScheduledId(secrets.token_urlsafe(9))
        async with self._changing:
            now_ms = self._clock.now_ms()
            planned = rules.plan(scheduled_id, owner, title, kind, starts_at_ms, now_ms)
            rules.require_place(self.agenda.count_of(owner.member_id), len(self.agenda))
            await self.agenda.know(planned)
            async with self._store.transaction():
                if await self._store.member(owner.member_id) is None:
                    raise NotSignedInError
                await self._store.save_scheduled(planned)
                await self._store.save_reminder(scheduled_id, owner.member_id)
            self.agenda.keep(planned, owner.name)
            self.agenda.remember(owner.member_id, scheduled_id)
        self._tell_reminders(owner.member_id)
        return scheduled_id

    async def change(
        self, owner: Member, scheduled_id: ScheduledId, title: str, kind: Kind, starts_at_ms: int
    ) -> None:
        """Another title, kind or time for one's own.

        Raises:
            NoSuchScheduledError, BadTitleError, BadTimeError, StoreUnavailableError
        """
        async with self._changing:
            before = self.agenda.get(scheduled_id)
            now_ms = self._clock.now_ms()
            after = rules.change(before, owner.member_id, title, kind, starts_at_ms, now_ms)
            if after != before:
                await self.agenda.know(after)
                await self._store.save_scheduled(after)
                self.agenda.keep(after, owner.name)
        if after.starts_at_ms != before.starts_at_ms:
            self._remind_others(after, "moved")

    async def cancel(self, owner: Member, scheduled_id: ScheduledId) -> None:
        """One's own will not take place.

        Raises:
            NoSuchScheduledError, StoreUnavailableError
        """
        async with self._changing:
            planned = self.agenda.get(scheduled_id)
            rules.require_owner(planned, owner.member_id)
            await self._store.delete_scheduled(scheduled_id)
            whom = self.agenda.whom_to_remind(planned) - {owner.member_id}
            self.agenda.drop(scheduled_id)
        self._remind(planned, whom, "cancelled")

    async def open(
        self, connection: Connection, owner: Member, scheduled_id: ScheduledId
    ) -> RoomId:
        """Open one's own: from now on it is a live room, and no longer planned.

        Raises:
            NoSuchScheduledError, TooEarlyError, RoomFullError, StoreUnavailableError
        """
        async with self._changing:
            planned = self.agenda.get(scheduled_id)
            rules.require_opening(planned, owner.member_id, self._clock.now_ms())
            room_id = await self._rooms.open(connection, owner, planned.title, planned.kind)
            whom = self.agenda.whom_to_remind(planned) - {owner.member_id}
            self.agenda.drop(scheduled_id)
            try:
                await self._store.delete_scheduled(scheduled_id)
            except StoreUnavailableError:
                # The room is open, and that is kept; the row is over within the hour.
                _log.warning("a scheduled room that is open was not deleted yet")
        if planned.told is not Told.START:
            self._remind(planned, whom, "started", room_id)
        return room_id

    async def set_reminder(self, member: Member, scheduled_id: ScheduledId, *, on: bool) -> None:
        """Be reminded, or no more.

        Raises:
            NoSuchScheduledError, ScheduleFullError, StoreUnavailableError
        """
        me = member.member_id
        async with self._changing:
            if not on:
                await self._store.delete_reminder(scheduled_id, me)
                self.agenda.forget(me, scheduled_id)
            else:
                self.agenda.visible(me, scheduled_id)
                if len(self.agenda.reminders_of(me)) >= rules.REMINDERS_PER_MEMBER:
                    raise ScheduleFullError
                await self._store.save_reminder(scheduled_id, me)
                self.agenda.remember(me, scheduled_id)
        self._tell_reminders(me)

    # ------------------------------------------------------------ reminders

    async def run(self) -> None:
        """Show what changed and remind of what is due, at most once a second, for ever."""
        while True:
            try:
                await self.remind()
            except StoreUnavailableError:
                _log.warning("reminders wait, database is away")
            if self.agenda.changed.is_set():
                self.agenda.changed.clear()
                self.agenda.show_to(self._hub.everybody())
            await asyncio.sleep(self._every_s)

    async def remind(self) -> None:
        """Remind of all that is due; forget what nobody opened.

        Raises:
            StoreUnavailableError: what is not noted as told yet is told later.
        """
        now_ms = self._clock.now_ms()
        for planned in self.agenda.all():
            if now_ms < planned.starts_at_ms - rules.SOON_MS:
                return
            async with self._changing:
                await self._remind_of(planned.scheduled_id, now_ms)

    async def _remind_of(self, scheduled_id: ScheduledId, now_ms: int) -> None:
        try:
            planned = self.agenda.get(scheduled_id)
        except NoSuchScheduledError:
            return  # cancelled while others were told
        if rules.is_over(planned, now_ms):
            await self._store.delete_scheduled(scheduled_id)
            self.agenda.drop(scheduled_id)
            return
        told = rules.due(planned, now_ms)
        if told is planned.told:
            return
        after = replace(planned, told=told)
        await self._store.save_scheduled(after)
        self.agenda.keep(after)
        if rules.is_worth_telling(after, now_ms):
            news: wire.ReminderNews = "started" if told is Told.START else "soon"
            self._remind(after, self.agenda.whom_to_remind(after), news)

    def _remind_others(self, planned: Scheduled, news: wire.ReminderNews) -> None:
        self._remind(planned, self.agenda.whom_to_remind(planned) - {planned.owner_id}, news)

    def _remind(
        self,
        planned: Scheduled,
        whom: Iterable[MemberId],
        news: wire.ReminderNews,
        room_id: RoomId | None = None,
    ) -> None:
        message = wire.Reminded(scheduled=self.agenda.view(planned), news=news, room_id=room_id)
        for member_id in whom:
            self._hub.to_member(member_id, message)

    def _tell_reminders(self, member_id: MemberId) -> None:
        changed = wire.RemindersChanged(reminders=self.agenda.reminders_of(member_id))
        self._hub.broadcast(self._hub.of_member(member_id), changed)
