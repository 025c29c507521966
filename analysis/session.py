"""The core of the analysis process, without I/O: messages, packets and time in; messages out.

Owns grants, rooms, their topics and what waits for the workers. Decodes nothing without a live
grant, and whatever comes back late of a consent that is over is thrown away. Reads no clock.
"""

from __future__ import annotations

import itertools
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import assert_never

from analysis.counts import Said
from analysis.lines import Lines
from analysis.publish import Publisher
from analysis.purge import Purges
from analysis.schedule import Speakers, drop_stale, patience_ms
from analysis.speaker import Identity, Job, Speaker, Wish
from analysis.topics import Topics
from analysis.transcriber import Transcript
from analysis.vad import VoiceDetector
from analysis.words import Words
from protocol.analysis import (
    AnalysisToGate,
    AskTopic,
    AudioHeader,
    BlockWords,
    CloseCaptions,
    EngineState,
    GateToAnalysis,
    GetStats,
    Grant,
    Hello,
    HideWord,
    LoadModel,
    OpenCaptions,
    Purged,
    Stats,
    TypedTurn,
    Withdraw,
)

TAPS_COUNTED = 10_000
WORDS_WAITING = 64
"""Finals whose words wait to be counted; the oldest is dropped and counted."""
TOPICS_EVERY_MS = 5_000

Peer = int
"""Names a connection."""

_ConsentMessage = OpenCaptions | BlockWords | Grant | TypedTurn | Withdraw | CloseCaptions


@dataclass(slots=True)
class WordsJob:
    """A final caption or typed turn whose words are to be counted; the text is dropped then."""

    room_id: str
    tap_id: int
    text: str
    language: str
    line_id: int


@dataclass(slots=True)
class _Room:
    owner: Peer
    taps: set[int] = field(default_factory=set)
    """Every consent there was, of which a worker may still hold something."""


