"""The order in which a change of a room is told."""

from __future__ import annotations

from server.domain import coming, consent
from server.domain.ids import MemberId, NumberHash, RoomId, TapId
from server.domain.member import Member, Membership
from server.ports import Seat
from server.service.announcer import Announcer
from server.service.captions import Captions
from server.service.hub import Connection, Hub
from server.service.seats import LiveRoom, MediaSeats
from tests.fakes.captions import FakeCaptionFeed
from tests.fakes.clock import FakeClock
from tests.fakes.media import FakeMediaEngine

HOST = MemberId("host")
TAP = TapId(7)


class WatchfulMedia(FakeMediaEngine):
    """Notes whether a page was told anything before the engine was."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection
        self.seats_set: list[tuple[TapId | None, bool]] = []

    async def set_seat(self, seat: Seat) -> None:
        """Remember the tap, and whether the page knew already."""
        self.seats_set.append((seat.tap_id, self._connection.forget()))
        await super().set_seat(seat)


async def test_tap_is_unplugged_before_anybody_is_told_of_the_withdrawal() -> None:
    hub, feed = Hub(), FakeCaptionFeed()
    page = Connection(HOST, b"session", cut=lambda: None, close=lambda _: None)
    media = WatchfulMedia(page)
    seats = MediaSeats(media)
    captions = Captions(feed, FakeClock(), hub)
    announcer = Announcer(hub, captions, seats)

    member = Member(HOST, NumberHash(b"n"), "Host", Membership.MEMBER, True, 0)
    opened, _ = coming.open_room(RoomId("room"), "Talk", member, 0)
    invited, _ = consent.switch_captions(opened, HOST, on=True)
    tapped, _ = consent.grant(invited, HOST, TAP, None)
    withdrawn, events = consent.withdraw(tapped, HOST)
    hub.attach(page)
    hub.enter_room(page, opened.room_id)
    await seats.open(LiveRoom(tapped), HOST)

    await announcer.announce(tapped, withdrawn, events)
    assert media.seats_set == [(None, False)]
    assert page.forget()
    await captions.settle()
    assert feed.told[0] == ("open", opened.room_id, ("Host",))
