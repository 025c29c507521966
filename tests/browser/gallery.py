"""Every view and every dialog, in a house that is lived in: for the eye, for axe, at every size.

Routes are read from the client's own table and dialogs are found by what opens them, so that a new
one is covered when it is there.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, Playwright, expect

from server.domain.ids import MemberId, NumberHash, ReportId, RoomId
from server.domain.member import Member, Membership
from server.domain.receipt import Receipt
from server.domain.report import Reason, Report
from server.store.sql import SqlStore
from tests.browser import flows
from tests.browser.house import ROOT, House
from tests.browser.person import Person, another, person

ROUTES = ROOT / "client" / "src" / "route.ts"
NAMES = ("민서", "Jin", "하늘", "Alexandra Thistlewood", "박서연", "Omar", "지우", "Yuki")
HOST, GUEST, SPEAKER, LISTENER, INVITED = (MemberId(f"id-{n}") for n in (0, 1, 2, 4, 7))
NEIGHBOURS = {MemberId("id-3"): "Quantum, explained to my dad"}
"""Who else has a light on, and about what."""
NEWCOMER = "010-2345-6783"
TITLE = "항만 터널, 정말 필요할까? Do we need it?"
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
Go = Callable[[str], None]


@dataclass(frozen=True)
class Stop:
    """One view: the page that shows it, and how to come there from anywhere, in a language."""

    name: str
    page: Page
    go: Go
    dialogs: bool = True
    """Whether it has dialogs that no other view has."""


def own_routes() -> list[str]:
    """The fragments that the client's table of addresses names."""
    return sorted(set(re.findall(r'case "#([\w/]+)":', ROUTES.read_text("utf-8"))))


def token_of(member_id: MemberId) -> str:
    return f"token-of-{member_id}"


async def _seed(database: Path) -> None:
    store = SqlStore(f"sqlite+aiosqlite:///{database}")
    await store.open()
    now_ms = time.time_ns() // 1_000_000
    for n, name in enumerate(NAMES):
        membership = Membership.BANNED if n == 5 else Membership.MEMBER
        since_ms = now_ms - n * 3 * DAY_MS
        number = NumberHash(bytes([n]) * 32)
        member = Member(MemberId(f"id-{n}"), number, name, membership, n == 0, since_ms)
        await store.save_member(member)
    for member_id in (HOST, GUEST, SPEAKER, LISTENER, INVITED, *NEIGHBOURS):
        token_hash = hashlib.sha256(token_of(member_id).encode()).digest()
        await store.save_session(token_hash, member_id, now_ms)
    said = "계속 말을 끊었어요. He kept shouting at everybody and would not stop when asked."
    for n, text in enumerate((said, "")):
        about = MemberId(f"id-{6 + n}")
        await store.save_report(
            Report(ReportId(f"r{n}"), GUEST, about, Reason.HARASSMENT, text, None, now_ms)
        )
    # Two evenings on which the host let the scribe hear him, one of them in no pinned language.
    receipts: list[Receipt] = []
    for n, language in enumerate(("ko", None)):
        from_ms = now_ms - (n + 2) * DAY_MS
        to_ms = from_ms + (n + 1) * HOUR_MS
        receipt = Receipt(f"c{n}", HOST, RoomId(f"r{n}"), 1, language, from_ms, to_ms, to_ms)
        receipts.append(receipt)
    await store.save_receipts(receipts)
    await store.close()


def lived_in_house(state_dir: Path, whisper_model: str = "tiny") -> House:
    """A house with members, reports and some sessions, before anybody opened its page."""
    (state_dir / "db").mkdir()
    # Playwright has a loop of its own in this thread.
    with ThreadPoolExecutor(1) as other_thread:
        other_thread.submit(asyncio.run, _seed(state_dir / "db" / "masil.sqlite3")).result(30)
    return House(state_dir, whisper_model)


