from __future__ import annotations

import numpy as np
import pytest

from analysis.decoder import Samples
from analysis.session import Session
from analysis.speaker import Job, Wish
from analysis.tallies import TAPS_COUNTED
from analysis.transcriber import Transcript
from analysis.words import Word
from protocol.analysis import (
    AnalysisToGate,
    AskTopic,
    AudioHeader,
    CloseCaptions,
    EngineState,
    Gap,
    GetStats,
    Grant,
    HideWord,
    Line,
    Mention,
    OpenCaptions,
    Purged,
    RoomTopics,
    SpeakerTraits,
    Stats,
    TopicMentions,
    Trait,
    Trending,
    TrendingTopic,
    TypedTurn,
    Withdraw,
)
from tests.analysis import speech

GATE = 1
TONE = speech.encode((0.3 * np.sin(np.arange(48_000) * 0.05)).astype(np.float32))[5:]


class LoudnessDetector:
    """A voice is whatever is loud."""

    def probability(self, frame: Samples) -> float:
        return 0.95 if np.abs(frame).max() > 0.05 else 0.0

    def reset(self) -> None:
        pass


class House:
    """A session, its clock, and microphones."""

    def __init__(self, state: str = "ready") -> None:
        engine = EngineState(state="ready", detail="test")
        self.session = Session(engine, LoudnessDetector, 100, ("en", "ko"))
        self.session.connect(GATE)
        self.session.set_engine(EngineState(state=state, detail="test"))  # type: ignore[arg-type]
        self.now_ms = 1_000_000
        self.streams: dict[int, speech.RtpStream] = {}
        self.session.handle(GATE, OpenCaptions(room_id="r"), self.now_ms)
        self.said()

    def grant(self, tap_id: int, language: str | None = "en") -> None:
        grant = Grant(room_id="r", tap_id=tap_id, speaker_id=f"s{tap_id}", language=language)
        self.session.handle(GATE, grant, self.now_ms)

    def stream(self, tap_id: int) -> speech.RtpStream:
        return self.streams.setdefault(tap_id, speech.RtpStream(tap_id))

    def speak(self, tap_id: int, seconds: float) -> None:
        stream = self.stream(tap_id)
        for index in range(int(seconds * 50)):
            self.now_ms += 20
            self.session.audio(stream.frame(TONE[index % len(TONE)]), self.now_ms)

    def wait(self, seconds: float) -> None:
        for _ in range(int(seconds * 10)):
            self.now_ms += 100
            self.session.tick(self.now_ms)

    def said(self) -> list[AnalysisToGate]:
        return [message for peer, message in self.session.drain() if peer == GATE]

    def job(self, *, final: bool = True) -> Job:
        while job := self.session.next_job():
            if job.final == final:
                return job
            self.session.finish_job(job, None, self.now_ms)
        raise AssertionError("no job waits")

    def finish(self, job: Job, text: str = "bread and bread", language: str = "en") -> None:
        transcript = Transcript(text, language, 0.0, -0.1, 1.0, False)
        self.session.finish_job(job, transcript, self.now_ms)

    def stats(self) -> Stats:
        self.session.handle(GATE, GetStats(request=1), self.now_ms)
        (stats,) = [message for message in self.said() if isinstance(message, Stats)]
        return stats


@pytest.fixture
def house() -> House:
    return House()


def test_speech_that_just_stops_becomes_a_final_by_time_alone(house: House) -> None:
    house.grant(5)
    house.speak(5, 2)
    house.wait(1)
    house.finish(house.job())
    (line,) = house.said()
    assert isinstance(line, Line)
    assert (line.text, line.final, line.tap_id) == ("bread and bread", True, 5)
    assert line.age_ms == pytest.approx(3000, abs=200)


def test_without_a_grant_nothing_is_decoded_but_counted(house: House) -> None:
    house.speak(6, 1)
    house.wait(1)
    assert house.session.next_job() is None
    stats = house.stats()
    assert stats.frames_by_tap == {6: 50}
    assert stats.counters["frames_without_grant"] == 50
    assert "frames_taken" not in stats.counters


def test_malformed_frames_are_counted(house: House) -> None:
    for frame in (b"", b"\x01", b"\x02" * 40, b"\x01" * 5000):
        house.session.audio(frame, house.now_ms)
    assert house.stats().counters["frames_malformed"] == 4


