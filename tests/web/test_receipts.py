"""Consent receipts: each consent is noted for its own person, without a word of what he said."""

from __future__ import annotations

from protocol import signalling as wire
from protocol.captions import CONSENT_VERSION
from protocol.errors import ErrorCode
from server.domain.ids import MemberId
from server.domain.receipt import RECEIPT_LIFETIME_MS
from tests.web.gate import DATABASE, Gate
from tests.web.page import Page
from tests.web.test_account import export
from tests.web.test_captions import line, speaker_and_listener, tap_of

MINUTE_MS = 60_000


async def receipts(page: Page) -> list[wire.ReceiptView]:
    return list((await page.ask(wire.ListReceipts)).receipts)


async def test_a_consent_is_noted_from_its_beginning_to_its_end_for_its_person_alone(
    gate: Gate,
) -> None:
    host, guest, room_id = await speaker_and_listener(gate)
    began_ms = gate.clock.now_ms()
    (open_one,) = await receipts(host)
    assert (open_one.room_id, open_one.version) == (room_id, CONSENT_VERSION)
    assert (open_one.granted_at_ms, open_one.withdrawn_at_ms) == (began_ms, None)
    gate.clock.advance(MINUTE_MS)
    await host.ask(wire.Consent, granted=False)
    (closed,) = await receipts(host)
    assert closed.withdrawn_at_ms == began_ms + MINUTE_MS
    await host.ask(wire.Consent, granted=True, language="ko")
    newest, oldest = await receipts(host)
    assert (newest.language, oldest.receipt_id) == ("ko", open_one.receipt_id)
    assert await receipts(guest) == []


async def test_another_language_is_another_receipt(gate: Gate) -> None:
    host, _, _ = await speaker_and_listener(gate)
    gate.clock.advance(MINUTE_MS)
    await host.ask(wire.Consent, granted=True, language="en")
    newest, oldest = await receipts(host)
    assert (newest.language, newest.withdrawn_at_ms) == ("en", None)
    assert (oldest.language, oldest.withdrawn_at_ms) == ("ko", newest.granted_at_ms)


async def test_leaving_the_room_and_sending_the_scribe_away_end_it_too(gate: Gate) -> None:
    host, _, _ = await speaker_and_listener(gate)
    await host.ask(wire.SwitchCaptions, on=False)
    assert (await receipts(host))[0].withdrawn_at_ms is not None
    await host.ask(wire.SwitchCaptions, on=True)
    gate.clock.advance(1)
    await host.ask(wire.Consent, granted=True)
    assert (await receipts(host))[0].withdrawn_at_ms is None
    await host.ask(wire.LeaveRoom)
    assert (await receipts(host))[0].withdrawn_at_ms is not None


async def test_what_a_dead_gate_left_open_is_closed_with_when_it_was_last_seen(
    gate: Gate,
) -> None:
    host, _, _ = await speaker_and_listener(gate)
    began_ms = gate.clock.now_ms()
    await receipts(host)
    gate.clock.advance(30 * MINUTE_MS)
    await gate.restart()
    await host.disconnect()
    await host.connect()
    ended_ms = (await receipts(host))[0].withdrawn_at_ms
    assert ended_ms is not None
    assert began_ms <= ended_ms <= began_ms + 30 * MINUTE_MS


async def test_it_holds_no_speech_and_goes_home_with_its_person_and_after_a_year(
    gate: Gate,
) -> None:
    host, guest, room_id = await speaker_and_listener(gate)
    gate.feed.say(line(room_id, tap_of(gate), "the quixotic kettle", final=True))
    await guest.event(wire.Caption)
    await receipts(host)
    kept = await export(gate, host)
    (told,) = kept.kept["consents"]
    assert room_id in told.values()
    assert b"quixotic" not in (gate.directory / DATABASE).read_bytes()
    await host.ask(wire.Consent, granted=False)
    await receipts(host)
    gate.clock.advance(RECEIPT_LIFETIME_MS + MINUTE_MS)
    await gate.house.receipts.tidy()
    assert await gate.store.receipts_of(MemberId(host.member_id), 10) == []


async def test_while_the_database_is_away_receipts_wait(gate: Gate) -> None:
    host, _, _ = await speaker_and_listener(gate)
    await receipts(host)
    await host.ask(wire.SwitchCaptions, on=False)
    async with gate.locked_database():
        assert await host.refusal(wire.ListReceipts) is ErrorCode.UNAVAILABLE
    (closed,) = await receipts(host)
    assert closed.withdrawn_at_ms is not None
