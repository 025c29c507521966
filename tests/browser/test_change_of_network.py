"""A device that changes its network is heard and hears again at once, and never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import Playwright, expect

from tests.browser import flows
from tests.browser.audio import RATE_HZ, Heard, write_wav
from tests.browser.house import House
from tests.browser.person import Person, chromium_path, person
from tests.browser.tones import (
    STEP_MS,
    doubled_ms,
    heard_again_after_ms,
    longest_silence_ms,
    pitch_times_ms,
    staircase,
)
from tests.networks import HOUSE_ADDRESS, Networks, networks

FOUNDER_NUMBER = "010-2345-6789"
NEWCOMER_NUMBER = "010-9876-5432"
BACK_MS = 2_000
SEAMLESS_MS = 400
"""Where the old connection still works; what is left is the machine's own noise."""
STRETCHED_MS = 160
"""The player may draw a tone out for so long while it waits for the next one."""
DOUBLED_MS = 100
"""Of what the player makes up while it waits; a second voice would last far longer."""
RECORDED_MS = 6_000
STUTTER_MS = 150
"""After seconds of silence a player may run dry once more on a busy machine; voices are back."""
AFTER_LONG_MS = 3_500
"""After five seconds of silence: a recording holds no more than one round of the tones."""


@pytest.fixture(scope="module")
def roads() -> Iterator[Networks]:
    """Networks for a device that stays and one that moves."""
    with networks() as made:
        yield made


