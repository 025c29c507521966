"""Who is apart from whom: between them is a block, whichever of the two set it.

Keeps all blocks in memory, so that whoever shows or sends something may ask without waiting. The
gate is the only writer of the database, so what is kept here is what is there; blocks of an erased
person stay until the next start and concern nobody, as ids are never used again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set

from server.domain.ids import MemberId
from server.ports import BlockStore

_NOBODY: frozenset[MemberId] = frozenset()


class Blocks:
    """All blocks of the house."""

    def __init__(self, store: BlockStore) -> None:
        self._store = store
        self._blocked_by: defaultdict[MemberId, set[MemberId]] = defaultdict(set)
        self._blockers_of: defaultdict[MemberId, set[MemberId]] = defaultdict(set)

    async def load(self) -> None:
        """Read them all; before the first page is served.

        Raises:
            StoreUnavailableError
        """
        for blocker, blocked in await self._store.blocks():
            self.remember(blocker, blocked)

    def apart_from(self, member_id: MemberId) -> Set[MemberId]:
        """Everybody whom he has blocked or who has blocked him."""
        mine, theirs = self._blocked_by.get(member_id), self._blockers_of.get(member_id)
        return (mine or _NOBODY) | (theirs or _NOBODY)

    def remember(self, blocker: MemberId, blocked: MemberId) -> None:
        """A block that is saved already."""
        self._blocked_by[blocker].add(blocked)
        self._blockers_of[blocked].add(blocker)

    def forget(self, blocker: MemberId, blocked: MemberId) -> None:
        """A block that is deleted already."""
        for index, key, value in (
            (self._blocked_by, blocker, blocked),
            (self._blockers_of, blocked, blocker),
        ):
            index[key].discard(value)
            if not index[key]:
                del index[key]
