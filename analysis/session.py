"""The core of the analysis process, without I/O: messages, packets and time in; messages out.

Owns grants, rooms, their topics and what waits for the workers. Decodes nothing without a live
grant, and whatever comes back late of a consent that is over is thrown away. Reads no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import assert_never

from analysis.counts import Said
from analysis.lines import Lines
from analysis.outbox import Outbox, Peer
from analysis.publish import Publisher
from analysis.purge import Purges
from analysis.rooms import Rooms
from analysis.scheduler import drop_stale, patience_ms
from analysis.speaker import Job, Speaker, Wish
from analysis.tallies import Tallies
from analysis.topics import Topics
from analysis.transcriber import Transcript
from analysis.vad import VoiceDetector
from analysis.word_queue import WordQueue, WordsJob
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
    TypedTurn,
    Withdraw,
)

TOPICS_EVERY_MS = 5_000

_ConsentMessage = OpenCaptions | BlockWords | Grant | TypedTurn | Withdraw | CloseCaptions


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
        self._tallies = Tallies()
        self.counters = self._tallies.counters
        self._outbox = Outbox()
        self._rooms = Rooms(new_detector, first_line_id, languages)
        self._speakers = self._rooms.speakers
        self._lines = Lines(self.counters, self._send_to_room)
        self._words = WordQueue(self.counters)
        self._purges = Purges(self._outbox.send)
        self._topics = Topics()
        self._publisher = Publisher(self._topics, self._send_to_room, self._outbox.send_to_all)
        self._topics_due_ms = 0

    # -------------------------------------------------------------- connections

    def connect(self, peer: Peer) -> None:
        """A gate said hello: tell it the state of the engine."""
        self._outbox.connect(peer)
        self._outbox.send(peer, self.engine)
        for message in self._publisher.trends():
            self._outbox.send(peer, message)

    def disconnect(self, peer: Peer) -> None:
        """A gate went away, and with it the consents that it vouched for: purge its rooms."""
        self._outbox.disconnect(peer)
        for room_id in self._rooms.of(peer):
            self._forget_room(room_id)

    def drain(self) -> Iterable[tuple[Peer, AnalysisToGate]]:
        """What is to be sent, in order; it is taken as it is read."""
        return self._outbox.drain()

    def set_engine(self, engine: EngineState) -> None:
        """Tell all gates of a new state of the engine."""
        self.engine = engine
        self._outbox.send_to_all(engine)

    def consents(self, tap_id: int) -> bool:
        """Whether this consent is alive."""
        return tap_id in self._speakers

    # -------------------------------------------------------------- messages

    def handle(self, peer: Peer, message: GateToAnalysis, now_ms: int) -> None:
        """Carry out a gate's message."""
        match message:
            case GetStats(request=request):
                stats = self._tallies.stats(request, self._speakers.values(), len(self._rooms))
                self._outbox.send(peer, stats)
            case LoadModel():
                self.model_wanted = True
            case AskTopic():
                self._outbox.send(peer, self._publisher.mentions(message, now_ms))
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
        self._tallies.frame(header.tap_id)
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
        self._speakers.finished(job)
        speaker = self._speakers.get(job.tap_id)
        if speaker is not None:
            self._publish(job, speaker, transcript, now_ms)
            if job.early and transcript is not None:
                speaker.heard_early(job, transcript)
                self._finish_heard(speaker, now_ms)
        self._purges.let_go(job.tap_id)

    def _publish(self, job: Job, speaker: Speaker, heard: Transcript | None, now_ms: int) -> None:
        shown = self._lines.publish(job, speaker, heard, now_ms)
        if shown and job.final and heard is not None:
            speaker.heard_language(heard.language)
            self._words.put(
                WordsJob(job.room_id, job.tap_id, heard.text, heard.language, job.line_id)
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
        job = self._words.take()
        if job:
            self._purges.hold(job.tap_id)
        return job

    def finish_words(self, job: WordsJob, words: Words, now_ms: int) -> None:
        """Count the words of a final."""
        if job.tap_id in self._speakers:
            said = Said(job.tap_id, job.language, now_ms / 1000, job.line_id)
            self._topics.room(job.room_id).add(said, words)
            self._publisher.topics_of(job.room_id, now_ms)
        self._purges.let_go(job.tap_id)

    # -------------------------------------------------------------- rooms and grants

    def _handle_consent(self, peer: Peer, message: _ConsentMessage, now_ms: int) -> None:
        match message:
            case OpenCaptions(room_id=room_id):
                self._rooms.open(room_id, peer)
                self._topics.open(room_id)
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
                self._purges.ask(peer, Purged(room_id=room_id, tap_id=None), taps)
            case _:
                assert_never(message)

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
        self._rooms.grant(grant)

    def _type_turn(self, turn: TypedTurn) -> None:
        if self._rooms.speaker(turn.room_id, turn.tap_id) is None:
            self.counters["turns_without_grant"] += 1
            return
        self.counters["turns_taken"] += 1
        self._words.put(WordsJob(turn.room_id, turn.tap_id, turn.text, turn.language, turn.line_id))

    def _withdraw(self, peer: Peer, room_id: str, tap_id: int, now_ms: int) -> None:
        if self._rooms.speaker(room_id, tap_id):
            self._forget_speaker(tap_id)
            self._topics.room(room_id).withdraw(tap_id)
            self._publisher.withdrawn(room_id, tap_id, now_ms)
        self._purges.ask(peer, Purged(room_id=room_id, tap_id=tap_id), {tap_id})

    def _forget_speaker(self, tap_id: int) -> None:
        speaker = self._speakers.pop(tap_id)
        self._tallies.gone(speaker)
        speaker.wipe()
        self._lines.forget(tap_id)
        self._words.forget(tap_id)

    def _forget_room(self, room_id: str) -> set[int]:
        if room_id not in self._rooms:
            return set()
        taps = self._rooms.close(room_id)
        for tap_id in taps & self._speakers.keys():
            self._forget_speaker(tap_id)
        self._topics.close(room_id)
        self._publisher.forget(room_id)
        return taps

    def _send_to_room(self, room_id: str, message: AnalysisToGate) -> None:
        self._outbox.send(self._rooms.owner(room_id), message)