def test_only_the_last_taps_are_counted(house: House) -> None:
    for tap_id in range(TAPS_COUNTED + 5):
        house.session.audio(AudioHeader(tap_id, 1, 1, 0).pack() + b"x", house.now_ms)
    counted = house.stats().frames_by_tap
    assert len(counted) == TAPS_COUNTED
    assert 4 not in counted


def test_a_partial_is_replaced_by_the_final_of_its_line(house: House) -> None:
    house.grant(5)
    house.speak(5, 1.6)
    house.finish(house.job(final=False), "bread")
    house.speak(5, 1)
    house.wait(1)
    house.finish(house.job(), "bread and butter")
    partial, final = house.said()
    assert isinstance(partial, Line)
    assert isinstance(final, Line)
    assert (partial.final, final.final) == (False, True)
    assert partial.line_id == final.line_id


def test_a_partial_whose_final_proves_unfit_is_taken_back(house: House) -> None:
    house.grant(5)
    house.speak(5, 1.6)
    house.finish(house.job(final=False), "bread")
    house.wait(1)
    house.finish(house.job(), "…")
    lines = [message for message in house.said() if isinstance(message, Line)]
    assert [(line.text, line.final) for line in lines] == [("bread", False), ("", True)]


def test_finals_go_before_partials_and_speakers_take_turns(house: House) -> None:
    for tap_id in (5, 6, 7):
        house.grant(tap_id)
    for _ in range(2):
        house.speak(5, 1)
        house.wait(0.7)
    house.speak(6, 1)
    house.wait(0.7)
    house.speak(7, 1.5)
    order = []
    while job := house.session.next_job():
        order.append((job.tap_id, job.final))
        house.finish(job)
    assert order == [(5, True), (6, True), (5, True), (7, False)]


def test_a_full_queue_drops_the_oldest_final_as_a_visible_gap(house: House) -> None:
    house.grant(5)
    for _ in range(3):
        house.speak(5, 0.6)
        house.wait(0.7)
    gaps = [message for message in house.said() if isinstance(message, Gap)]
    assert [gap.tap_id for gap in gaps] == [5]
    assert gaps[0].duration_ms > 0


def test_what_waits_too_long_becomes_a_gap() -> None:
    house = House(state="loading")
    house.grant(5)
    house.speak(5, 1)
    house.wait(7)
    assert [type(message) for message in house.said()] == [Gap]


def test_an_engine_that_fails_leaves_a_gap(house: House) -> None:
    house.grant(5)
    house.speak(5, 1)
    house.wait(1)
    house.session.finish_job(house.job(), None, house.now_ms)
    assert [type(message) for message in house.said()] == [Gap]


def test_without_an_engine_voices_are_not_decoded() -> None:
    house = House(state="unavailable")
    house.grant(5)
    house.speak(5, 1)
    assert house.stats().counters["frames_without_engine"] == 50


def test_a_withdrawal_throws_away_what_is_being_transcribed(house: House) -> None:
    house.grant(5)
    house.speak(5, 1)
    house.wait(1)
    job = house.job()
    house.session.handle(GATE, Withdraw(room_id="r", tap_id=5), house.now_ms)
    assert house.said() == []
    house.finish(job)
    assert house.said() == [Purged(room_id="r", tap_id=5)]
    assert not job.utterance.audio.any()
    house.speak(5, 1)
    house.wait(1)
    assert house.session.next_job() is None


def test_a_withdrawal_wipes_what_waits_and_takes_the_topics_along(house: House) -> None:
    house.grant(5)
    house.grant(6)
    for tap_id, term in ((5, "bread"), (6, "tunnel")):
        house.speak(tap_id, 1)
        house.wait(1)
        house.finish(house.job())
        words_job = house.session.next_words()
        assert words_job
        words = [Word(term, term, 1e-5), None, Word(term, term, 1e-5)]
        house.session.finish_words(words_job, words, house.now_ms)
    topics = [message for message in house.said() if isinstance(message, RoomTopics)][-1]
    assert {topic.term for topic in topics.topics} == {"bread", "tunnel"}
    house.speak(5, 1)
    house.session.handle(GATE, Withdraw(room_id="r", tap_id=5), house.now_ms)
    changed, purged = house.said()
    assert isinstance(changed, RoomTopics)
    assert [topic.term for topic in changed.topics] == ["tunnel"]
    assert purged == Purged(room_id="r", tap_id=5)


