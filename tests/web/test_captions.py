"""Consent at the gate: who is tapped, what reaches the screens, and what is purged when."""

from __future__ import annotations

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain.ids import RoomId, TapId
from server.ports import CaptionHeard, EngineChanged, GapHeard, RoomTopic, TopicsChanged
from tests.web.gate import Gate
from tests.web.page import Page

TOPICS = (RoomTopic("산책", 1.0, 1), RoomTopic("rain", 0.5, 1))


async def speaker_and_listener(gate: Gate) -> tuple[Page, Page, RoomId]:
    """A room with captions on, in which the moderator has consented."""
    host = await gate.founder()
    guest = await gate.member(1)
    room_id = RoomId(await host.open_room())
    await guest.join(room_id)
    await host.ask(wire.SwitchCaptions, on=True)
    await host.ask(wire.Consent, granted=True, language="ko")
    await gate.house.captions.settle()
    return host, guest, room_id


def tap_of(gate: Gate) -> TapId:
    (tap_id,) = gate.feed.grants
    return tap_id


def line(room_id: RoomId, tap_id: TapId, text: str = "안녕", **more: object) -> CaptionHeard:
    fields = {"line_id": 1, "final": False, "age_ms": 1_500, "language": "ko", **more}
    return CaptionHeard(room_id=room_id, tap_id=tap_id, text=text, **fields)  # type: ignore[arg-type]


async def test_captions_begin_with_a_moderator_and_each_speakers_own_yes(gate: Gate) -> None:
    host = await gate.founder()
    guest = await gate.member(1)
    room_id = await host.open_room()
    await guest.join(room_id)
    assert await host.refusal(wire.Consent, granted=True) is ErrorCode.CAPTIONS_OFF
    await host.ask(wire.SwitchCaptions, on=True)
    assert (await guest.event(wire.RoomChanged)).captions_on
    assert await guest.refusal(wire.Consent, granted=True) is ErrorCode.NOT_ON_STAGE
    await gate.house.captions.settle()
    assert gate.feed.grants == {}
    assert all(seat.tap_id is None for seat in gate.media.seats.values())
    await host.ask(wire.Consent, granted=True, language="ko")
    changed = await guest.event(wire.ParticipantChanged, lambda c: c.participant.consented)
    assert changed.participant.member_id == host.member_id
    await gate.house.captions.settle()
    granted_room, speaker_id, language = gate.feed.grants[tap_of(gate)]
    assert (granted_room, language) == (room_id, "ko")
    assert host.member_id not in speaker_id
    tapped = [seat for seat in gate.media.seats.values() if seat.tap_id is not None]
    assert [(seat.tap_id, seat.role) for seat in tapped] == [(tap_of(gate), "speaker")]


async def test_caption_gap_and_topics_reach_everybody_in_the_room_and_the_hallway(
    gate: Gate,
) -> None:
    host, guest, room_id = await speaker_and_listener(gate)
    outside = await gate.member(2)
    gate.feed.say(line(room_id, tap_of(gate)))
    gate.feed.say(GapHeard(room_id, tap_of(gate), age_ms=900, duration_ms=400))
    gate.feed.say(TopicsChanged(room_id, TOPICS))
    for page in (host, guest):
        caption = await page.event(wire.Caption)
        assert caption.member_id == host.member_id
        assert (caption.text, caption.final, caption.caption_id) == ("안녕", False, 1)
        assert caption.at_ms == gate.clock.now_ms() - 1_500
        gap = await page.event(wire.CaptionGap)
        assert (gap.at_ms, gap.duration_ms) == (gate.clock.now_ms() - 900, 400)
        topics = (await page.event(wire.Topics)).topics
        assert [(t.term, t.weight) for t in topics] == [("산책", 1.0), ("rain", 0.5)]
    card = (await outside.event(wire.Hallway, lambda h: bool(h.rooms[0].topics))).rooms[0]
    assert card.captions_on
    assert [t.term for t in card.topics] == ["산책", "rain"]
    assert outside.unread(wire.Caption) == []
    late = await gate.member(3)
    assert [t.term for t in (await late.join(room_id)).room.topics] == ["산책", "rain"]


