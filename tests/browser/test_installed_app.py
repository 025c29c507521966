"""The installed app: opens offline, takes what is shared, tells of new versions, asks no others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Playwright, Request, expect

from tests.browser import flows
from tests.browser.house import House
from tests.browser.person import Person, person

ANN, TITLE = "010-2345-6789", "Soup for all"
WORKS = (
    "() => navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
)
CACHED = """async () => {
  const names = await caches.keys();
  const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return kept.flat().map((request) => new URL(request.url).pathname);
}"""
VERSIONS = "() => caches.keys()"


@pytest.fixture(scope="module")
def ann(playwright: Playwright, house: House) -> Iterator[Person]:
    """A member whose browser has the app at hand."""
    with person(playwright, house.url) as ann:
        flows.come_as_founder(house, ann.page, ANN, "Ann")
        ann.page.wait_for_function(WORKS)
        yield ann


@contextmanager
def no_network(ann: Person) -> Iterator[None]:
    ann.context.set_offline(True)
    try:
        yield
    finally:
        ann.context.set_offline(False)


def newer_build(house: House) -> None:
    """What an operator's update does to the built files: another entry, another worker."""
    client = house.state_dir / "client"
    worker = client / "sw.js"
    text = worker.read_text("utf-8")
    version = re.search(r"version:.([0-9a-f]{12})", text)
    assert version
    newer = format(int(version.group(1), 16) ^ 1, "012x")
    worker.write_text(text.replace(version.group(1), newer), "utf-8")


def look_again(page: Page) -> None:
    """As a page does when it is looked at again; ends when the new version waits."""
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_function(
        "async () => (await navigator.serviceWorker.getRegistration()).waiting !== null"
    )


def test_the_app_opens_offline_and_says_so_in_words(ann: Person) -> None:
    with no_network(ann):
        for address in ("/", "/room/abc"):
            ann.page.goto(address)
            expect(ann.page.get_by_text("This device is offline.")).to_be_visible()
    expect(ann.page.get_by_text("This device is offline.")).to_have_count(0, timeout=10_000)
    ann.page.goto("/")
    expect(ann.page.get_by_role("heading", name="Lights on now")).to_be_visible()
    offline = "ERR_INTERNET_DISCONNECTED"
    ann.errors[:] = [each for each in ann.errors if offline not in each]


def test_a_rare_page_opens_offline_though_it_was_never_opened_before(ann: Person) -> None:
    ann.page.goto("/")
    expect(ann.page.get_by_role("heading", name="Lights on now")).to_be_visible()
    with no_network(ann):
        ann.page.get_by_role("button", name="You, Ann").click()
        expect(ann.page.get_by_role("heading", name="You", exact=True)).to_be_visible()
    ann.errors.clear()


def test_only_built_files_are_kept_and_nothing_of_the_api(ann: Person, house: House) -> None:
    ann.page.goto("/")
    ann.page.wait_for_function(WORKS)
    kept: list[str] = ann.page.evaluate(CACHED)
    built = Path(house.state_dir / "client")
    assert "/" in kept
    assert len(kept) > 10
    for path in kept:
        assert path == "/" or (built / path.lstrip("/")).is_file(), path
    assert "/sw.js" not in kept


def test_what_is_shared_becomes_the_title_of_a_room_and_never_reaches_the_server(
    ann: Person,
) -> None:
    asked: list[str] = []
    ann.context.on("request", lambda each: asked.append(each.url) if each.service_worker else None)
    ann.page.goto("/")
    ann.page.wait_for_function(WORKS)
    assert asked  # what the worker asks the network is seen here
    arrived = ann.page.goto("/share?title=&text=" + TITLE.replace(" ", "%20"))
    assert arrived is not None
    assert arrived.from_service_worker
    assert not any("share" in each for each in asked)
    dialog = ann.page.get_by_role("dialog")
    expect(dialog.get_by_label("What is it about?")).to_have_value(TITLE)
    assert urlsplit(ann.page.url).path == "/"
    dialog.get_by_role("button", name="Open it").click()
    expect(ann.page.get_by_role("heading", name=TITLE)).to_be_visible()
    flows.end_room(ann.page)
    expect(dialog).to_have_count(0)  # it is asked once