class Session:
    """All rooms and speakers of one analysis process."""

    def __init__(
        self,
        engine: EngineState,
        new_detector: Callable[[], VoiceDetector],
        first_line_id: int,
        languages: tuple[str, ...] = (),
    ) -> None:
        """Begin with no rooms.

        Args:
            engine: its state.
            new_detector: one for each speaker.
            first_line_id: lines are numbered from here.
            languages: spoken in this house, ISO 639-1; none: any.
        """
        self.engine = engine
        self.model_wanted = False
        """Set by a grant or `load_model`; the shell loads the model and clears it."""
        self.languages_wanted: set[str] = set()
        """Of grants since the shell last looked; it clears them."""
        self.speech_waits = False
        """There may be a job: what was heard or what time has passed makes it worth a look."""
        self.transcribing_ms = 0
        """What a transcription may take, as the shell has seen it."""
        self.counters: Counter[str] = Counter()
        self._peers: set[Peer] = set()
        self._outbox: deque[tuple[Peer, AnalysisToGate]] = deque()
        self._new_detector = new_detector
        self._languages = languages
        self._line_ids = itertools.count(first_line_id)
        self._frames_by_tap: OrderedDict[int, int] = OrderedDict()
        self._rooms: dict[str, _Room] = {}
        self._speakers = Speakers()
        self._lines = Lines(self.counters, self._send_to_room)
        self._words: deque[WordsJob] = deque()
        self._purges = Purges()
        self._topics = Topics()
        self._publisher = Publisher(self._topics, self._send_to_room, self._send_to_all)
        self._topics_due_ms = 0

    # -------------------------------------------------------------- connections

    def connect(self, peer: Peer) -> None:
        """A gate said hello: tell it the state of the engine."""
        self._peers.add(peer)
        self._send(peer, self.engine)
        for message in self._publisher.trends():
            self._send(peer, message)

    def disconnect(self, peer: Peer) -> None:
        """A gate went away, and with it the consents that it vouched for: purge its rooms."""
        self._peers.discard(peer)
        for room_id in [r for r, room in self._rooms.items() if room.owner == peer]:
            self._forget_room(room_id)

    def drain(self) -> Iterable[tuple[Peer, AnalysisToGate]]:
        """Yield what is to be sent, in order."""
        while self._outbox:
            yield self._outbox.popleft()

    def set_engine(self, engine: EngineState) -> None:
        """Tell all gates of a new state of the engine."""
        self.engine = engine
        self._send_to_all(engine)

    def consents(self, tap_id: int) -> bool:
        """Whether this consent is alive."""
        return tap_id in self._speakers

    # -------------------------------------------------------------- messages

    def handle(self, peer: Peer, message: GateToAnalysis, now_ms: int) -> None:
        """Carry out a gate's message."""
        match message:
            case GetStats(request=request):
                self._send(peer, self._stats(request))
            case LoadModel():
                self.model_wanted = True
            case AskTopic():
                self._send(peer, self._publisher.mentions(message, now_ms))
            case HideWord(room_id=room_id, term=term, hidden=hidden):
                self._hide(room_id, term, now_ms, hidden=hidden)
            case Hello():
                self.counters["messages_malformed"] += 1
            case _:
                self._handle_consent(peer, message, now_ms)

    def audio(self, frame: bytes, now_ms: int) -> None:
        """Take a binary frame of the media process."""
        try:
            header, payload = AudioHeader.unpack(frame)
        except ValueError:
            self.counters["frames_malformed"] += 1
            return
        self.counters["audio_frames"] += 1
        self._count_tap(header.tap_id)
        speaker = self._speakers.get(header.tap_id)
        if speaker is None:
            self.counters["frames_without_grant"] += 1
            return
        if self.engine.state not in ("ready", "loading"):
            self.counters["frames_without_engine"] += 1
            return
        self.counters["frames_taken"] += 1
        speaker.receive(header, payload, now_ms)
        self._finish_heard(speaker, now_ms)
        self._lines.report(speaker, now_ms)
        self._look(speaker)

    def tick(self, now_ms: int) -> None:
        """Let time pass: end stalled speech, fade topics."""
        for speaker in self._speakers.values():
            speaker.advance(now_ms)
            self._finish_heard(speaker, now_ms)
            drop_stale(speaker, now_ms, patience_ms(self.transcribing_ms))
            self._lines.report(speaker, now_ms)
            self._look(speaker)
        if now_ms >= self._topics_due_ms:
            self._topics_due_ms = now_ms + TOPICS_EVERY_MS
            self._publisher.tick(now_ms)

    def _look(self, speaker: Speaker) -> None:
        if speaker.finals or speaker.wish:
            self.speech_waits = True

    # -------------------------------------------------------------- transcription

    def next_job(self, allowed: Collection[Wish] = tuple(Wish)) -> Job | None:
        """Take the next utterance: finals first; besides, only what there is time for."""
        self.speech_waits = False
        if self.engine.state != "ready":
            return None
        job = self._speakers.next_job(allowed)
        if job:
            self.speech_waits = True
            self._purges.hold(job.tap_id)
        return job

    def finish_job(self, job: Job, transcript: Transcript | None, now_ms: int) -> None:
        """Take what became of an utterance; None: the engine failed on it."""
        job.utterance.wipe()
        speaker = self._speakers.get(job.tap_id)
        if speaker is not None:
            self._publish(job, speaker, transcript, now_ms)
            if job.early and transcript is not None:
                speaker.heard_early(job, transcript)
                self._finish_heard(speaker, now_ms)
        self._let_go(job.tap_id)

    def _publish(
        self, job: Job, speaker: Speaker, transcript: Transcript | None, now_ms: int
    ) -> None:
        shown = self._lines.publish(job, speaker, transcript, now_ms)
        if shown and job.final and transcript is not None:
            speaker.heard_language(transcript.language)
            self._queue_words(
                WordsJob(job.room_id, job.tap_id, transcript.text, transcript.language, job.line_id)
            )

    def _finish_heard(self, speaker: Speaker, now_ms: int) -> None:
        """Show the final that was transcribed before it was known to be one."""
        if heard := speaker.take_heard_final():
            job, transcript = heard
            job.utterance.wipe()
            self.counters["finals_heard_early"] += 1
            self._publish(job, speaker, transcript, now_ms)

    def next_words(self) -> WordsJob | None:
        """Take the next final whose words are to be found."""
        if not self._words:
            return None
        job = self._words.popleft()
        self._purges.hold(job.tap_id)
        return job

    def finish_words(self, job: WordsJob, words: Words, now_ms: int) -> None:
        """Count the words of a final."""
        if job.tap_id in self._speakers:
            said = Said(job.tap_id, job.language, now_ms / 1000, job.line_id)
            self._topics.room(job.room_id).add(said, words)
            self._publisher.topics_of(job.room_id, now_ms)
        self._let_go(job.tap_id)

    # -------------------------------------------------------------- rooms and grants

    def _handle_consent(self, peer: Peer, message: _ConsentMessage, now_ms: int) -> None:
        match message:
            case OpenCaptions(room_id=room_id):
                self._open(peer, room_id)
            case BlockWords(room_id=room_id, words=words):
                self._block(room_id, words, now_ms)
            case Grant():
                self._grant(message)
            case TypedTurn():
                self._type_turn(message)
            case Withdraw(room_id=room_id, tap_id=tap_id):
                self._withdraw(peer, room_id, tap_id, now_ms)
            case CloseCaptions(room_id=room_id):
                taps = self._forget_room(room_id)
                self._purged(peer, Purged(room_id=room_id, tap_id=None), taps)
            case _:
                assert_never(message)

    def _open(self, peer: Peer, room_id: str) -> None:
        room = self._rooms.setdefault(room_id, _Room(owner=peer))
        room.owner = peer
        self._topics.open(room_id)

    def _block(self, room_id: str, words: list[str], now_ms: int) -> None:
        if room_id in self._rooms:
            self._topics.room(room_id).block(words)
            self._publisher.topics_of(room_id, now_ms)

    def _hide(self, room_id: str, term: str, now_ms: int, *, hidden: bool) -> None:
        if room_id in self._rooms:
            self._topics.room(room_id).hide(term, hidden=hidden)
            self._publisher.topics_of(room_id, now_ms)

    def _grant(self, grant: Grant) -> None:
        if grant.room_id not in self._rooms:
            self.counters["grants_without_room"] += 1
            return
        self.model_wanted = True
        self.languages_wanted.add(grant.language or "en")
        if speaker := self._speakers.get(grant.tap_id):
            if speaker.identity.language != grant.language:
                speaker.choose_language(grant.language)
            return
        self._rooms[grant.room_id].taps.add(grant.tap_id)
        identity = Identity(grant.room_id, grant.tap_id, grant.speaker_id, grant.language)
        self._speakers[grant.tap_id] = Speaker(
            identity,
            self._new_detector(),
            lambda: next(self._line_ids),
            lambda: self._spoken_in(grant.room_id),
        )

    def _spoken_in(self, room_id: str) -> tuple[str, ...]:
        """The house's languages, and those that speakers of the room chose."""
        if not self._languages:
            return ()
        taps = self._rooms[room_id].taps & self._speakers.keys()
        chosen = {self._speakers[tap].identity.language or "" for tap in taps}
        return tuple(dict.fromkeys((*self._languages, *sorted(filter(None, chosen)))))

    def _type_turn(self, turn: TypedTurn) -> None:
        speaker = self._speakers.get(turn.tap_id)
        if speaker is None or speaker.identity.room_id != turn.room_id:
            self.counters["turns_without_grant"] += 1
            return
        self.counters["turns_taken"] += 1
        self._queue_words(
            WordsJob(turn.room_id, turn.tap_id, turn.text, turn.language, turn.line_id)
        )

    def _withdraw(self, peer: Peer, room_id: str, tap_id: int, now_ms: int) -> None:
        speaker = self._speakers.get(tap_id)
        if speaker and speaker.identity.room_id == room_id:
            self._forget_speaker(tap_id)
            self._topics.room(room_id).withdraw(tap_id)
            self._publisher.withdrawn(room_id, tap_id, now_ms)
        self._purged(peer, Purged(room_id=room_id, tap_id=tap_id), {tap_id})

    def _forget_speaker(self, tap_id: int) -> None:
        speaker = self._speakers.pop(tap_id)
        self._count_losses(speaker)
        speaker.wipe()
        self._lines.forget(tap_id)
        self._words = deque(job for job in self._words if job.tap_id != tap_id)

    def _forget_room(self, room_id: str) -> set[int]:
        room = self._rooms.pop(room_id, None)
        if room is None:
            return set()
        for tap_id in room.taps & self._speakers.keys():
            self._forget_speaker(tap_id)
        self._topics.close(room_id)
        self._publisher.forget(room_id)
        return room.taps

    def _purged(self, peer: Peer, message: Purged, taps: set[int]) -> None:
        for due in self._purges.ask(peer, message, taps):
            self._send(*due)

    def _let_go(self, tap_id: int) -> None:
        for due in self._purges.let_go(tap_id):
            self._send(*due)

    # -------------------------------------------------------------- jobs

    def _queue_words(self, words: WordsJob) -> None:
        if len(self._words) >= WORDS_WAITING:
            self._words.popleft()
            self.counters["words_dropped"] += 1
        self._words.append(words)

    # -------------------------------------------------------------- topics, counters, sending

    def _count_tap(self, tap_id: int) -> None:
        self._frames_by_tap[tap_id] = self._frames_by_tap.get(tap_id, 0) + 1
        if len(self._frames_by_tap) > TAPS_COUNTED:
            self._frames_by_tap.popitem(last=False)

    def _count_losses(self, speaker: Speaker) -> None:
        self.counters["frames_late"] += speaker.jitter.late
        self.counters["frames_lost"] += speaker.jitter.lost
        self.counters["frames_undecodable"] += speaker.decoder.errors

    def _stats(self, request: int) -> Stats:
        counters = Counter(self.counters)
        for speaker in self._speakers.values():
            counters["frames_late"] += speaker.jitter.late
            counters["frames_lost"] += speaker.jitter.lost
            counters["frames_undecodable"] += speaker.decoder.errors
        counters["rooms"] = len(self._rooms)
        counters["speakers"] = len(self._speakers)
        return Stats(
            request=request, counters=dict(counters), frames_by_tap=dict(self._frames_by_tap)
        )

    def _send_to_room(self, room_id: str, message: AnalysisToGate) -> None:
        self._send(self._rooms[room_id].owner, message)

    def _send_to_all(self, message: AnalysisToGate) -> None:
        for peer in self._peers:
            self._send(peer, message)

    def _send(self, peer: Peer, message: AnalysisToGate) -> None:
        if peer in self._peers:
            self._outbox.append((peer, message))
