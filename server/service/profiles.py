"""What members tell about themselves, whom they follow, and from whom they keep apart.

Whoever is behind a block looks like nobody, whichever of the two set it, and is told nothing.
Who let whom in is told in the one reply about one person, never in a list.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence, Set

from protocol import people as wire
from server.domain import profile as rules
from server.domain.contact import DAY_MS
from server.domain.errors import NotSignedInError, PeopleFullError, ProfilesTooOftenError
from server.domain.ids import MemberId, RoomId
from server.domain.member import Member
from server.ports import Clock, Store
from server.service import render
from server.service.agenda import Agenda
from server.service.blocks import Blocks
from server.service.hub import Hub
from server.service.limits import Limits
from server.service.locks import Locks
from server.service.rooms import Rooms


class Profiles:
    """Profiles, follows and blocks. The actor is always a member."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        hub: Hub,
        limits: Limits,
        blocks: Blocks,
        rooms: Rooms,
        agenda: Agenda,
    ) -> None:
        self._store = store
        self._clock = clock
        self._hub = hub
        self._limits = limits
        self._blocks = blocks
        self._rooms = rooms
        self._agenda = agenda
        self._editing: Locks[MemberId] = Locks()
        self._deciding = asyncio.Lock()
        """Held while ties are changed: a follow must not slip past a block."""

    # ------------------------------------------------------------ profiles

    async def profile(self, viewer: Member, member_id: MemberId) -> rules.Profile:
        """A member as the viewer sees him.

        Raises:
            NoSuchMemberError: nobody, or nobody for this viewer.
            ProfilesTooOftenError, StoreUnavailableError
        """
        if member_id != viewer.member_id:
            await self._limits.require(
                b"profiles\0" + viewer.member_id.encode(),
                DAY_MS,
                at_most=rules.PROFILES_A_DAY,
                refusal=ProfilesTooOftenError,
            )
        apart = self._blocks.apart_from(viewer.member_id)
        person = rules.seen(await self._store.member(member_id), apart)
        return rules.Profile(
            person,
            rules.named_admitter(person, await self._admitter(member_id), apart),
            following=await self._store.follows(viewer.member_id, member_id),
            follows_viewer=await self._store.follows(member_id, viewer.member_id),
        )

    async def update(self, member: Member, name: str, bio: str) -> None:
        """A new name and bio; the seat in a room, the hallway and the own devices follow.

        Raises:
            BadNameError, BadBioError, StoreUnavailableError
        """
        async with self._editing.of(member.member_id):
            edited = rules.edit(await self._now(member), name, bio)
            await self._store.save_profile(edited)
            self._agenda.rename(member.member_id, edited.name)
            await self._rooms.rename(member.member_id, edited.name)
        self._hub.to_member(member.member_id, wire.MeChanged(me=render.me(edited)))

    async def prefer(
        self, member: Member, *, shows_admitter: bool, shown_as_admitter: bool
    ) -> None:
        """Choose whether "let in by" is told.

        Raises:
            StoreUnavailableError
        """
        async with self._editing.of(member.member_id):
            chosen = rules.prefer(
                await self._now(member),
                shows_admitter=shows_admitter,
                shown_as_admitter=shown_as_admitter,
            )
            await self._store.save_profile(chosen)

    async def _now(self, member: Member) -> Member:
        """As he is now: another of his devices may have changed him meanwhile."""
        now = await self._store.member(member.member_id)
        if now is None:
            raise NotSignedInError
        return now

    async def _admitter(self, member_id: MemberId) -> Member | None:
        entry = await self._store.entry_of(member_id)
        if entry is None or entry.admitted_by is None:
            return None
        return await self._store.member(entry.admitted_by)

    # ------------------------------------------------------------ ties

    async def follow(self, member: Member, other_id: MemberId, *, following: bool) -> None:
        """Follow somebody, or stop; he finds it in his list, and no alert is sent.

        Raises:
            NoSuchMemberError, PeopleFullError, StoreUnavailableError
            WrongStateError: nobody follows himself.
        """
        rules.require_another(member.member_id, other_id)
        async with self._deciding:
            both = (member.member_id, other_id)
            hidden = [self._rooms.hallway.hidden_from(each) for each in both]
            planned = [self._agenda.visible_to(each) for each in both]
            if following:
                await self._follow(member.member_id, other_id)
            else:
                await self._store.delete_follow(member.member_id, other_id)
            await self._rooms.circles.refresh(*both)
            await self._agenda.refresh(*both)
            self._show_what_changed(both, hidden)
            self._agenda.show_what_changed(both, planned)

    async def _follow(self, follower: MemberId, other_id: MemberId) -> None:
        rules.seen(await self._store.member(other_id), self._blocks.apart_from(follower))
        if await self._store.count_following(follower) >= rules.FOLLOWS_MAX:
            raise PeopleFullError
        await self._store.save_follow(follower, other_id, self._clock.now_ms())

    async def block(self, member: Member, other_id: MemberId, *, blocked: bool) -> None:
        """Block somebody, or lift the block; he is not told. Follows between the two end.

        Raises:
            NoSuchMemberError, PeopleFullError, StoreUnavailableError
            WrongStateError: nobody blocks himself.
        """
        rules.require_another(member.member_id, other_id)
        both = (member.member_id, other_id)
        async with self._deciding:
            hidden = [self._rooms.hallway.hidden_from(each) for each in both]
            planned = [self._agenda.visible_to(each) for each in both]
            if blocked:
                await self._block(member.member_id, other_id)
                self._blocks.remember(*both)
            else:
                await self._store.delete_block(*both)
                self._blocks.forget(*both)
            await self._rooms.circles.refresh(*both)
            await self._agenda.refresh(*both)
            self._show_what_changed(both, hidden)
            self._agenda.show_what_changed(both, planned)

    def _show_what_changed(
        self, both: tuple[MemberId, MemberId], hidden: Sequence[Set[RoomId]]
    ) -> None:
        # Only what differs is shown: a hallway sent anew would tell that something happened.
        for each, before in zip(both, hidden, strict=True):
            if self._rooms.hallway.hidden_from(each) != before:
                self._rooms.hallway.show(each)

    async def _block(self, blocker: MemberId, other_id: MemberId) -> None:
        async with self._store.transaction():
            rules.known(await self._store.member(other_id))
            if await self._store.count_blocked(blocker) >= rules.BLOCKS_MAX:
                raise PeopleFullError
            await self._store.save_block(blocker, other_id, self._clock.now_ms())
            await self._store.delete_follow(blocker, other_id)
            await self._store.delete_follow(other_id, blocker)

    async def people(
        self, member: Member, which: wire.PeopleList, after: str | None
    ) -> tuple[Sequence[Member], bool]:
        """A page of one of the member's lists, and whether there are more.

        Raises:
            StoreUnavailableError
        """
        last = MemberId(after) if after else None
        count = wire.PEOPLE_A_PAGE + 1
        match which:
            case "following":
                found = await self._store.following(member.member_id, last, count)
            case "followers":
                found = await self._store.followers(member.member_id, last, count)
            case "blocked":
                found = await self._store.blocked(member.member_id, last, count)
        return found[: wire.PEOPLE_A_PAGE], len(found) > wire.PEOPLE_A_PAGE
