"""How somebody speaks and hears: tried first, chosen, kept on the device, driven by keys."""

from __future__ import annotations

import json
import wave
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import flows
from tests.browser.audio import RATE_HZ, Samples
from tests.browser.house import House
from tests.browser.person import FLAGS, Person, person

FOUNDER_NUMBER = "010-2345-6789"
NEWCOMER_NUMBER = "010-9876-5432"
LEFT_HZ, RIGHT_HZ = 440, 1300
DEVICES = "--use-fake-device-for-media-stream=device-count=3"
CHANNELS = """async () => {
  const context = new AudioContext({ sampleRate: 48000 });
  await context.resume();
  const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
  const analysers = [0, 1].map((channel) => {
    const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
    splitter.connect(analyser, channel);
    return analyser;
  });
  for (const audio of document.querySelectorAll("audio[data-slot]"))
    if (audio.srcObject) context.createMediaStreamSource(audio.srcObject).connect(splitter);
  await new Promise((resolve) => setTimeout(resolve, 700));
  const found = analysers.map((analyser) => {
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    return [...bins];
  });
  await context.close();
  return found;
}"""


def tone(frequency_hz: int, seconds: int = 2) -> Samples:
    """Whole cycles, so that the file goes round without a seam."""
    at = np.arange(RATE_HZ * seconds) / RATE_HZ
    return (0.3 * np.sin(2 * np.pi * frequency_hz * at)).astype(np.float32)


def write_stereo(path: Path, left: Samples, right: Samples) -> Path:
    """16-bit PCM at 48 kHz in two channels."""
    both = np.stack([left, right], axis=1)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes((both * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture(scope="module")
def people(
    playwright: Playwright, house: House, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Person, Person]]:
    """Ann, on stage, whose microphone gives another tone in each channel; Bea listens."""
    microphone = write_stereo(
        tmp_path_factory.mktemp("ann") / "a.wav", tone(LEFT_HZ), tone(RIGHT_HZ)
    )
    with (
        person(playwright, house.url, microphone, flags=[*FLAGS, DEVICES]) as ann,
        person(playwright, house.url) as bea,
    ):
        flows.come_as_founder(house, ann.page, FOUNDER_NUMBER, "Ann")
        flows.knock(house, bea.page, NEWCOMER_NUMBER, "Bea")
        flows.add_contact(ann.page, NEWCOMER_NUMBER)
        flows.let_in(ann.page, bea.page, "Bea")
        flows.open_room(ann.page, "How it sounds")
        flows.enter_room(bea.page, "How it sounds")
        yield ann, bea
        assert ann.errors == bea.errors == []


def settings(page: Page) -> None:
    """Open the dialog about microphone and sound."""
    page.get_by_role("button", name="Microphone and sound").click()
    expect(page.get_by_test_id("sound")).to_be_visible()


def close(page: Page) -> None:
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator("dialog[open]")).to_have_count(0)


def until(page: Page, holds: Callable[[], bool], what: str, within_ms: int = 10_000) -> None:
    """Poll until something holds."""
    for _ in range(within_ms // 200):
        if holds():
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"never: {what}")


def kept(page: Page) -> dict[str, Any]:
    """What the device remembers."""
    found: dict[str, Any] = json.loads(page.evaluate("localStorage.getItem('masil.sound')"))
    return found


def channels_db(listener: Person) -> list[dict[int, float]]:
    """How loud both tones are in the left and in the right channel that are played."""
    spectra = listener.page.evaluate(CHANNELS)
    bins = {hz: round(hz * 8192 / RATE_HZ) for hz in (LEFT_HZ, RIGHT_HZ)}
    return [{hz: max(spectrum[at - 2 : at + 3]) for hz, at in bins.items()} for spectrum in spectra]


def asked(page: Page) -> dict[str, Any]:
    """What the page last asked the browser's microphone for."""
    found: dict[str, Any] = page.evaluate("() => masilTest.seen.asked.at(-1)")
    return found


def asks_without(page: Page, constraint: str) -> bool:
    """Whether the microphone was last asked for without this filter."""
    return asked(page)[constraint] is False