@pytest.fixture(scope="module")
def house(roads: Networks, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that both devices reach."""
    house = House(
        tmp_path_factory.mktemp("house"),
        "tiny",
        inside=roads.in_house(),
        address=HOUSE_ADDRESS,
        MASIL_MEDIA_HOST=HOUSE_ADDRESS,
    )
    try:
        yield house
    finally:
        house.close()


@pytest.fixture(scope="module")
def people(
    playwright: Playwright,
    house: House,
    roads: Networks,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Person, Person]]:
    """Ann, who stays, and Bea, who moves; both are on stage with their microphones on."""
    directory = tmp_path_factory.mktemp("people")
    microphone = write_wav(directory / "staircase.wav", staircase())
    program = chromium_path()
    assert program
    staying = roads.chromium(directory, program, roads.staying)
    moving = roads.chromium(directory, program, roads.moving)
    with (
        person(playwright, house.url, microphone, chromium=staying) as ann,
        person(playwright, house.url, microphone, chromium=moving) as bea,
    ):
        flows.come_as_founder(house, ann.page, FOUNDER_NUMBER, "Ann")
        flows.knock(house, bea.page, NEWCOMER_NUMBER, "Bea")
        flows.add_contact(ann.page, NEWCOMER_NUMBER)
        flows.let_in(ann.page, bea.page, "Bea")
        flows.open_room(ann.page, "On the way")
        flows.enter_room(bea.page, "On the way")
        flows.go_on_stage(ann.page, bea.page, "Bea")
        flows.unmute(ann.page)
        flows.unmute(bea.page)
        ann.hears_voices()
        bea.hears_voices()
        yield ann, bea


def is_of_the_network(error: str) -> bool:
    """What Chromium itself writes while there is no network: no fault of the page."""
    return "WebSocket connection" in error or "net::ERR_" in error


def record(
    people: tuple[Person, Person], event: Callable[[], None], after_ms: int = RECORDED_MS
) -> tuple[float, list[Heard]]:
    """When the event was over, and what both people heard from before it until `after_ms`."""
    for each in people:
        each.tap_loudspeakers("around")
    people[0].page.wait_for_timeout(1_000)
    event()
    happened_ms = float(people[0].page.evaluate("() => Date.now()"))
    people[0].page.wait_for_timeout(after_ms)
    heard = [each.stop_tap("around") for each in people]
    for each in people:
        flows.hears(each.page)
        each.hears_voices()
        assert [error for error in each.errors if not is_of_the_network(error)] == []
    return happened_ms, heard


def assert_heard_once(heard: Heard) -> None:
    """No pitch came back later, and no two voices lay upon each other."""
    assert max(pitch_times_ms(heard)) <= STEP_MS + STRETCHED_MS
    assert doubled_ms(heard) <= DOUBLED_MS


def test_a_second_voice_or_a_late_one_would_be_noticed() -> None:
    sound = staircase()[: RATE_HZ * 5]
    assert_heard_once(Heard(0.0, sound))
    for late_ms in (30, 250):
        echo = np.pad(sound, (RATE_HZ * late_ms // 1000, 0))[: len(sound)]
        echo[: RATE_HZ * 4] = 0
        with pytest.raises(AssertionError):
            assert_heard_once(Heard(0.0, sound + echo))


def test_a_change_that_no_event_tells_is_noticed_and_repaired(
    people: tuple[Person, Person], roads: Networks
) -> None:
    """One address goes and another one comes within a millisecond: the browser says nothing."""
    for _ in range(2):
        changed_ms, heard = record(people, roads.change)
        back_ms = [heard_again_after_ms(each, changed_ms) for each in heard]
        print(
            "heard again, by those who stayed and who moved:", *(f"{ms:.0f} ms" for ms in back_ms)
        )
        assert max(back_ms) < BACK_MS
        for each in heard:
            assert_heard_once(each)


def test_after_a_while_without_any_network_voices_are_back_with_the_next_one(
    people: tuple[Person, Person], roads: Networks
) -> None:
    def change() -> None:
        roads.leave()
        people[0].page.wait_for_timeout(1_500)
        roads.enter()

    entered_ms, heard = record(people, change)
    back_ms = [heard_again_after_ms(each, entered_ms) for each in heard]
    print("heard again, by those who stayed and who moved:", *(f"{ms:.0f} ms" for ms in back_ms))
    assert max(back_ms) < BACK_MS
    for each in heard:
        assert_heard_once(each)


def assert_same_hand(people: tuple[Person, Person]) -> None:
    """Bea is still on stage with her microphone on, and nobody was told that she came down."""
    for each in people:
        seats = each.page.get_by_test_id("stage").get_by_test_id("seat")
        expect(seats.filter(has_text="Bea")).not_to_contain_text("muted")
    expect(people[1].page.get_by_role("button", name="Turn microphone off")).to_be_visible()


def test_after_a_cut_of_five_seconds_that_no_event_tells_voices_are_back_within_two(
    people: tuple[Person, Person], roads: Networks
) -> None:
    """The page finds out by itself, says whose fault it may be, and keeps the seat."""

    def cut() -> None:
        roads.cut()
        try:
            banner = people[1].page.get_by_test_id("connection-banner")
            expect(banner).to_contain_text("Nothing comes through from the server", timeout=3_000)
            people[0].page.wait_for_timeout(5_000 - 1_000)
        finally:
            roads.mend()

    mended_ms, heard = record(people, cut, AFTER_LONG_MS)
    back_ms = [heard_again_after_ms(each, mended_ms, STUTTER_MS) for each in heard]
    print("heard again, by those who stayed and who moved:", *(f"{ms:.0f} ms" for ms in back_ms))
    assert max(back_ms) < BACK_MS
    for each in heard:
        assert_heard_once(each)
    assert_same_hand(people)


def test_a_page_that_slept_while_the_network_changed_is_back_within_two_seconds(
    people: tuple[Person, Person], roads: Networks
) -> None:
    """Frozen as a telephone freezes it: none of its own timers and handlers run meanwhile."""
    frozen = people[1].context.new_cdp_session(people[1].page)

    def sleep() -> None:
        frozen.send("Page.setWebLifecycleState", {"state": "frozen"})
        roads.leave()
        people[0].page.wait_for_timeout(5_000)
        roads.enter()
        frozen.send("Page.setWebLifecycleState", {"state": "active"})

    woke_ms, heard = record(people, sleep, AFTER_LONG_MS)
    back_ms = [heard_again_after_ms(each, woke_ms, STUTTER_MS) for each in heard]
    print("heard again, by those who stayed and who slept:", *(f"{ms:.0f} ms" for ms in back_ms))
    assert max(back_ms) < BACK_MS
    for each in heard:
        assert_heard_once(each)
    assert_same_hand(people)


def test_a_renewal_while_the_old_connection_works_is_hardly_heard(
    people: tuple[Person, Person],
) -> None:
    """The page loses the gate only; voices go on until the new connection takes them over."""
    _, bea = people
    connections = len(bea.page.evaluate("() => masilTest.seen.connections.map((c) => 0)"))

    def lose_the_gate() -> None:
        bea.context.set_offline(True)
        bea.page.wait_for_timeout(200)
        bea.context.set_offline(False)

    _, heard = record(people, lose_the_gate)
    states = bea.page.evaluate("() => masilTest.seen.connections.map((c) => c.connectionState)")
    assert len(states) > connections
    assert states[-1] == "connected"
    assert set(states[:-1]) == {"closed"}
    print("silent:", *(f"{longest_silence_ms(each):.0f} ms" for each in heard))
    for each in heard:
        assert longest_silence_ms(each) < SEAMLESS_MS
        assert_heard_once(each)