async def test_after_withdrawal_the_words_are_purged_and_late_lines_reach_nobody(
    gate: Gate,
) -> None:
    host, guest, room_id = await speaker_and_listener(gate)
    tap_id = tap_of(gate)
    await host.ask(wire.Consent, granted=False)
    assert all(seat.tap_id is None for seat in gate.media.seats.values())
    assert (await guest.event(wire.CaptionsPurged)).member_id == host.member_id
    await gate.house.captions.settle()
    assert gate.feed.told[-1] == ("withdraw", room_id, tap_id)
    # What was on its way from analysis comes to nobody.
    gate.feed.say(line(room_id, tap_id, "too late", final=True))
    gate.feed.say(GapHeard(room_id, tap_id, age_ms=0, duration_ms=1))
    gate.feed.say(TopicsChanged(room_id, ()))
    await guest.event(wire.Topics)
    assert guest.unread(wire.Caption) == []
    assert guest.unread(wire.CaptionGap) == []


async def test_hanging_analysis_holds_up_neither_withdrawal_nor_the_room(gate: Gate) -> None:
    host, guest, room_id = await speaker_and_listener(gate)
    tap_id = tap_of(gate)
    gate.feed.may_answer.clear()
    await host.ask(wire.Consent, granted=False)
    await guest.event(wire.CaptionsPurged)
    assert all(seat.tap_id is None for seat in gate.media.seats.values())
    await guest.ask(wire.RaiseHand, raised=True)
    await host.ask(wire.Consent, granted=True)
    gate.feed.may_answer.set()
    await gate.house.captions.settle()
    assert tap_id not in gate.feed.grants
    assert len(gate.feed.grants) == 1
    assert await guest.refusal(wire.EndRoom) is ErrorCode.NOT_MODERATOR
    assert gate.feed.told[-2:] == [("withdraw", room_id, tap_id), ("grant", room_id, tap_of(gate))]


async def test_consent_ends_with_the_seat_on_stage_with_leaving_and_with_the_room(
    gate: Gate,
) -> None:
    host, guest, room_id = await speaker_and_listener(gate)
    await guest.ask(wire.RaiseHand, raised=True)
    await host.ask(wire.InviteToStage, member_id=guest.member_id)
    await guest.ask(wire.Consent, granted=True)
    await host.ask(wire.MoveToAudience, member_id=guest.member_id)
    assert (await host.event(wire.CaptionsPurged)).member_id == guest.member_id
    await guest.ask(wire.RaiseHand, raised=True)
    await host.ask(wire.InviteToStage, member_id=guest.member_id)
    await gate.house.captions.settle()
    assert len(gate.feed.grants) == 1
    await guest.ask(wire.Consent, granted=True)
    await guest.ask(wire.LeaveRoom)
    assert (await host.event(wire.CaptionsPurged)).member_id == guest.member_id
    await host.ask(wire.EndRoom)
    await gate.house.captions.settle()
    assert gate.feed.grants == {}
    assert gate.feed.told[-1] == ("close", room_id, None)


async def test_sending_the_scribe_away_purges_all_and_a_quick_return_starts_empty(
    gate: Gate,
) -> None:
    host, guest, room_id = await speaker_and_listener(gate)
    gate.feed.say(TopicsChanged(room_id, TOPICS))
    await guest.event(wire.Topics)
    gate.feed.may_answer.clear()
    await host.ask(wire.SwitchCaptions, on=False)
    await guest.event(wire.CaptionsPurged, lambda purged: purged.member_id is None)
    assert (await guest.event(wire.Topics)).topics == []
    gate.feed.say(TopicsChanged(room_id, TOPICS))
    await host.ask(wire.SwitchCaptions, on=True)
    gate.feed.may_answer.set()
    await gate.house.captions.settle()
    assert [told[0] for told in gate.feed.told[-2:]] == ["close", "open"]
    assert gate.feed.grants == {}
    view = (await guest.ask(wire.SyncRoom)).room
    assert view.captions_on
    assert not any(p.consented for p in view.participants)
    assert view.topics == []
    assert guest.unread(wire.Topics) == []