def test_the_microphone_is_tried_before_anybody_hears_it(people: tuple[Person, Person]) -> None:
    ann, bea = people
    page = ann.page
    page.get_by_role("button", name="Check it first").click()
    expect(page.get_by_role("button", name="Try the microphone")).to_be_visible()
    assert page.evaluate("() => masilTest.seen.microphones.length") == 0
    page.get_by_role("button", name="Try the microphone").click()
    expect(page.get_by_test_id("heard")).to_have_text("It works: your voice arrives here.")
    level = "() => Number(document.querySelector('.level').style.getPropertyValue('--level'))"
    until(page, lambda: page.evaluate(level) > 0.5, "the meter shows a loud tone")
    assert bea.inbound()["received"] == 0
    expect(bea.page.get_by_test_id("seat").filter(has_text="Ann")).to_contain_text("muted")
    # Devices have names now; the chosen one is asked for, and remembered.
    choice = page.get_by_role("combobox", name="Microphone")
    choice.select_option(index=2)
    chosen = choice.input_value()
    until(page, lambda: asked(page).get("deviceId") == {"ideal": chosen}, "another is opened")
    assert kept(page)["microphoneId"] == chosen
    close(page)
    tracks = "() => masilTest.seen.microphones.map((s) => s.getTracks()[0].readyState)"
    assert set(page.evaluate(tracks)) == {"ended"}, "it is given back"
    # Tried once, it is not offered again, and one tap is enough to talk.
    expect(page.get_by_role("button", name="Check it first")).to_have_count(0)
    flows.unmute(page)
    assert asked(page)["deviceId"] == {"ideal": chosen}
    bea.hears_voices()
    page.get_by_role("button", name="Turn microphone off").click()


def test_two_notes_are_played_to_try_the_loudspeaker(people: tuple[Person, Person]) -> None:
    page = people[0].page
    settings(page)
    page.get_by_role("button", name="Play two notes").click()
    audible = """async () => {
      const element = document.querySelector("audio[data-tone]");
      if (!element?.srcObject) return false;
      const context = new AudioContext();
      const analyser = new AnalyserNode(context);
      context.createMediaStreamSource(element.srcObject).connect(analyser);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const samples = new Float32Array(analyser.fftSize);
      analyser.getFloatTimeDomainData(samples);
      await context.close();
      return !element.paused && samples.some((sample) => Math.abs(sample) > 0.05);
    }"""
    until(page, lambda: bool(page.evaluate(audible)), "the notes are heard", 2_000)
    expect(page.locator("audio[data-tone]")).to_have_count(0)
    close(page)


def test_what_is_done_to_the_voice_is_chosen_and_remembered(people: tuple[Person, Person]) -> None:
    ann, bea = people
    page = ann.page
    flows.unmute(page)
    assert asked(page)["noiseSuppression"] is True
    settings(page)
    for name, constraint in (
        ("Take noise away", "noiseSuppression"),
        ("Take the echo of the loudspeaker away", "echoCancellation"),
        ("Make quiet speech louder", "autoGainControl"),
    ):
        page.get_by_label(name).uncheck()
        until(page, partial(asks_without, page, constraint), name)
        assert kept(page)[constraint] is False
    close(page)
    bea.hears_voices()
    page.reload()
    flows.hears(page)
    settings(page)
    expect(page.get_by_label("Take noise away")).not_to_be_checked()
    for name in ("Take noise away", "Take the echo of the loudspeaker away"):
        page.get_by_label(name).check()
    close(page)


