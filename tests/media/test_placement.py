"""Which worker takes the next seat of a room, and which seats move when a worker goes."""

from __future__ import annotations

from collections import Counter
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from server.domain.ids import MediaId, RoomId
from server.media.placement import Life, Placements

ROOM, OTHER = RoomId("hall"), RoomId("kitchen")


class House:
    """Placements, and workers that give what they are asked for."""

    def __init__(self, workers: int, room_seats: int) -> None:
        names = count()
        self.placements = Placements(room_seats, lambda room: RoomId(f"{room}.{next(names)}"))
        self.up = list(range(workers))
        self.taken: Counter[int] = Counter()
        self._ids = count()

    def enter(self, room: RoomId = ROOM) -> tuple[MediaId, int]:
        media_id = MediaId(f"m{next(self._ids)}")
        life, worker = self.placements.begin(room, media_id, self.up)
        self.placements.end(life, worker, media_id)
        return media_id, worker

    def fill(self, seats: int, room: RoomId = ROOM) -> list[int]:
        return [self.enter(room)[1] for _ in range(seats)]

    def life_of(self, media_id: MediaId) -> Life:
        found = self.placements.find(media_id)
        assert found is not None
        return found[0]


def test_a_room_fills_its_home_then_one_branch_after_the_other_then_all_evenly() -> None:
    house = House(workers=3, room_seats=3)
    assert house.fill(9) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert Counter(house.fill(9)) == {0: 3, 1: 3, 2: 3}


def test_a_seat_that_replaces_another_goes_to_its_worker_while_that_is_up() -> None:
    house = House(workers=3, room_seats=1)
    assert house.fill(2) == [0, 1]
    old, worker = house.enter()
    assert worker == 2
    for up, expected in (([0, 1, 2], 2), ([0, 1], 0)):
        life, worker = house.placements.begin(ROOM, MediaId("new"), up, replaces=old)
        house.placements.end(life, worker, None)
        assert worker == expected


def test_a_room_that_is_small_enough_stays_on_one_worker() -> None:
    house = House(workers=2, room_seats=3)
    (media_id, home) = house.enter()
    assert house.fill(2) == [home, home]
    assert house.life_of(media_id).branches == frozenset()


def test_one_worker_has_all_seats() -> None:
    house = House(workers=1, room_seats=2)
    assert house.fill(10) == [0] * 10


def test_the_least_loaded_worker_helps_first() -> None:
    house = House(workers=3, room_seats=2)
    house.fill(2, OTHER)
    assert house.fill(6)[:4] == [1, 1, 2, 2]


def test_seats_that_are_being_opened_count() -> None:
    """A thousand people who come at the same moment do not all sit down at the home."""
    house = House(workers=2, room_seats=2)
    begun = [house.placements.begin(ROOM, MediaId(f"s{n}"), house.up) for n in range(4)]
    assert [worker for _, worker in begun] == [0, 0, 1, 1]
    for n, (life, worker) in enumerate(begun):
        house.placements.end(life, worker, MediaId(f"s{n}") if n < 2 else None)
    assert house.fill(1) == [1]


def test_who_leaves_the_home_makes_place_there_and_an_empty_branch_is_none() -> None:
    house = House(workers=2, room_seats=1)
    first, second = house.enter(), house.enter()
    life = house.life_of(first[0])
    assert life.branches == {1}
    house.placements.forget(first[0])
    assert house.placements.home(ROOM) == 0, "the branch's people keep it"
    assert house.enter()[1] == 0
    house.placements.forget(second[0])
    assert life.branches == frozenset()


def test_a_seat_that_is_asked_for_again_stays_where_it_is() -> None:
    house = House(workers=2, room_seats=1)
    media_id, worker = house.enter()
    life, again = house.placements.begin(ROOM, media_id, house.up)
    assert again == worker
    house.placements.end(life, again, media_id)
    assert house.placements.load(worker) == 1


def test_where_a_home_goes_all_seats_of_the_room_move_and_the_new_home_has_a_new_name() -> None:
    house = House(workers=2, room_seats=1)
    a, b = house.enter()[0], house.enter()[0]
    elsewhere, _ = house.enter(OTHER)
    before = house.life_of(a)
    house.up = [1]
    moved = house.placements.leave(0)
    assert (before, {a, b}) in [(life, set(ids)) for life, ids in moved]
    assert house.placements.forget_worker(0) != []
    assert house.placements.find(a) is None
    c, worker = house.enter()
    assert worker == 1
    assert house.life_of(c).name != before.name
    assert house.life_of(b) is before, "kept until it is given up, so that a mute reaches it"
    assert house.life_of(c).branches == frozenset()
    house.placements.forget(b)
    house.placements.forget(elsewhere)
    house.placements.forget(c)
    assert not house.placements._lives


def test_where_a_branch_goes_only_its_seats_move_and_the_home_stays() -> None:
    house = House(workers=2, room_seats=1)
    a, b = house.enter()[0], house.enter()[0]
    before = house.life_of(a)
    house.up = [0]
    assert house.placements.leave(1) == [(before, frozenset({b}))]
    assert house.placements.forget_worker(1) == [before]
    assert before.branches == frozenset()
    c, worker = house.enter()
    assert (worker, house.life_of(c)) == (0, before)


Step = tuple[str, int]


@given(
    st.integers(1, 4),
    st.integers(1, 3),
    st.lists(
        st.tuples(st.sampled_from(["enter", "enter", "leave", "down", "back"]), st.integers(0, 9)),
        max_size=80,
    ),
)
def test_counts_agree_and_nothing_is_left_whatever_happens(
    workers: int, room_seats: int, steps: list[Step]
) -> None:
    house = House(workers, room_seats)
    inside: list[MediaId] = []
    names: dict[str, int] = {}
    for what, n in steps:
        match what:
            case "enter" if house.up:
                media_id, worker = house.enter([ROOM, OTHER][n % 2])
                inside.append(media_id)
                life = house.life_of(media_id)
                assert worker in house.up
                assert life.home in house.up
                assert names.setdefault(life.name, life.home) == life.home
            case "leave" if inside:
                house.placements.forget(inside.pop(n % len(inside)))
            case "down" if n < workers and n in house.up:
                house.up.remove(n)
                house.placements.leave(n)
                house.placements.forget_worker(n)
            case "back" if n < workers and n not in house.up:
                house.up.append(n)
        inside = [media_id for media_id in inside if house.placements.find(media_id)]
        seated = Counter(house.placements._seats[media_id][1] for media_id in inside)
        assert {w: house.placements.load(w) for w in range(workers)} == {
            w: seated[w] for w in range(workers)
        }
    for media_id in inside:
        house.placements.forget(media_id)
    assert not house.placements._lives
    assert not house.placements._current
    assert not house.placements._seats
