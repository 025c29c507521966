"""Keeps a receipt of each consent: written soon after it was given, closed when it is over.

What rooms decide never waits for this: changes are queued and written in order. A gate that dies
leaves receipts open; the next one closes them with the time at which they were last seen.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from dataclasses import replace

import structlog

from protocol.captions import CONSENT_VERSION, ReceiptView
from server.domain.errors import StoreUnavailableError
from server.domain.events import ConsentGranted, ConsentLanguageChosen, ConsentWithdrawn, RoomEvent
from server.domain.ids import MemberId, RoomId, TapId
from server.domain.member import Member
from server.domain.receipt import RECEIPT_LIFETIME_MS, Receipt
from server.domain.room import Room
from server.ports import Clock, Store

SEEN_EVERY_S = 60.0
LISTED_MAX = 500
WAITING_MAX = 10_000
_log = structlog.get_logger(__name__)


class Receipts:
    """Of all consents of this gate."""

    def __init__(self, store: Store, clock: Clock, *, every_s: float) -> None:
        self._store = store
        self._clock = clock
        self._every_s = every_s
        self._open: dict[TapId, Receipt] = {}
        self._waiting: deque[Receipt] = deque(maxlen=WAITING_MAX)
        self._seen_at_ms = clock.now_ms()
        self._writing = asyncio.Lock()

    async def load(self) -> None:
        """Close what an earlier gate left open; before the first page is served.

        Raises:
            StoreUnavailableError
        """
        await self._store.close_receipts()

    def follow(self, before: Room, after: Room, events: tuple[RoomEvent, ...]) -> None:
        """A room changed: consents began or ended."""
        del before
        now_ms = self._clock.now_ms()
        for event in events:
            match event:
                case ConsentGranted(member_id, tap_id, language):
                    self._begin(tap_id, member_id, after.room_id, language)
                case ConsentLanguageChosen(member_id, tap_id, language):
                    # What he agreed to is another now: another receipt.
                    self._close(tap_id, now_ms)
                    self._begin(tap_id, member_id, after.room_id, language)
                case ConsentWithdrawn(_, tap_id):
                    self._close(tap_id, now_ms)
                case _:
                    pass

    def _begin(
        self, tap_id: TapId, member_id: MemberId, room_id: RoomId, language: str | None
    ) -> None:
        now_ms = self._clock.now_ms()
        self._open[tap_id] = Receipt(
            secrets.token_urlsafe(9), member_id, room_id, CONSENT_VERSION, language, now_ms, now_ms
        )
        self._waiting.append(self._open[tap_id])

    async def of(self, member: Member) -> list[ReceiptView]:
        """His own, the newest first, 500 at most.

        Raises:
            StoreUnavailableError
        """
        await self.write()
        kept = await self._store.receipts_of(member.member_id, LISTED_MAX)
        return [
            ReceiptView(
                receipt_id=each.receipt_id,
                room_id=each.room_id,
                purpose="captions_and_topics",
                version=each.version,
                language=each.language,
                granted_at_ms=each.granted_at_ms,
                withdrawn_at_ms=each.withdrawn_at_ms,
            )
            for each in kept
        ]

    def forget(self, member_id: MemberId) -> None:
        """The account is gone: nothing that waits is written any more."""
        kept = [each for each in self._waiting if each.member_id != member_id]
        self._waiting = deque(kept, maxlen=WAITING_MAX)
        for tap_id in [tap for tap, each in self._open.items() if each.member_id == member_id]:
            del self._open[tap_id]

    async def run(self) -> None:
        """Write what waits, for ever."""
        while True:
            await asyncio.sleep(self._every_s)
            try:
                await self.write()
                await self.tidy()
            except StoreUnavailableError:
                _log.warning("receipts wait, database is away")

    async def write(self) -> None:
        """Write what waits, in order.

        Raises:
            StoreUnavailableError: the rest waits.
        """
        async with self._writing:
            while self._waiting:
                receipt = self._waiting[0]
                await self._store.save_receipts([receipt])
                # Somebody's may have been forgotten meanwhile.
                if self._waiting and self._waiting[0] is receipt:
                    self._waiting.popleft()

    async def tidy(self) -> None:
        """Once a minute: note what is alive, and forget what is a year old.

        Raises:
            StoreUnavailableError
        """
        now_ms = self._clock.now_ms()
        if now_ms - self._seen_at_ms < SEEN_EVERY_S * 1000:
            return
        self._seen_at_ms = now_ms
        self._open = {tap: replace(each, seen_at_ms=now_ms) for tap, each in self._open.items()}
        await self._store.save_receipts(list(self._open.values()))
        await self._store.delete_receipts(granted_before_ms=now_ms - RECEIPT_LIFETIME_MS)

    def _close(self, tap_id: TapId, now_ms: int) -> None:
        receipt = self._open.pop(tap_id, None)
        if receipt is not None:
            self._waiting.append(replace(receipt, seen_at_ms=now_ms, withdrawn_at_ms=now_ms))
