"""What is planned, in memory, and what of it whom is shown. Decides nothing, saves nothing.

All of it is here (2,000 rooms at most): the gate is the only writer of the database. Most viewers
see the same, so that one list, encoded once, serves nearly everybody.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence

from protocol import schedule as wire
from protocol.people import PersonView
from server.domain.errors import NoSuchScheduledError
from server.domain.ids import MemberId, ScheduledId
from server.domain.kind import Kind
from server.domain.schedule import Scheduled
from server.ports import FollowStore
from server.service.blocks import Blocks
from server.service.hub import Connection, Hub

SHOWN_MAX = 100
_NONE: frozenset[ScheduledId] = frozenset()
_Sight = tuple[frozenset[ScheduledId], frozenset[ScheduledId]]
"""What is hidden by a block, and what is for the viewer though not for all."""


class Agenda:
    """All that is planned, with its reminders."""

    def __init__(self, store: FollowStore, hub: Hub, blocks: Blocks) -> None:
        self._store = store
        self._hub = hub
        self._blocks = blocks
        self._circles: dict[MemberId, frozenset[MemberId]] = {}
        """Of owners of social plans: whoever follows them or is followed by them."""
        self._planned: dict[ScheduledId, Scheduled] = {}
        self._names: dict[MemberId, str] = {}
        """Of owners."""
        self._reminded: defaultdict[MemberId, set[ScheduledId]] = defaultdict(set)
        self.changed = asyncio.Event()
        """Set where pages show something that is no longer so."""

    # ------------------------------------------------------------ what is kept

    def __len__(self) -> int:
        return len(self._planned)

    def count_of(self, owner_id: MemberId) -> int:
        """How many somebody has planned."""
        return sum(planned.owner_id == owner_id for planned in self._planned.values())

    def get(self, scheduled_id: ScheduledId) -> Scheduled:
        """One by its id.

        Raises:
            NoSuchScheduledError
        """
        planned = self._planned.get(scheduled_id)
        if planned is None:
            raise NoSuchScheduledError
        return planned

    def all(self) -> list[Scheduled]:
        """All of them, the soonest first."""
        return sorted(self._planned.values(), key=lambda p: (p.starts_at_ms, p.scheduled_id))

    async def know(self, planned: Scheduled) -> None:
        """Read for whom it is, where that is not known yet; before it is kept.

        Raises:
            StoreUnavailableError
        """
        owner = planned.owner_id
        if planned.kind is Kind.SOCIAL and owner not in self._circles:
            self._circles[owner] = await self._store.circle_of(owner)

    async def refresh(self, *members: MemberId) -> None:
        """Who follows whom changed between these.

        Raises:
            StoreUnavailableError
        """
        for member_id in members:
            if member_id in self._circles:
                self._circles[member_id] = await self._store.circle_of(member_id)

    def keep(self, planned: Scheduled, owner_name: str | None = None) -> None:
        """One that is saved already."""
        self._planned[planned.scheduled_id] = planned
        if owner_name is not None:
            self._names[planned.owner_id] = owner_name
        self.changed.set()

    def drop(self, scheduled_id: ScheduledId) -> None:
        """One that is deleted already."""
        self._planned.pop(scheduled_id, None)
        for ids in self._reminded.values():
            ids.discard(scheduled_id)
        self.changed.set()

    def remember(self, member_id: MemberId, scheduled_id: ScheduledId) -> None:
        """A reminder that is saved already."""
        self._reminded[member_id].add(scheduled_id)

    def forget(self, member_id: MemberId, scheduled_id: ScheduledId) -> None:
        """A reminder that is deleted already."""
        self._reminded[member_id].discard(scheduled_id)

    def forget_member(self, member_id: MemberId) -> None:
        """He was banned, or his account is gone: his rows are deleted already."""
        self._reminded.pop(member_id, None)
        for planned in [p for p in self._planned.values() if p.owner_id == member_id]:
            self.drop(planned.scheduled_id)
        self._names.pop(member_id, None)
        self._circles.pop(member_id, None)

    def rename(self, member_id: MemberId, name: str) -> None:
        """An owner has a new name, which is saved already."""
        if member_id in self._names:
            self._names[member_id] = name
            self.changed.set()

    # ------------------------------------------------------------ who sees what

    def visible(self, viewer: MemberId, scheduled_id: ScheduledId) -> Scheduled:
        """One that is for this viewer.

        Raises:
            NoSuchScheduledError
        """
        planned = self.get(scheduled_id)
        if not self._is_for(viewer, planned):
            raise NoSuchScheduledError
        return planned

    def visible_to(self, viewer: MemberId) -> list[Scheduled]:
        """All that are for this viewer, the soonest first, 100 at most."""
        planned = self.all()
        return _listed(planned, self._sights(frozenset({viewer}), planned)[viewer])

    def view_for(self, viewer: MemberId) -> list[wire.ScheduledView]:
        """The same for the page."""
        return [self.view(planned) for planned in self.visible_to(viewer)]

    def view(self, planned: Scheduled) -> wire.ScheduledView:
        """One for whom it is."""
        owner = PersonView(member_id=planned.owner_id, name=self._names[planned.owner_id])
        return wire.ScheduledView(
            scheduled_id=planned.scheduled_id,
            owner=owner,
            title=planned.title,
            kind=planned.kind.value,
            starts_at_ms=planned.starts_at_ms,
        )

    def reminders_of(self, member_id: MemberId) -> list[str]:
        """Of which he is reminded."""
        return sorted(self._reminded.get(member_id, ()))

    def whom_to_remind(self, planned: Scheduled) -> set[MemberId]:
        """Those who wanted it and for whom it still is: a block or another kind may have come."""
        wanted = (m for m, ids in self._reminded.items() if planned.scheduled_id in ids)
        return {member_id for member_id in wanted if self._is_for(member_id, planned)}

    def show(self, viewer: MemberId) -> None:
        """Show it on all his devices."""
        self.show_to(self._hub.of_member(viewer))

    def show_what_changed(
        self, viewers: Sequence[MemberId], before: Sequence[Sequence[Scheduled]]
    ) -> None:
        """Show it to those of them who see something else than before, and to nobody else."""
        for viewer, seen in zip(viewers, before, strict=True):
            if self.visible_to(viewer) != seen:
                self.show(viewer)

    def show_to(self, connections: Iterable[Connection]) -> None:
        """Show each of them what is for him, in rooms too; newcomers who wait see nothing."""
        planned = self.all()
        inside = [c for c in connections if c.admitted]
        sights = self._sights(frozenset(c.member_id for c in inside), planned)
        groups: defaultdict[_Sight, list[Connection]] = defaultdict(list)
        for connection in inside:
            groups[sights[connection.member_id]].append(connection)
        for sight, group in groups.items():
            shown = [self.view(each) for each in _listed(planned, sight)]
            self._hub.broadcast(group, wire.ScheduleChanged(scheduled=shown))

    def _sights(
        self, viewers: frozenset[MemberId], planned: Sequence[Scheduled]
    ) -> dict[MemberId, _Sight]:
        let_in: defaultdict[MemberId, set[ScheduledId]] = defaultdict(set)
        for each in planned:
            # From the plan to its people, not the other way round: these are few, viewers many.
            near = {each.owner_id} | self._circle_around(each)
            for viewer in near & viewers if each.kind is not Kind.OPEN else ():
                let_in[viewer].add(each.scheduled_id)
        return {
            viewer: (self._hidden_from(viewer, planned), frozenset(let_in.get(viewer, ())))
            for viewer in viewers
        }

    def _circle_around(self, planned: Scheduled) -> frozenset[MemberId]:
        if planned.kind is not Kind.SOCIAL:
            return frozenset()
        return self._circles.get(planned.owner_id, frozenset())

    def _hidden_from(
        self, viewer: MemberId, planned: Sequence[Scheduled]
    ) -> frozenset[ScheduledId]:
        apart = self._blocks.apart_from(viewer)
        if not apart:
            return _NONE
        return frozenset(p.scheduled_id for p in planned if p.owner_id in apart)

    def _is_for(self, viewer: MemberId, planned: Scheduled) -> bool:
        if planned.owner_id in self._blocks.apart_from(viewer):
            return False
        return planned.is_for(viewer, self._circle_around(planned))


def _listed(planned: Sequence[Scheduled], sight: _Sight) -> list[Scheduled]:
    hidden, let_in = sight
    seen = [p for p in planned if p.kind is Kind.OPEN or p.scheduled_id in let_in]
    return [p for p in seen if p.scheduled_id not in hidden][:SHOWN_MAX]