def test_music_arrives_in_both_its_channels_and_a_voice_in_one(
    people: tuple[Person, Person],
) -> None:
    ann, bea = people
    flows.unmute(ann.page)
    bea.hears_voices()
    left, right = channels_db(bea)
    assert abs(left[LEFT_HZ] - right[LEFT_HZ]) < 1, "a voice is the same in both ears"
    settings(ann.page)
    ann.page.get_by_label("Music", exact=True).check()
    expect(ann.page.get_by_label("Take noise away")).to_be_disabled()
    close(ann.page)
    apart: list[float] = []

    def stereo() -> bool:
        left, right = channels_db(bea)
        apart[:] = [left[LEFT_HZ] - right[LEFT_HZ], right[RIGHT_HZ] - left[RIGHT_HZ]]
        return min(apart) > 20

    until(ann.page, stereo, "the tones arrive apart", 15_000)
    print(f"the tones are {apart[0]:.0f} and {apart[1]:.0f} dB apart")
    assert asked(ann.page)["channelCount"] == {"ideal": 2}
    settings(ann.page)
    ann.page.get_by_label("Music", exact=True).uncheck()
    close(ann.page)
    until(ann.page, lambda: not stereo(), "a voice is one channel again", 15_000)
    ann.page.get_by_role("button", name="Turn microphone off").click()


def test_one_person_is_made_quieter_here_and_is_remembered(people: tuple[Person, Person]) -> None:
    ann, bea = people
    flows.unmute(ann.page)
    bea.hears_voices()
    volumes = "() => [...document.querySelectorAll('audio[data-slot]')].map((a) => a.volume)"
    assert set(bea.page.evaluate(volumes)) == {1}
    bea.page.get_by_role("button", name="About Ann").first.click()
    slider = bea.page.get_by_label("How loud Ann is for you")
    slider.fill("0.3")
    until(bea.page, lambda: sorted(bea.page.evaluate(volumes))[:2] == [0.3, 1], "one is quieter")
    assert [round(v, 2) for v in kept(bea.page)["volumes"].values()] == [0.3]
    bea.page.reload()
    bea.hears_voices()
    until(bea.page, lambda: sorted(bea.page.evaluate(volumes))[:2] == [0.3, 1], "still is")
    bea.page.get_by_role("button", name="About Ann").first.click()
    bea.page.get_by_label("How loud Ann is for you").fill("1")
    until(bea.page, lambda: set(bea.page.evaluate(volumes)) == {1}, "as loud as he comes")
    assert kept(bea.page)["volumes"] == {}
    close(bea.page)
    ann.page.get_by_role("button", name="Turn microphone off").click()


def test_keys_mute_and_talk_and_never_while_one_types(people: tuple[Person, Person]) -> None:
    ann, bea = people
    page = ann.page
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Turn microphone off")).to_be_visible()
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Turn microphone on")).to_be_visible()
    settings(page)
    page.get_by_label("Be heard only while a key is held").check()
    page.get_by_role("button", name="Another key than Space").click()
    page.keyboard.press("m")
    expect(page.get_by_text("This key already does something else.")).to_be_visible()
    page.keyboard.press("v")
    expect(page.get_by_role("button", name="Another key than V")).to_be_visible()
    close(page)
    seat = bea.page.get_by_test_id("seat").filter(has_text="Ann")
    state = page.get_by_test_id("microphone-state")
    # The first time it turns the microphone on; after that nobody hears anything until it is held.
    page.keyboard.down("v")
    expect(state).to_have_text("You are heard")
    expect(seat).to_have_attribute("data-speaking", "true")
    page.keyboard.up("v")
    expect(state).to_have_text("Hold V to talk")
    expect(seat).to_have_attribute("data-speaking", "false")
    page.keyboard.down("v")
    expect(seat).to_have_attribute("data-speaking", "true")
    page.evaluate("() => window.dispatchEvent(new Event('blur'))")
    expect(seat).to_have_attribute("data-speaking", "false")
    page.keyboard.up("v")
    # Typing is typing.
    page.get_by_role("tab", name="Chat").click()
    line = page.get_by_label("Write to the room")
    line.press_sequentially("mm?v")
    expect(line).to_have_value("mm?v")
    expect(page.get_by_role("button", name="Turn microphone off")).to_be_visible()
    expect(page.locator("dialog[open]")).to_have_count(0)
    line.fill("")
    line.blur()
    page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="Keys in a room")
    expect(shortcuts).to_contain_text("Hold to talk")
    page.keyboard.press("m")
    expect(shortcuts).to_be_visible()
    shortcuts.get_by_label("Single keys do this").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    page.wait_for_timeout(300)
    expect(page.get_by_role("button", name="Turn microphone off")).to_be_visible()
    assert kept(page)["shortcuts"] is False
