"""What whom the hallway shows, and that nearly everybody is shown one and the same encoding."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from protocol import signalling as wire
from server.domain import coming
from server.domain.ids import MemberId, RoomId
from server.domain.room import Room
from server.service.blocks import Blocks
from server.service.captions import Captions
from server.service.circles import Circles
from server.service.hallway import ROOMS_SHOWN, Hallway
from server.service.hub import Connection, Hub
from server.store.sql import SqlStore
from tests.domain.people import NOW_MS, member
from tests.fakes.captions import FakeCaptionFeed
from tests.fakes.clock import FakeClock


class Corridor:
    """A hallway before rooms that were opened one after the other by "host-0", "host-1" …"""

    def __init__(self, tmp_path: Path, rooms: int) -> None:
        self.hub = Hub()
        store = SqlStore(f"sqlite+aiosqlite:///{tmp_path / 'unused.sqlite3'}")
        self.blocks, circles = Blocks(store), Circles(store)
        self.rooms = {host(index): _room(index) for index in range(rooms)}
        captions = Captions(FakeCaptionFeed(), FakeClock(), self.hub)
        self.hallway = Hallway(self.hub, captions, self.blocks, circles, self._live, self.rooms.get)

    def _live(self) -> Iterable[Room]:
        return self.rooms.values()

    def stand(self, name: str) -> Connection:
        """Somebody who stands in the hallway."""
        connection = Connection(MemberId(name), b"", cut=lambda: None, close=lambda _: None)
        connection.admitted = True
        assert self.hub.attach(connection)
        return connection


def host(index: int) -> MemberId:
    return MemberId(f"host-{index}")


def _room(index: int) -> Room:
    return coming.open_room(RoomId(f"r-{index}"), f"Room {index}", member(host(index)), NOW_MS)[0]


async def shown(connection: Connection) -> bytes:
    async with asyncio.timeout(1):
        encoded = await connection.next()
    assert encoded is not None
    return encoded


def titles(encoded: bytes) -> list[str]:
    message = msgspec.json.decode(encoded, type=wire.Hallway)
    return [room.title for room in message.rooms]


async def test_one_encoding_serves_all_who_miss_no_room(tmp_path: Path) -> None:
    corridor = Corridor(tmp_path, rooms=3)
    corridor.blocks.remember(MemberId("bea"), MemberId("cho"))
    corridor.blocks.remember(MemberId("dan"), host(1))
    ann, bea, dan = (corridor.stand(name) for name in ("ann", "bea", "dan"))
    corridor.hallway.show_to(corridor.hub.everybody())
    seen_by_ann, seen_by_bea, seen_by_dan = [await shown(each) for each in (ann, bea, dan)]
    assert seen_by_ann is seen_by_bea
    assert titles(seen_by_ann) == ["Room 0", "Room 1", "Room 2"]
    assert titles(seen_by_dan) == ["Room 0", "Room 2"]


async def test_viewers_who_miss_the_same_rooms_share_an_encoding(tmp_path: Path) -> None:
    corridor = Corridor(tmp_path, rooms=3)
    for name in ("bea", "cho"):
        corridor.blocks.remember(host(0), MemberId(name))
    bea, cho = corridor.stand("bea"), corridor.stand("cho")
    corridor.hallway.show_to(corridor.hub.everybody())
    assert await shown(bea) is await shown(cho)


async def test_who_misses_a_room_sees_the_next_one_instead(tmp_path: Path) -> None:
    corridor = Corridor(tmp_path, rooms=ROOMS_SHOWN + 1)
    corridor.blocks.remember(MemberId("ann"), host(0))
    bea, ann = corridor.stand("bea"), corridor.stand("ann")
    corridor.hallway.show_to(corridor.hub.everybody())
    all_but_the_last = [f"Room {index}" for index in range(ROOMS_SHOWN)]
    assert titles(await shown(bea)) == all_but_the_last
    assert titles(await shown(ann)) == [*all_but_the_last[1:], f"Room {ROOMS_SHOWN}"]


@pytest.mark.parametrize("at_the_door", [True, False])
async def test_only_those_who_stand_in_the_hallway_are_shown_it(
    tmp_path: Path, at_the_door: bool
) -> None:
    corridor = Corridor(tmp_path, rooms=1)
    ann = corridor.stand("ann")
    if at_the_door:
        ann.admitted = False
    else:
        corridor.hub.enter_room(ann, RoomId("r-0"))
    corridor.hallway.show(ann.member_id)
    assert not ann.forget()