class Gallery:
    """A page of everybody who sees something of his own: all that there is to see."""

    def __init__(self, house: House, people: dict[str, Person], *, spoken: bool = False) -> None:
        """`spoken`: the guest and the speaker say something, and a model turns it into text."""
        self._people = people
        self._house = house
        self._spoken = spoken
        self.room_id = ""

    def set_up(self) -> None:
        """Somebody waits at the door; a room has a stage, a raised hand, lines and captions on.

        One who listens there is asked to the stage, and does not answer.
        """
        host, guest = self._people["host"].page, self._people["guest"].page
        host.goto("/")
        flows.add_contact(host, f"하늘이 {NEWCOMER}")
        flows.knock(self._house, self._people["newcomer"].page, NEWCOMER, "하늘")
        flows.plan_room(host, "일요일 국물 Soup on Sunday", in_days=2)
        guest.goto("/")
        flows.open_room(guest, TITLE)
        self.room_id = guest.url.rsplit("/", 1)[1]
        guest.get_by_role("button", name="Turn captions on").click()
        listener = self._people["listener"].page
        listener.goto("/")
        flows.enter_room(listener, TITLE)
        listener.get_by_role("button", name="Raise hand").click()
        self._take_the_stage(self._people["speaker"].page, guest)
        _write(guest, "The minutes of the council are at https://masil.example/minutes")
        _write(listener, "고마워요. 이따 읽어 볼게요.")
        for neighbour, title in NEIGHBOURS.items():
            self._people[neighbour].page.goto("/")
            flows.open_room(self._people[neighbour].page, title)
        self._ask_up(self._people["invited"].page, guest)

    @staticmethod
    def _ask_up(invited: Page, guest: Page) -> None:
        invited.goto("/")
        flows.enter_room(invited, TITLE)
        guest.get_by_role("button", name=f"Actions for {NAMES[7]}").click()
        guest.get_by_role("dialog").get_by_role("button", name="Invite to the stage").click()
        expect(invited.get_by_role("dialog", name="You are asked to the stage")).to_be_visible()

    def _take_the_stage(self, speaker: Page, guest: Page) -> None:
        speaker.goto("/")
        flows.enter_room(speaker, TITLE)
        flows.go_on_stage(guest, speaker, NAMES[2])
        if not self._spoken:
            return
        for page in (guest, speaker):
            flows.unmute(page)
            page.get_by_role("button", name="Turn on my captions").click()
        expect(guest.get_by_test_id("topics").locator("li").nth(2)).to_be_visible(timeout=90_000)

    def stops(self) -> Iterator[Stop]:
        """In the order of a newcomer's way."""
        page = {name: each.page for name, each in self._people.items()}
        yield self._stop("sign-in", page["stranger"], "/", "main form")
        yield self._stop("waiting", page["newcomer"], "/", "main h1")
        yield self._stop("hallway", page["host"], "/", "main h2")
        for route in own_routes():
            yield self._stop(
                route.replace("/", "-"), page["host"], f"/#{route}", "main h1, .top h1"
            )
        yield self._stop("person", page["host"], "/#person/id-3", ".top h1")
        yield self._stop("room-not-found", page["host"], "/room/nowhere", "main h1")
        yield self._stop(
            "room-host", page["guest"], f"/room/{self.room_id}", "[data-testid=own-bar]"
        )
        yield self._stop(
            "room-chat", page["guest"], f"/room/{self.room_id}", "[data-testid=own-bar]", _open_chat
        )
        yield self._stop(
            "room-listener", page["listener"], f"/room/{self.room_id}", "[data-testid=own-bar]"
        )
        yield self._stop(
            "room-invitation", page["invited"], f"/room/{self.room_id}", "dialog[open] button"
        )

    @staticmethod
    def _not_now(page: Page) -> None:
        toast = page.get_by_test_id("knock-toast")
        toast.locator(".icon-button").click()
        expect(toast).to_have_count(0)

    def _stop(
        self,
        name: str,
        page: Page,
        address: str,
        shown: str,
        then: Callable[[Page], None] | None = None,
    ) -> Stop:
        def go(locale: str) -> None:
            # Through another page: an address that differs in its fragment alone loads nothing.
            page.goto("/healthz")
            page.evaluate("(locale) => localStorage.setItem('masil.locale', locale)", locale)
            page.goto(address)
            page.locator(shown).first.wait_for()
            page.locator("main[aria-busy=true], .later").first.wait_for(state="detached")
            if page == self._people["host"].page and address.startswith("/#") and name != "you":
                self._not_now(page)  # one view with somebody knocking over it is enough
            if self._spoken and "/room/" in address and name != "room-not-found":
                _hear_something(page)
            if then:
                then(page)

        return Stop(name, page, go, dialogs=then is None)