def test_words_found_after_a_withdrawal_are_not_counted(house: House) -> None:
    house.grant(5)
    house.speak(5, 1)
    house.wait(1)
    house.finish(house.job())
    words_job = house.session.next_words()
    assert words_job
    house.said()
    house.session.handle(GATE, Withdraw(room_id="r", tap_id=5), house.now_ms)
    house.session.finish_words(words_job, [Word("a", "a", 1e-5)] * 3, house.now_ms)
    assert house.said() == [Purged(room_id="r", tap_id=5)]


def test_closing_forgets_the_room_once_the_workers_let_go(house: House) -> None:
    house.grant(5)
    house.speak(5, 1)
    house.wait(1)
    job = house.job()
    house.session.handle(GATE, CloseCaptions(room_id="r"), house.now_ms)
    assert house.said() == []
    house.finish(job)
    assert house.said() == [Purged(room_id="r", tap_id=None)]
    assert house.stats().counters["speakers"] == 0


def test_a_gate_that_goes_takes_its_rooms_along(house: House) -> None:
    house.grant(5)
    house.session.disconnect(GATE)
    house.speak(5, 1)
    house.session.connect(GATE)
    house.said()
    assert house.stats().counters["rooms"] == 0


def test_a_room_that_another_gate_opened_anew_stays(house: House) -> None:
    house.session.connect(2)
    house.session.handle(2, OpenCaptions(room_id="r"), house.now_ms)
    house.session.disconnect(GATE)
    house.session.connect(GATE)
    house.said()
    assert house.stats().counters["rooms"] == 1


def test_a_detected_language_is_settled_by_two_utterances_that_agree(house: House) -> None:
    house.grant(5, language=None)
    languages = []
    for _ in range(3):
        house.speak(5, 1)
        house.wait(1)
        job = house.job()
        languages.append(job.languages)
        house.finish(job, language="ko")
    assert languages == [("en", "ko"), ("en", "ko"), ("ko",)]


def test_a_language_is_detected_among_those_of_the_house_and_of_the_room(house: House) -> None:
    house.grant(5, language=None)
    house.grant(6, language="fr")
    house.speak(5, 1)
    house.wait(1)
    job = house.job()
    assert job.languages == ("en", "ko", "fr")
    house.finish(job)
    withdrawal = Withdraw(room_id="r", tap_id=6)
    house.session.handle(GATE, withdrawal, house.now_ms)
    house.speak(5, 1)
    house.wait(1)
    assert house.job().languages == ("en", "ko")


def test_a_language_chosen_later_holds_from_the_next_utterance_on(house: House) -> None:
    house.grant(5, language="en")
    house.speak(5, 1)
    house.grant(5, language="ko")
    house.wait(1)
    job = house.job()
    assert job.languages == ("ko",)
    house.finish(job, language="ko")
    (line,) = [message for message in house.said() if isinstance(message, Line)]
    assert line.tap_id == 5


def test_a_grant_in_a_room_without_captions_is_refused(house: House) -> None:
    grant = Grant(room_id="elsewhere", tap_id=9, speaker_id="s", language=None)
    house.session.handle(GATE, grant, house.now_ms)
    house.speak(9, 0.2)
    assert house.stats().counters["frames_without_grant"] == 10


def typed(tap_id: int, text: str = "bread and bread", room_id: str = "r") -> TypedTurn:
    return TypedTurn(room_id=room_id, tap_id=tap_id, text=text, language="en", line_id=-1)


def test_a_typed_turn_counts_for_topics_without_any_model() -> None:
    house = House("missing")
    house.grant(5)
    house.session.handle(GATE, typed(5), house.now_ms)
    job = house.session.next_words()
    assert job
    assert (job.tap_id, job.text, job.language) == (5, "bread and bread", "en")
    words = [Word("bread", "bread", 1e-5), Word("bread", "bread", 1e-5)]
    house.session.finish_words(job, words, house.now_ms)
    (topics,) = [message for message in house.said() if isinstance(message, RoomTopics)]
    assert [topic.term for topic in topics.topics] == ["bread"]


def test_a_typed_turn_without_a_live_grant_of_its_room_is_dropped_and_counted(
    house: House,
) -> None:
    house.grant(5)
    house.session.handle(GATE, typed(6), house.now_ms)
    house.session.handle(GATE, typed(5, room_id="other"), house.now_ms)
    assert house.session.next_words() is None
    assert house.stats().counters["turns_without_grant"] == 2