def test_a_new_version_is_told_in_the_hallway_and_never_reloads_a_room(
    ann: Person, house: House
) -> None:
    page = ann.page
    page.goto("/")
    flows.open_room(page, "While you talk")
    page.evaluate("() => { window.sameDocument = true; }")
    old = page.evaluate(VERSIONS)
    newer_build(house)
    look_again(page)
    expect(page.get_by_test_id("update")).to_have_count(0)
    flows.end_room(page)
    note = page.get_by_test_id("update")
    expect(note).to_contain_text("A new version of Masil is there.")
    assert page.evaluate("() => window.sameDocument") is True
    note.get_by_role("button", name="Reload").click()
    page.wait_for_function("() => window.sameDocument === undefined")
    expect(page.get_by_role("heading", name="Lights on now")).to_be_visible()
    expect(note).to_have_count(0)
    kept = page.evaluate(VERSIONS)
    assert kept[:-1] == old  # for a tab that still runs it; none older
    assert kept[-1] not in old


def test_a_second_tab_goes_on_with_its_version_and_reloads_into_the_new_one_when_asked(
    ann: Person, house: House
) -> None:
    one, other = ann.page, ann.context.new_page()
    for page in (one, other):
        page.goto("/")
        page.wait_for_function(WORKS)
        page.evaluate("() => { window.sameDocument = true; }")
    newer_build(house)
    look_again(one)
    for page in (one, other):
        expect(page.get_by_test_id("update")).to_contain_text("A new version of Masil is there.")
    one.get_by_test_id("update").get_by_role("button", name="Reload").click()
    one.wait_for_function("() => window.sameDocument === undefined")
    other.get_by_role("button", name="Contacts").click()  # a part that it has not opened yet
    expect(other.get_by_label("Type numbers")).to_be_visible()
    assert other.evaluate("() => window.sameDocument") is True
    other.get_by_test_id("update").get_by_role("button", name="Reload").click()
    other.wait_for_function("() => window.sameDocument === undefined")
    expect(other.get_by_label("Type numbers")).to_be_visible()
    other.close()


def test_a_whole_session_asks_nobody_but_the_house(
    playwright: Playwright, house: House, ann: Person
) -> None:
    with person(playwright, house.url) as bea:
        asked: set[str] = set()

        def note(request: Request) -> None:
            address = urlsplit(request.url)
            asked.add(f"{address.scheme}://{address.netloc}")

        bea.context.on("request", note)
        bea.page.on("websocket", lambda socket: asked.add(socket.url.rsplit("/", 1)[0]))
        flows.sign_in_again(house, bea.page, ANN)
        for route in ("contacts", "you", "admin", "invitations", "devices", "data", "profile"):
            bea.page.goto(f"/#{route}")
        bea.page.goto("/")
        flows.open_room(bea.page, "Just us")
        flows.end_room(bea.page)
        house_only = {house.url, house.url.replace("http", "ws", 1)}
        assert asked == house_only
        refused = [each for each in bea.errors if "Content Security Policy" in each]
        assert refused == []


def test_the_manifest_names_pictures_and_addresses_that_are_there(
    ann: Person, house: House
) -> None:
    manifest = json.loads(ann.page.request.get("/manifest.webmanifest").text())
    wanted = {"id", "name", "short_name", "start_url", "scope", "display", "icons", "shortcuts"}
    assert wanted <= manifest.keys()
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        answer = ann.page.request.get(icon["src"])
        assert answer.ok
        assert answer.headers["content-type"] == icon["type"]
        if icon["type"] == "image/png":
            width = int.from_bytes(answer.body()[16:20], "big")
            assert icon["sizes"] == f"{width}x{width}"
    target = manifest["share_target"]
    for address in (manifest["start_url"], target["action"], manifest["shortcuts"][0]["url"]):
        assert ann.page.request.get(address).ok