async def test_names_on_the_roster_are_never_topics(gate: Gate) -> None:
    _, _, room_id = await speaker_and_listener(gate)
    assert gate.feed.blocked[room_id] == ["Founder", "Member 1"]
    late = await gate.member(2)
    await late.join(room_id)
    await gate.house.captions.settle()
    assert gate.feed.blocked[room_id] == ["Founder", "Member 1", "Member 2"]
    await late.ask(wire.LeaveRoom)
    await gate.house.captions.settle()
    assert gate.feed.blocked[room_id] == ["Founder", "Member 1"]


async def test_consent_needs_no_engine_so_that_typed_turns_are_captions_without_one(
    gate: Gate,
) -> None:
    host = await gate.founder()
    await host.open_room()
    await host.ask(wire.SwitchCaptions, on=True)
    gate.feed.say(EngineChanged("unavailable", "no memory"))
    told = (await host.event(wire.CaptionsEngineChanged)).captions
    assert (told.state, told.detail) == ("unavailable", "no memory")
    await host.ask(wire.Consent, granted=True)
    await host.ask(wire.WriteLine, text="I lost my voice.", turn=True)
    line = await host.event(wire.Caption)
    assert (line.text, line.typed, line.final) == ("I lost my voice.", True, True)
    await host.ask(wire.Consent, granted=False)
    for state in ("missing", "fetching", "loading"):
        gate.feed.say(EngineChanged(state, "base", 0.5))
        told = (await host.event(wire.CaptionsEngineChanged)).captions
        assert (told.state, told.progress) == (state, 0.5)
        await host.ask(wire.Consent, granted=True)
        await host.ask(wire.Consent, granted=False)


async def test_topics_of_an_analysis_that_is_gone_leave_the_screens(gate: Gate) -> None:
    host, guest, room_id = await speaker_and_listener(gate)
    gate.feed.say(TopicsChanged(room_id, TOPICS))
    await guest.event(wire.Topics)
    gate.feed.say(EngineChanged("unavailable", "the captions process is not running"))
    assert (await guest.event(wire.Topics)).topics == []
    assert (await host.ask(wire.SyncRoom)).room.topics == []


async def test_every_consent_has_a_tap_and_a_speaker_name_of_its_own(gate: Gate) -> None:
    host, _, _ = await speaker_and_listener(gate)
    seen: dict[TapId, str] = {}
    for _ in range(5):
        tap_id = tap_of(gate)
        seen[tap_id] = gate.feed.grants[tap_id][1]
        await host.ask(wire.Consent, granted=False)
        await host.ask(wire.Consent, granted=True)
        await gate.house.captions.settle()
    assert len(seen) == len(set(seen.values())) == 5
    assert all(0 < tap_id < 2**32 for tap_id in seen)


async def test_a_language_may_be_chosen_anew_while_the_consent_and_its_words_stay(
    gate: Gate,
) -> None:
    host, guest, room_id = await speaker_and_listener(gate)
    tap_id = tap_of(gate)
    speaker_id = gate.feed.grants[tap_id][1]
    await host.ask(wire.Consent, granted=True, language="en")
    await gate.house.captions.settle()
    assert gate.feed.grants == {tap_id: (room_id, speaker_id, "en")}
    gate.feed.say(line(room_id, tap_id))
    await guest.event(wire.Caption)
    assert guest.unread(wire.CaptionsPurged) == []


async def test_one_failing_event_does_not_end_the_loop(gate: Gate) -> None:
    _, guest, room_id = await speaker_and_listener(gate)
    gate.feed.say(line(RoomId("unknown"), TapId(1)))
    gate.feed.say(TopicsChanged(room_id, ("not a topic",)))  # type: ignore[arg-type]
    gate.feed.say(line(room_id, tap_of(gate)))
    assert (await guest.event(wire.Caption)).text == "안녕"
