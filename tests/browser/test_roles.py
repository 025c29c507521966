"""The server, not the page, decides who is heard, and whose voice reaches the scribe."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.browser import flows
from tests.browser.audio import warble, write_wav
from tests.browser.house import House
from tests.browser.person import Person, person

FOUNDER_NUMBER = "010-2345-6789"
NEWCOMER_NUMBER = "010-9876-5432"
QUIET_RMS = 0.002
FORCE_MICROPHONE = """async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const sender = masilTest.seen.connections.at(-1).getTransceivers()[0].sender;
    await sender.replaceTrack(stream.getAudioTracks()[0]);
}"""
FORCE_ENABLED = """() => {
    const sender = masilTest.seen.connections.at(-1).getTransceivers()[0].sender;
    sender.track.enabled = true;
}"""


def loudness(listener: Person, seconds: float) -> float:
    """How loud the room is for a listener now, RMS."""
    listener.tap_slots("now")
    listener.page.wait_for_timeout(seconds * 1000)
    return listener.stop_tap("now").rms()


def test_a_page_that_cheats_is_not_heard(
    playwright: Playwright, house: House, tmp_path: Path
) -> None:
    microphone = write_wav(tmp_path / "bea.wav", warble(3))
    with (
        person(playwright, house.url) as ann,
        person(playwright, house.url, microphone) as bea,
    ):
        flows.come_as_founder(house, ann.page, FOUNDER_NUMBER, "Ann")
        flows.knock(house, bea.page, NEWCOMER_NUMBER, "Bea")
        flows.add_contact(ann.page, NEWCOMER_NUMBER)
        flows.let_in(ann.page, bea.page, "Bea")
        flows.open_room(ann.page, "Quiet")
        flows.enter_room(bea.page, "Quiet")

        bea.page.evaluate(FORCE_MICROPHONE)
        assert loudness(ann, 2) < QUIET_RMS

        flows.go_on_stage(ann.page, bea.page, "Bea")
        bea.page.evaluate(FORCE_MICROPHONE)
        assert loudness(ann, 2) < QUIET_RMS

        flows.unmute(bea.page)
        bea.page.wait_for_timeout(500)
        assert loudness(ann, 2) > 0.02

        ann.page.get_by_role("button", name="Actions for Bea").click()
        ann.page.get_by_role("menuitem", name="Mute").or_(
            ann.page.get_by_role("button", name="Mute", exact=True)
        ).click()
        expect(bea.page.get_by_role("button", name="Ask to unmute")).to_be_visible()
        bea.page.evaluate(FORCE_ENABLED)
        bea.page.wait_for_timeout(300)
        assert loudness(ann, 2) < QUIET_RMS

        # Nobody consented, so nothing at all went to analysis.
        assert house.frames_at_analysis() == {}
        flows.end_room(ann.page)


def test_only_a_consenting_voice_reaches_analysis(
    playwright: Playwright, house: House, tmp_path: Path
) -> None:
    with (
        person(playwright, house.url, write_wav(tmp_path / "a.wav", warble(4))) as ann,
        person(playwright, house.url, write_wav(tmp_path / "b.wav", warble(5))) as bea,
    ):
        flows.sign_in_again(house, ann.page, FOUNDER_NUMBER)
        flows.sign_in_again(house, bea.page, NEWCOMER_NUMBER)
        flows.open_room(ann.page, "Scribe")
        flows.enter_room(bea.page, "Scribe")
        flows.go_on_stage(ann.page, bea.page, "Bea")
        flows.unmute(ann.page)
        flows.unmute(bea.page)
        ann.page.get_by_role("button", name="Turn captions on").click()
        expect(bea.page.get_by_text("The scribe", exact=True)).to_be_visible()
        ann.page.wait_for_timeout(1000)
        assert house.frames_at_analysis() == {}
        bea.page.get_by_role("button", name="Turn on my captions").click()
        expect(bea.page.get_by_role("button", name="Turn off my captions")).to_be_visible()
        ann.page.wait_for_timeout(2000)
        counted = house.frames_at_analysis()
        assert len(counted) == 1
        assert sum(counted.values()) > 50
        # One voice, 50 packets a second: not two voices under one consent.
        assert sum(counted.values()) < 250
        flows.end_room(ann.page)
        expect(bea.page.get_by_role("heading", name="Lights on now")).to_be_visible()
        ended = house.frames_at_analysis()
        ann.page.wait_for_timeout(1000)
        assert house.frames_at_analysis() == ended
