"""The rooms with captions, their gates, and who consented in them. Decides nothing, sends nothing.

Knows which languages are spoken where, as that is what a speaker's own is detected among.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from analysis.outbox import Peer
from analysis.scheduler import Speakers
from analysis.speaker import Identity, Speaker
from analysis.vad import VoiceDetector
from protocol.analysis import Grant


@dataclass(slots=True)
class _Room:
    owner: Peer
    taps: set[int] = field(default_factory=set)
    """Every consent there was, of which a worker may still hold something."""


class Rooms:
    """All rooms and speakers of one analysis process."""

    def __init__(
        self,
        new_detector: Callable[[], VoiceDetector],
        first_line_id: int,
        languages: tuple[str, ...],
    ) -> None:
        """Begin with none; see `Session`."""
        self.speakers = Speakers()
        self._new_detector = new_detector
        self._line_ids = itertools.count(first_line_id)
        self._languages = languages
        self._rooms: dict[str, _Room] = {}

    def __contains__(self, room_id: str) -> bool:
        """Whether captions are on in it."""
        return room_id in self._rooms

    def __len__(self) -> int:
        """How many rooms have captions."""
        return len(self._rooms)

    def owner(self, room_id: str) -> Peer:
        """The gate that is told of this room."""
        return self._rooms[room_id].owner

    def of(self, peer: Peer) -> list[str]:
        """The rooms of a gate."""
        return [room_id for room_id, room in self._rooms.items() if room.owner == peer]

    def open(self, room_id: str, peer: Peer) -> None:
        """Captions are on; the gate that says so last is told of the room."""
        self._rooms.setdefault(room_id, _Room(owner=peer)).owner = peer

    def grant(self, grant: Grant) -> None:
        """A speaker of an open room consents, or says again what he speaks."""
        if speaker := self.speakers.get(grant.tap_id):
            if speaker.identity.language != grant.language:
                speaker.choose_language(grant.language)
            return
        self._rooms[grant.room_id].taps.add(grant.tap_id)
        identity = Identity(grant.room_id, grant.tap_id, grant.speaker_id, grant.language)
        self.speakers[grant.tap_id] = Speaker(
            identity,
            self._new_detector(),
            lambda: next(self._line_ids),
            lambda: self._spoken_in(grant.room_id),
        )

    def speaker(self, room_id: str, tap_id: int) -> Speaker | None:
        """Whose live consent this is, if it is one of this room."""
        speaker = self.speakers.get(tap_id)
        return speaker if speaker and speaker.identity.room_id == room_id else None

    def close(self, room_id: str) -> set[int]:
        """Forget a room; returns every consent there was in it, its live speakers among them."""
        room = self._rooms.pop(room_id, None)
        return room.taps if room else set()

    def _spoken_in(self, room_id: str) -> tuple[str, ...]:
        """The house's languages, and those that speakers of the room chose."""
        if not self._languages:
            return ()
        taps = self._rooms[room_id].taps & self.speakers.keys()
        chosen = {self.speakers[tap].identity.language or "" for tap in taps}
        return tuple(dict.fromkeys((*self._languages, *sorted(filter(None, chosen)))))
