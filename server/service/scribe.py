"""One room's scribe: whom analysis may hear there now, and what it was told of that so far.

Owns the difference between the two and closes it, one step after the other. Keeps no caption, but
for a typed turn until analysis was told of it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from protocol import captions as wire
from server.domain.ids import MemberId, RoomId, TapId
from server.ports import CaptionFeed
from server.service.insights import Insights
from server.service.recent import Recent

TURNS_WAITING = 16


@dataclass(frozen=True, slots=True)
class Tapped:
    """A live consent. Analysis knows the speaker by a random name, new with each consent."""

    member_id: MemberId
    speaker_id: str
    language: str | None
    shows_traits: bool = False


@dataclass(frozen=True, slots=True)
class _Turn:
    """A typed turn that analysis was not told yet."""

    tap_id: TapId
    text: str = field(repr=False)
    language: str
    line_id: int


class Scribe:
    """What is known of one room while captions are on.

    Rooms change what is wanted and never wait; `catch_up` tells analysis. So a slow analysis
    delays no raised hand, and what piled up meanwhile is told once, in its newest form.
    """

    def __init__(self, feed: CaptionFeed, room_id: RoomId) -> None:
        self._feed = feed
        self._room_id = room_id
        self.insights = Insights(room_id)
        self.recent = Recent()
        self.kept_min = 5
        self._open = False
        self._blocked: tuple[str, ...] = ()
        self._hidden: tuple[str, ...] = ()
        self._taps: dict[TapId, Tapped] = {}
        self._turns: deque[_Turn] = deque(maxlen=TURNS_WAITING)
        self._must_close = False
        self._told_blocked: tuple[str, ...] | None = None
        self._told_hidden: tuple[str, ...] = ()
        self._told_taps: set[TapId] = set()
        self._languages_waiting: set[TapId] = set()

    @property
    def is_gone(self) -> bool:
        """Captions are off and analysis has forgotten the room."""
        return not (self._open or self._must_close)

    @property
    def is_open(self) -> bool:
        """Captions are on."""
        return self._open

    def speaker(self, tap_id: TapId) -> MemberId | None:
        """Whose live consent this is."""
        tapped = self._taps.get(tap_id)
        return tapped.member_id if tapped else None

    def tapped(self, tap_id: TapId) -> Tapped | None:
        """All that is known of a live consent."""
        return self._taps.get(tap_id)

    def taps(self) -> dict[TapId, Tapped]:
        """All live consents."""
        return dict(self._taps)

    # ------------------------------------------------------------ what is wanted

    def open(self, roster: Sequence[str], hidden: tuple[str, ...]) -> bool:
        """The scribe is in the room; names on the roster and hidden words are no topics.

        Returns whether other words are hidden now.
        """
        self._open = True
        self._blocked = tuple(sorted(roster))
        self._hidden = hidden
        return self.insights.hide(hidden)

    def grant(self, tap_id: TapId, member_id: MemberId, language: str | None) -> None:
        """A speaker consents."""
        self._taps[tap_id] = Tapped(member_id, secrets.token_hex(8), language)

    def choose_language(self, tap_id: TapId, language: str) -> None:
        """A speaker says what he speaks: analysis is told of his consent again."""
        if tapped := self._taps.get(tap_id):
            self._taps[tap_id] = replace(tapped, language=language)
            self._languages_waiting.add(tap_id)

    def show_traits(self, tap_id: TapId, *, shown: bool) -> None:
        """A speaker shows his traits to the room, or no more."""
        if tapped := self._taps.get(tap_id):
            self._taps[tap_id] = replace(tapped, shows_traits=shown)

    def type_turn(self, tap_id: TapId, text: str, language: str, line_id: int) -> None:
        """A speaker wrote instead of speaking; where analysis lags, the oldest turn is dropped."""
        self._turns.append(_Turn(tap_id, text, language, line_id))

    def keep(self, tap_id: TapId, line: wire.Caption, now_ms: int) -> None:
        """Keep a final line for late joiners, where the room has them read any."""
        if line.final and line.text and self.kept_min:
            self.recent.add(tap_id, line)
            self.fade(now_ms)

    def fade(self, now_ms: int) -> None:
        """Forget lines that are too old for late joiners."""
        self.recent.fade(now_ms - self.kept_min * 60_000 + 1)

    def withdraw(self, tap_id: TapId) -> None:
        """From this moment no line of this consent belongs to anybody."""
        self._taps.pop(tap_id, None)
        self._languages_waiting.discard(tap_id)
        self.insights.set_traits(tap_id, ())
        self.recent.withdraw(tap_id)
        kept = [turn for turn in self._turns if turn.tap_id != tap_id]
        self._turns = deque(kept, maxlen=TURNS_WAITING)

    def close(self) -> None:
        """The scribe goes."""
        self._open = False
        self._must_close = True
        self._taps.clear()
        self._languages_waiting.clear()
        self._turns.clear()
        self.insights.forget()
        self.recent.close()

    # ------------------------------------------------------------ what analysis is told

    async def catch_up(self) -> None:
        """Tell analysis until it knows all that is wanted; withdrawals come first."""
        while await self._step():
            pass

    async def _step(self) -> bool:
        """Tell one thing; False when there was nothing to tell."""
        if self._must_close:
            self._must_close = False
            self._told_taps.clear()
            self._told_blocked = None
            self._told_hidden = ()
            await self._feed.close_room(self._room_id)
        elif over := self._told_taps - self._taps.keys():
            self._told_taps -= over
            await asyncio.gather(*(self._feed.withdraw(self._room_id, tap) for tap in over))
        elif self._open and self._blocked != self._told_blocked:
            self._told_blocked = self._blocked
            await self._feed.open_room(self._room_id, self._blocked)
        elif self._open and self._hidden != self._told_hidden:
            await self._tell_hidden()
        elif fresh := next((tap for tap in self._taps if self._must_grant(tap)), None):
            self._told_taps.add(fresh)
            self._languages_waiting.discard(fresh)
            tapped = self._taps[fresh]
            await self._feed.grant(self._room_id, fresh, tapped.speaker_id, tapped.language)
        elif self._turns:
            await self._tell_turn(self._turns.popleft())
        else:
            return False
        return True

    def _must_grant(self, tap_id: TapId) -> bool:
        return tap_id not in self._told_taps or tap_id in self._languages_waiting

    async def _tell_hidden(self) -> None:
        told, self._told_hidden = self._told_hidden, self._hidden
        for word in told:
            if word not in self._told_hidden:
                await self._feed.hide_word(self._room_id, word, hidden=False)
        for word in self._told_hidden:
            if word not in told:
                await self._feed.hide_word(self._room_id, word, hidden=True)

    async def _tell_turn(self, turn: _Turn) -> None:
        await self._feed.type_turn(
            self._room_id, turn.tap_id, turn.text, turn.language, turn.line_id
        )