def test_a_withdrawal_takes_typed_turns_along_like_speech(house: House) -> None:
    house.grant(5)
    words = [Word("bread", "bread", 1e-5), Word("bread", "bread", 1e-5)]
    house.session.handle(GATE, typed(5), house.now_ms)
    counted = house.session.next_words()
    assert counted
    house.session.finish_words(counted, words, house.now_ms)
    house.session.handle(GATE, typed(5), house.now_ms)
    house.session.handle(GATE, typed(5), house.now_ms)
    under_way = house.session.next_words()
    assert under_way
    house.said()
    house.session.handle(GATE, Withdraw(room_id="r", tap_id=5), house.now_ms)
    assert house.session.next_words() is None  # what waited is gone
    assert not any(isinstance(message, Purged) for message in house.said())
    house.session.finish_words(under_way, words, house.now_ms)
    said = house.said()
    assert Purged(room_id="r", tap_id=5) in said
    assert not any(isinstance(m, RoomTopics) and m.topics for m in said)
    house.session.handle(GATE, typed(5), house.now_ms)
    assert house.session.next_words() is None


def say(house: House, tap_id: int, terms: str, line_id: int) -> None:
    turn = TypedTurn(room_id="r", tap_id=tap_id, text=terms, language="en", line_id=line_id)
    house.session.handle(GATE, turn, house.now_ms)
    job = house.session.next_words()
    assert job
    words = [None if term == "." else Word(term, term, 1e-5) for term in terms.split()]
    house.session.finish_words(job, words, house.now_ms)


def test_who_said_a_topic_is_told_newest_first_until_it_is_hidden(house: House) -> None:
    house.grant(5)
    house.grant(6)
    say(house, 5, "bread . bread", -1)
    house.now_ms += 4_000
    say(house, 6, "bread", -2)
    topics = [m for m in house.said() if isinstance(m, RoomTopics)][-1].topics
    question = AskTopic(request=9, room_id="r", topic_id=topics[0].topic_id)
    house.session.handle(GATE, question, house.now_ms)
    (answer,) = house.said()
    assert answer == TopicMentions(
        request=9,
        mentions=[
            Mention(line_id=-2, tap_id=6, age_ms=0),
            Mention(line_id=-1, tap_id=5, age_ms=4_000),
        ],
    )
    house.session.handle(GATE, HideWord(room_id="r", term="bread", hidden=True), house.now_ms)
    house.session.handle(GATE, question, house.now_ms)
    assert house.said() == [
        RoomTopics(room_id="r", topics=[]),
        TopicMentions(request=9, mentions=[]),
    ]


def test_traits_are_told_and_end_with_the_consent(house: House) -> None:
    house.grant(5)
    house.grant(6)
    say(house, 5, "bread . bread . bread", -1)
    say(house, 6, "tunnel . tunnel . tunnel", -2)
    house.wait(5)
    told = {m.tap_id: m.traits for m in house.said() if isinstance(m, SpeakerTraits)}
    assert told == {5: [Trait(term="bread", weight=1.0)], 6: [Trait(term="tunnel", weight=1.0)]}
    house.session.handle(GATE, Withdraw(room_id="r", tap_id=5), house.now_ms)
    said = house.said()
    assert SpeakerTraits(room_id="r", tap_id=6, traits=[]) in said
    assert not any(isinstance(m, SpeakerTraits) and m.tap_id == 5 for m in said)


def test_what_is_trending_is_told_to_every_gate_also_to_one_that_comes_later(house: House) -> None:
    for number, room_id in enumerate(("r", "r2", "r3")):
        house.session.handle(GATE, OpenCaptions(room_id=room_id), house.now_ms)
        grant = Grant(room_id=room_id, tap_id=number, speaker_id="s", language="en")
        house.session.handle(GATE, grant, house.now_ms)
        turn = TypedTurn(
            room_id=room_id, tap_id=number, text="bread", language="en", line_id=-number
        )
        house.session.handle(GATE, turn, house.now_ms)
        job = house.session.next_words()
        assert job
        word = Word("bread", "bread", 1e-5)
        house.session.finish_words(job, [word, None, word], house.now_ms)
    house.said()
    house.wait(5)
    trends = Trending(topics=[TrendingTopic(term="bread", rooms=3, speakers=3)])
    assert trends in house.said()
    house.session.connect(GATE + 1)
    late = [message for peer, message in house.session.drain() if peer == GATE + 1]
    assert trends in late


