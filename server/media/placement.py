"""Which worker carries which part of which room: counts and ids, nothing else.

A room has one home, where its voices are placed in slots. When more people come than one worker is
to seat, further workers ("branches") take seats of the room too. Never asks or tells a worker
anything (pool.py does).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from server.domain.ids import MediaId, RoomId


@dataclass(eq=False, slots=True)
class Life:
    """A room for as long as it has the same home."""

    room_id: RoomId
    name: RoomId
    """What workers call it. Another one for each home: a new home counts its packets anew, so what
    it sends must never reach seats, and keys, of the old one (nonce safety)."""
    home: int
    seats: dict[int, set[MediaId]] = field(default_factory=dict)
    """By worker. One that drains keeps them, so that a mute still reaches an old seat."""
    opening: Counter[int] = field(default_factory=Counter)
    """Seats that workers are asked for just now."""
    told: frozenset[int] = frozenset()
    """The branches that its home knows of."""

    def count(self, worker: int) -> int:
        """Seats on a worker, those that it is asked for included."""
        return len(self.seats.get(worker, ())) + self.opening[worker]

    @property
    def branches(self) -> frozenset[int]:
        """The other workers that have seats."""
        return frozenset(w for w in {*self.seats, *self.opening} if w != self.home)

    @property
    def is_over(self) -> bool:
        """It has no seat and is to have none."""
        return not self.seats and not self.opening


class Moved(NamedTuple):
    """Seats of a life that are to be taken anew."""

    life: Life
    media_ids: frozenset[MediaId]


class Placements:
    """All rooms and their seats."""

    def __init__(self, room_seats: int, new_name: Callable[[RoomId], RoomId]) -> None:
        self._room_seats = room_seats
        self._new_name = new_name
        self._current: dict[RoomId, Life] = {}
        """Where new seats of a room go; a room without a seat has none."""
        self._lives: dict[Life, None] = {}
        """Those of old homes included, until their last seat is given up."""
        self._seats: dict[MediaId, tuple[Life, int]] = {}
        self._loads: Counter[int] = Counter()
        """Seats by worker, those that it is asked for included."""

    def load(self, worker: int) -> int:
        """How many seats a worker has or is asked for."""
        return self._loads[worker]

    def home(self, room_id: RoomId) -> int | None:
        """The home of a room."""
        life = self._current.get(room_id)
        return life.home if life else None

    def find(self, media_id: MediaId) -> tuple[Life, int] | None:
        """Where a seat is."""
        return self._seats.get(media_id)

    def seats(self) -> Collection[MediaId]:
        """All of them."""
        return list(self._seats)

    # ------------------------------------------------------------ one seat

    def begin(
        self,
        room_id: RoomId,
        media_id: MediaId,
        up: Collection[int],
        replaces: MediaId | None = None,
    ) -> tuple[Life, int]:
        """Where a seat goes; `end` must follow. At least one worker is up.

        A seat that is asked for again stays where it is, while it can. One that replaces another
        goes to the same worker, which alone can end the old voice just as the new one begins.
        """
        life = self._current.get(room_id)
        if life is None or life.home not in up:
            life = self._settle(room_id, up)
        known = media_id if media_id in self._seats or replaces is None else replaces
        before, worker = self._seats.get(known, (None, -1))
        if before is not life or worker not in up:
            worker = self._worker(life, up)
        life.opening[worker] += 1
        self._loads[worker] += 1
        return life, worker

    def end(self, life: Life, worker: int, media_id: MediaId | None) -> None:
        """The worker has given the seat, or not: None."""
        life.opening[worker] -= 1
        if not life.opening[worker]:
            del life.opening[worker]
        self._loads[worker] -= 1
        if media_id is not None:
            self.forget(media_id)
            life.seats.setdefault(worker, set()).add(media_id)
            self._seats[media_id] = life, worker
            self._loads[worker] += 1
        self._tidy(life)

    def is_current(self, life: Life) -> bool:
        """Whether the room still has this home."""
        return self._current.get(life.room_id) is life

    def forget(self, media_id: MediaId) -> tuple[Life, int] | None:
        """A seat is given up; where it was."""
        found = self._seats.pop(media_id, None)
        if found is None:
            return None
        life, worker = found
        life.seats[worker].discard(media_id)
        if not life.seats[worker]:
            del life.seats[worker]
        self._loads[worker] -= 1
        self._tidy(life)
        return found

    # ------------------------------------------------------------ one worker

    def leave(self, worker: int) -> list[Moved]:
        """No new seats go there, nor to rooms whose home it is; which seats are to move.

        Where a home goes, all seats of the room go with it, wherever they are.
        """
        for room_id in [r for r, life in self._current.items() if life.home == worker]:
            del self._current[room_id]
        moved: list[Moved] = []
        for life in self._lives:
            workers = list(life.seats) if life.home == worker else [worker]
            ids = [life.seats[each] for each in workers if each in life.seats]
            if ids:
                moved.append(Moved(life, frozenset[MediaId]().union(*ids)))
        return moved

    def forget_worker(self, worker: int) -> list[Life]:
        """All seats on a worker are gone; whose they were."""
        touched = [life for life in self._lives if worker in life.seats]
        for life in touched:
            for media_id in list(life.seats[worker]):
                self.forget(media_id)
        return touched

    # ------------------------------------------------------------ choosing

    def _settle(self, room_id: RoomId, up: Collection[int]) -> Life:
        """A new home for a room: the worker with the fewest seats, then with the fewest rooms."""
        homes = Counter(life.home for life in self._current.values())
        home = min(up, key=lambda worker: (self._loads[worker], homes[worker], worker))
        life = Life(room_id, self._new_name(room_id), home)
        self._current[room_id] = life
        self._lives[life] = None
        return life

    def _worker(self, life: Life, up: Collection[int]) -> int:
        """Home first, then one branch after the other; where all are full, the least loaded."""
        free = [worker for worker in up if life.count(worker) < self._room_seats]
        if life.home in free:
            return life.home
        begun = [worker for worker in free if life.count(worker)]
        return self._least_loaded(begun or free or up)

    def _least_loaded(self, workers: Iterable[int]) -> int:
        return min(workers, key=lambda worker: (self._loads[worker], worker))

    def _tidy(self, life: Life) -> None:
        if life.is_over:
            self._lives.pop(life, None)
            if self.is_current(life):
                del self._current[life.room_id]
