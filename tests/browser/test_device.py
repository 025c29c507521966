"""What the device does about a room: its screen, its lock screen, its microphone, its silence."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser import flows
from tests.browser.audio import warble, write_wav
from tests.browser.house import House
from tests.browser.person import FLAGS, Person, another, person

FOUNDER_NUMBER = "010-2345-6789"
NEWCOMER_NUMBER = "010-9876-5432"
TITLE = "On the bus"
QUIET_UNTIL_TAPPED = [flag for flag in FLAGS if not flag.startswith("--autoplay-policy")]
REMEMBER = """(() => {
  const seen = { locks: [], handlers: {} };
  const request = navigator.wakeLock.request.bind(navigator.wakeLock);
  navigator.wakeLock.request = async (type) => {
    const lock = await request(type);
    seen.locks.push(lock);
    return lock;
  };
  const answer = navigator.mediaSession.setActionHandler.bind(navigator.mediaSession);
  navigator.mediaSession.setActionHandler = (action, handler) => {
    seen.handlers[action] = handler;
    answer(action, handler);
  };
  window.device = seen;
})()"""
AWAKE = "() => device.locks.filter((lock) => !lock.released).length"
ASKS_FOR_TAP = (
    "[[...document.querySelectorAll('button')].some((b) => b.textContent === 'Tap to hear')]"
)
CAPTURES = "() => masilTest.seen.microphones.length"


@pytest.fixture(scope="module")
def people(
    playwright: Playwright, house: House, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Person, Person]]:
    """Ann, on stage with her microphone on, and Bea, who listens in a browser of the usual kind."""
    microphone = write_wav(tmp_path_factory.mktemp("ann") / "a.wav", warble(4))
    with (
        person(playwright, house.url, microphone) as ann,
        person(playwright, house.url, flags=QUIET_UNTIL_TAPPED) as bea,
    ):
        ann.context.add_init_script(REMEMBER)
        allow_wake_lock(ann)
        flows.come_as_founder(house, ann.page, FOUNDER_NUMBER, "Ann")
        flows.knock(house, bea.page, NEWCOMER_NUMBER, "Bea")
        flows.add_contact(ann.page, NEWCOMER_NUMBER)
        flows.let_in(ann.page, bea.page, "Bea")
        flows.open_room(ann.page, TITLE)
        flows.enter_room(bea.page, TITLE)
        flows.unmute(ann.page)
        bea.hears_voices()
        yield ann, bea
        assert ann.errors == bea.errors == []


def until(who: Person, holds: Callable[[], bool], what: str, within_ms: int = 10_000) -> None:
    """Poll until something holds."""
    for _ in range(within_ms // 100):
        if holds():
            return
        who.page.wait_for_timeout(100)
    raise AssertionError(f"never: {what}")


def captures(who: Person) -> int:
    """How often the browser has given this page a microphone."""
    return int(who.page.evaluate(CAPTURES))


def untouched(who: Person, expression: str) -> list[bool]:
    """What an expression gives, asked so that the page does not take it for a tap.

    Playwright's own questions count as one (`userGesture`).
    """
    session = who.context.new_cdp_session(who.page)
    terms = {"expression": expression, "returnByValue": True, "userGesture": False}
    found: list[bool] = session.send("Runtime.evaluate", terms)["result"]["value"]
    session.detach()
    return found


def allow_wake_lock(who: Person) -> None:
    """As browsers do that people look at; this one has no screen and refuses at first."""
    page = who.context.new_cdp_session(who.page)
    about = page.send("Target.getTargetInfo")["targetInfo"]
    who.browser.new_browser_cdp_session().send(
        "Browser.setPermission",
        {
            "permission": {"name": "screen-wake-lock"},
            "setting": "granted",
            "browserContextId": about["browserContextId"],
        },
    )


def audio_processes() -> list[int]:
    """The processes in which browsers of this very test run keep their sound devices."""
    parents: dict[int, int] = {}
    audio = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parents[int(entry.name)] = int(
                (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
            )
            if b"audio.mojom.AudioService" in (entry / "cmdline").read_bytes():
                audio.append(int(entry.name))
        except OSError:
            continue

    def ours(pid: int) -> bool:
        while pid > 1 and pid != os.getpid():
            pid = parents.get(pid, 0)
        return pid == os.getpid()

    return [pid for pid in audio if ours(pid)]


def test_the_screen_stays_on_in_a_room_and_again_when_the_page_is_back(
    people: tuple[Person, Person],
) -> None:
    ann, _ = people
    until(ann, lambda: ann.page.evaluate(AWAKE) == 1, "one lock is held")
    # What a browser does when the page is hidden, and the event when it is seen again.
    ann.page.evaluate("() => Promise.all(device.locks.map((lock) => lock.release()))")
    assert ann.page.evaluate(AWAKE) == 0
    ann.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    until(ann, lambda: ann.page.evaluate(AWAKE) == 1, "it is held again")


def test_the_lock_screen_shows_the_room_and_its_buttons_work(
    people: tuple[Person, Person],
) -> None:
    ann, _ = people
    page = ann.page
    shown = page.evaluate(
        "() => [navigator.mediaSession.metadata.title, navigator.mediaSession.playbackState]"
    )
    assert shown == [TITLE, "playing"]
    page.evaluate("() => device.handlers.togglemicrophone()")
    expect(page.get_by_role("button", name="Turn microphone on")).to_be_visible()
    page.evaluate("() => device.handlers.togglemicrophone()")
    expect(page.get_by_role("button", name="Turn microphone off")).to_be_visible()
    silent = "() => [...document.querySelectorAll('audio[data-slot]')].every((a) => a.paused)"
    page.evaluate("() => device.handlers.pause()")
    expect(page.get_by_role("button", name="Tap to hear")).to_be_visible()
    assert page.evaluate(silent)
    page.evaluate("() => device.handlers.play()")
    expect(page.get_by_role("button", name="Tap to hear")).to_have_count(0)
    until(ann, lambda: not page.evaluate(silent), "voices are played again")


def test_a_microphone_that_the_device_takes_away_is_opened_anew(
    people: tuple[Person, Person],
) -> None:
    ann, bea = people
    before = captures(ann)
    processes = audio_processes()
    assert processes, "browsers keep sound devices in a process of their own"
    for pid in processes:
        os.kill(pid, signal.SIGKILL)
    until(ann, lambda: captures(ann) > before, "it is opened anew")
    bea.hears_voices()
    expect(ann.page.get_by_role("button", name="Turn microphone off")).to_be_visible()
    expect(ann.page.get_by_text("The microphone went away")).to_have_count(0)
    # What Chromium itself writes where its sound process dies: no fault of the page.
    assert all("AudioContext encountered an error" in error for error in ann.errors)
    ann.errors.clear()
    # The meter is on the new microphone, too.
    seat = ann.page.get_by_test_id("seat").filter(has_text="Ann")
    expect(seat).to_have_attribute("data-speaking", "true")


def test_a_microphone_that_stays_silenced_is_opened_anew_and_one_that_does_not_is_kept(
    people: tuple[Person, Person],
) -> None:
    """As a telephone call silences it: a test cannot make one, but the event it brings."""
    ann, bea = people
    before = captures(ann)
    track = "masilTest.seen.microphones.at(-1).getAudioTracks()[0]"
    ann.page.evaluate(f"() => {track}.dispatchEvent(new Event('mute'))")
    ann.page.wait_for_timeout(1_000)
    ann.page.evaluate(f"() => {track}.dispatchEvent(new Event('unmute'))")
    ann.page.wait_for_timeout(3_500)
    assert captures(ann) == before
    ann.page.evaluate(f"() => {track}.dispatchEvent(new Event('mute'))")
    until(ann, lambda: captures(ann) == before + 1, "it is opened anew")
    bea.hears_voices()


def test_a_microphone_that_does_not_come_back_is_told_and_the_seat_is_muted(
    people: tuple[Person, Person],
) -> None:
    ann, bea = people
    tries = "() => masilTest.seen.asked.length"
    before = int(ann.page.evaluate(tries))
    # No microphone of this browser fits any more, as where the only one was unplugged.
    ann.page.evaluate(
        """() => {
          masilTest.refuse = true;
          const track = masilTest.seen.microphones.at(-1).getAudioTracks()[0];
          track.stop();
          track.dispatchEvent(new Event("ended"));
        }"""
    )
    expect(ann.page.get_by_text("The microphone went away. You are muted.")).to_be_visible()
    assert int(ann.page.evaluate(tries)) == before + 3
    expect(bea.page.get_by_test_id("seat").filter(has_text="Ann")).to_contain_text("muted")
    ann.page.evaluate("() => { masilTest.refuse = false; }")
    flows.unmute(ann.page)
    bea.hears_voices()


def test_a_page_that_may_not_play_asks_for_a_tap_and_is_heard_after_it(
    people: tuple[Person, Person],
) -> None:
    """A window that nobody touched yet, as after a link was opened."""
    _, bea = people
    room, state = bea.page.url, bea.context.storage_state()
    with another(bea.browser, room, storage_state=state) as tablet:
        tablet.page.goto(room)
        playing = "[...document.querySelectorAll('audio[data-slot]')].map((a) => !a.paused)"
        until(tablet, lambda: True in untouched(tablet, ASKS_FOR_TAP), "it asks for a tap")
        assert set(untouched(tablet, playing)) == {False}
        tap = tablet.page.get_by_role("button", name="Tap to hear")
        tap.click()
        expect(tap).to_have_count(0)
        until(tablet, lambda: all(untouched(tablet, playing)), "every slot plays")
        tablet.hears_voices()
        assert tablet.errors == []
    bea.page.get_by_role("button", name="Continue here").click()
    bea.hears_voices()


def test_leaving_by_the_lock_screen_lets_the_screen_go_dark_and_takes_the_buttons_away(
    people: tuple[Person, Person],
) -> None:
    ann, _ = people
    ann.page.evaluate("() => device.handlers.hangup()")
    expect(ann.page.get_by_role("heading", name="Lights on now")).to_be_visible()
    until(ann, lambda: ann.page.evaluate(AWAKE) == 0, "the lock is let go")
    assert set(ann.page.evaluate("() => Object.values(device.handlers)")) == {None}
    assert ann.page.evaluate("() => navigator.mediaSession.metadata") is None
