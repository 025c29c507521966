"""The main job, end to end: people let in by people, voices, captions by consent, topics."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.browser import flows
from tests.browser.audio import lag_and_likeness, warble, write_wav
from tests.browser.house import House
from tests.browser.person import PHONE, person
from tests.browser.speech import fixture_microphone
from tests.shared_material import shared

FOUNDER_NUMBER = "010-2345-6789"
NEWCOMER_NUMBER = "010-9876-5432"
TITLE = "Harbour tunnel"
SENTENCE = (
    "The municipal council postponed the vote on the harbour tunnel "
    "until the budget audit is finished."
)


def test_two_people_meet_and_hear_each_other(
    playwright: Playwright, house: House, tmp_path: Path
) -> None:
    ann_mic = write_wav(tmp_path / "ann.wav", warble(1))
    bea_mic = write_wav(tmp_path / "bea.wav", warble(2))
    with (
        person(playwright, house.url, ann_mic) as ann,
        person(playwright, house.url, bea_mic, viewport=PHONE) as bea,
    ):
        flows.come_as_founder(house, ann.page, FOUNDER_NUMBER, "Ann")
        flows.add_contact(ann.page, f"Bea {NEWCOMER_NUMBER}")
        flows.knock(house, bea.page, NEWCOMER_NUMBER, "Beatrice")
        flows.let_in(ann.page, bea.page, "Beatrice")
        flows.open_room(ann.page, TITLE)
        flows.enter_room(bea.page, TITLE)
        flows.unmute(ann.page)
        flows.go_on_stage(ann.page, bea.page, "Beatrice")
        flows.unmute(bea.page)
        for speaker, listener in ((ann, bea), (bea, ann)):
            likeness = 0.0
            for _ in range(3):  # a busy machine stretches sound, which is heard but not alike
                speaker.page.wait_for_timeout(1000)
                speaker.tap_microphone("said")
                listener.tap_slots("heard")
                speaker.page.wait_for_timeout(4000)
                said, heard = speaker.stop_tap("said"), listener.stop_tap("heard")
                lag_ms, likeness = lag_and_likeness(said, heard)
                if likeness > 0.6:
                    break
            assert likeness > 0.6
            assert 0 < lag_ms < 500
            assert heard.rms() > said.rms() / 4
        assert bea.inbound()["lost"] <= 2
        bea.page.get_by_role("button", name="Leave quietly").click()
        expect(bea.page.get_by_role("heading", name="Lights on now")).to_be_visible()
        flows.end_room(ann.page)
        expect(bea.page.get_by_role("button", name=TITLE)).to_have_count(0)
        assert ann.errors == []
        assert bea.errors == []


def test_captions_and_topics_come_from_those_who_consent_only(
    playwright: Playwright, house: House, tmp_path: Path
) -> None:
    shared("models", "fixture-whisper")
    ann_mic = fixture_microphone(tmp_path, "fx_en_00.flac")
    bea_mic = fixture_microphone(tmp_path, "fx_en_02.flac")
    with (
        person(playwright, house.url, ann_mic) as ann,
        person(playwright, house.url, bea_mic) as bea,
    ):
        flows.sign_in_again(house, ann.page, FOUNDER_NUMBER)
        flows.sign_in_again(house, bea.page, NEWCOMER_NUMBER)
        flows.open_room(ann.page, "News and bread")
        flows.enter_room(bea.page, "News and bread")
        flows.go_on_stage(ann.page, bea.page, "Beatrice")
        flows.unmute(ann.page)
        flows.unmute(bea.page)
        ann.page.get_by_role("button", name="Turn captions on").click()
        ann.page.get_by_role("button", name="Turn on my captions").click()
        for page in (ann.page, bea.page):
            log = page.get_by_role("log")
            expect(log.get_by_text(SENTENCE).first).to_be_visible(timeout=45_000)
            topics = page.get_by_role("list", name="Talking about")
            expect(topics.get_by_text("tunnel").first).to_be_visible(timeout=45_000)
            expect(log.get_by_text("sourdough")).to_have_count(0)
        ann.page.get_by_role("button", name="Turn off my captions").click()
        for page in (ann.page, bea.page):
            expect(page.get_by_text(SENTENCE)).to_have_count(0, timeout=1_500)
        flows.end_room(ann.page)
        expect(bea.page.get_by_role("heading", name="Lights on now")).to_be_visible()