QUIET = speech.encode(speech.silence(1))[5:]


def pause(house: House, tap_id: int, seconds: float) -> None:
    stream = house.streams[tap_id]
    for index in range(int(seconds * 50)):
        house.now_ms += 20
        house.session.audio(stream.frame(QUIET[index % len(QUIET)]), house.now_ms)


def test_what_was_heard_in_a_pause_is_the_final_when_the_pause_lasts(house: House) -> None:
    house.grant(5)
    house.speak(5, 2)
    pause(house, 5, 0.4)
    early = house.session.next_job()
    assert early
    assert early.early
    house.finish(early, "bread and butter")
    pause(house, 5, 0.4)
    partial, final = [message for message in house.said() if isinstance(message, Line)]
    assert (partial.final, final.final) == (False, True)
    assert (partial.text, partial.line_id) == (final.text, final.line_id)
    assert house.session.next_job() is None
    assert house.stats().counters["finals_heard_early"] == 1


def test_speech_that_goes_on_after_a_pause_is_transcribed_anew(house: House) -> None:
    house.grant(5)
    house.speak(5, 2)
    pause(house, 5, 0.4)
    early = house.session.next_job()
    assert early
    house.finish(early, "bread")
    house.speak(5, 1)
    pause(house, 5, 0.7)
    job = house.job()
    assert job.final
    house.finish(job, "bread and butter")
    lines = [message for message in house.said() if isinstance(message, Line)]
    assert [line.text for line in lines if line.final] == ["bread and butter"]


def test_an_early_transcript_that_comes_after_the_end_still_is_the_final(house: House) -> None:
    house.grant(5)
    house.speak(5, 2)
    pause(house, 5, 0.4)
    early = house.session.next_job()
    assert early
    pause(house, 5, 0.4)
    house.finish(early, "bread")
    assert [m.text for m in house.said() if isinstance(m, Line) and m.final] == ["bread"]
    assert house.session.next_job() is None


def test_without_time_for_partials_only_finals_and_pauses_are_transcribed(house: House) -> None:
    house.grant(5)
    house.speak(5, 2)
    assert house.session.next_job((Wish.EARLY,)) is None
    pause(house, 5, 0.4)
    job = house.session.next_job((Wish.EARLY,))
    assert job
    assert job.early


def test_a_line_of_which_nothing_is_shown_goes_before_one_that_grows_old(house: House) -> None:
    for tap_id in (5, 6):
        house.grant(tap_id)
    house.speak(5, 1)
    house.finish(house.job(final=False))
    house.speak(5, 2)
    house.speak(6, 1)
    assert house.job(final=False).tap_id == 6
    assert house.job(final=False).tap_id == 5


def test_no_later_partial_is_begun_while_somebody_begins_or_pauses(house: House) -> None:
    for tap_id in (5, 6):
        house.grant(tap_id)
    house.speak(5, 1)
    house.finish(house.job(final=False))
    house.speak(5, 2)
    house.speak(6, 0.4)
    assert house.session.next_job() is None
    house.speak(6, 0.4)
    assert [house.job(final=False).tap_id for _ in range(2)] == [6, 5]
    house.speak(5, 2)
    pause(house, 6, 0.18)
    assert house.session.next_job() is None


def test_a_first_partial_comes_after_half_a_second_of_voice_with_all_said_so_far(
    house: House,
) -> None:
    house.grant(5)
    house.speak(5, 0.5)
    assert house.session.next_job() is None
    house.speak(5, 0.2)
    first = house.job(final=False)
    assert first.utterance.voiced_ms >= 512
    house.finish(first)
    house.speak(5, 0.5)
    assert house.session.next_job() is None
    house.speak(5, 1.5)
    assert house.job(final=False).utterance.voiced_ms >= 2_400


def test_of_a_speaker_there_is_one_job_at_a_time_and_others_have_theirs_beside(
    house: House,
) -> None:
    house.grant(5)
    house.speak(5, 1.0)
    partial = house.job(final=False)
    house.wait(1.0)  # it ends; the final waits until what is shown before it is known
    assert house.session.next_job() is None
    house.grant(6)
    house.speak(6, 1.0)
    beside = house.job(final=False)
    assert (partial.tap_id, beside.tap_id) == (5, 6)
    house.finish(partial)
    assert house.job().line_id == partial.line_id