def _write(page: Page, text: str) -> None:
    page.get_by_role("tab", name="Chat").click()
    field = page.get_by_role("textbox", name="Write")
    field.fill(text)
    field.press("Enter")
    expect(field).to_have_value("")
    page.get_by_role("tab", name="Captions").click()


def _open_chat(page: Page) -> None:
    """A tab where the window is wide, a sheet where it is not."""
    page.locator(".word-tab").nth(1).or_(page.locator(".chat-button")).first.click()
    expect(page.get_by_test_id("line").first).to_be_visible()


def _hear_something(page: Page) -> None:
    """Captions are shown to who was there: some lines are said again after a page came back."""
    silent = page.locator(".own .microphone.off")
    page.get_by_test_id("connection").and_(page.locator("[data-state=connected]")).wait_for()
    if silent.count():
        silent.click()
    expect(page.get_by_test_id("caption").nth(3)).to_be_visible(timeout=60_000)


def _kind_of(opener: Locator) -> str:
    """The same for all people; what is there for oneself differs."""
    if opener.locator("xpath=ancestor::*[contains(@class, 'topics')]").count() > 0:
        return "Topic"
    if opener.get_attribute("data-testid") == "segment":
        return "Segment"
    if "person-button" not in (opener.get_attribute("class") or ""):
        return opener.inner_text() or opener.get_attribute("aria-label") or ""
    own = opener.locator("xpath=ancestor::li[1]").locator(".mine").count() > 0
    return "Own profile" if own else "Person"


def dialogs_of(page: Page) -> Iterator[tuple[str, Locator]]:
    """Every kind of dialog that the view can open, opened; Escape closes it before the next."""
    if page.locator("dialog[open]").count() > 0:
        return  # it opened by itself and is the view; nothing behind it can be reached
    seen: set[str] = set()
    openers = page.locator("main, header, .bar").locator("[aria-haspopup=dialog]")
    for n in range(openers.count()):
        opener = openers.nth(n)
        if not opener.is_visible():
            continue
        kind = _kind_of(opener)
        if kind in seen:
            continue  # the same question about somebody else
        seen.add(kind)
        opener.press("Enter")
        dialog = page.locator("dialog[open]")
        expect(dialog).to_be_visible()
        dialog.locator(".later, [data-testid=looking]").first.wait_for(state="detached")
        yield kind, dialog
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(opener).to_be_focused()


@contextmanager
def gallery(
    playwright: Playwright, house: House, microphones: Mapping[str, Path] | None = None
) -> Iterator[Gallery]:
    """All of it, ready; with microphones (of "guest" and "speaker") and a model, people talk."""
    house.wait_for("gate ready")
    with ExitStack() as stack:
        host = stack.enter_context(person(playwright, house.url))
        people = {"host": host}
        for name in (
            *("guest", "speaker", "listener", "invited", "newcomer", "stranger"),
            *NEIGHBOURS,
        ):
            microphone = (microphones or {}).get(name)
            people[name] = stack.enter_context(
                person(playwright, house.url, microphone)
                if microphone
                else another(host.browser, house.url)
            )
        members = {"host": HOST, "guest": GUEST, "speaker": SPEAKER}
        members |= {"listener": LISTENER, "invited": INVITED}
        for name, member_id in (members | {each: each for each in NEIGHBOURS}).items():
            cookie = {"name": "masil", "value": token_of(member_id), "url": house.url}
            people[name].context.add_cookies([cookie])  # type: ignore[list-item]
        shown = Gallery(house, people, spoken=microphones is not None)
        shown.set_up()
        yield shown
