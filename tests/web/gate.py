"""A whole gate in the test's own loop: real HTTP, real WebSockets, a real SQLite file.

Only what lies outside the gate is fake: clock, code sender, media engine and analysis.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from types import TracebackType
from typing import Self

import aiosqlite
from aiohttp import web
from yarl import URL

from server.config import Settings
from server.domain.contact import number_hash
from server.domain.ids import MemberId
from server.domain.member import Member, Membership
from server.domain.origin import relying_party_of
from server.ports import MediaEngine
from server.service.code_budget import CodeRules
from server.service.house import Outside, build
from server.service.invites import InviteRules
from server.service.sessions import token_hash
from server.store.sql import SqlStore
from server.web.app import make_app
from tests.fakes.captions import FakeCaptionFeed
from tests.fakes.clock import FakeClock
from tests.fakes.mail import FakeMailSender
from tests.fakes.media import FakeMediaEngine
from tests.fakes.push import FakePushSender
from tests.fakes.sender import FakeCodeSender
from tests.web.page import Page, e164_of

PEPPER = b"p" * 32
TURN_SECRET = b"a secret of the TURN server"
BUSY_TIMEOUT_MS = 1_500
"""Short, for the tests that lock the database; longer than one slow fsync of a busy machine."""
EVERY_S = 0.1
DATABASE = "masil.sqlite3"


def database_url(directory: Path) -> str:
    """The URL of the database in a directory."""
    return f"sqlite+aiosqlite:///{directory / DATABASE}"


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that the gate does and tells nobody."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  polls with a deadline
            await asyncio.sleep(0.01)


@dataclass
class Gate:
    """One running gate and what surrounds it."""

    directory: Path
    public_url: str = ""
    clock: FakeClock = field(default_factory=FakeClock)
    sender: FakeCodeSender = field(default_factory=FakeCodeSender)
    mail: FakeMailSender = field(default_factory=FakeMailSender)
    pages: list[Page] = field(default_factory=list)
    turn_urls: list[str] = field(default_factory=list)
    answer_step_s: float = 0.0
    busy_timeout_ms: int = BUSY_TIMEOUT_MS
    push: FakePushSender = field(default_factory=FakePushSender)
    code_rules: CodeRules = field(default_factory=CodeRules)
    trusted_proxies: list[str] = field(default_factory=list)
    engine: MediaEngine | None = None
    """A real media engine in place of the fake one."""

    async def __aenter__(self) -> Self:
        _write_client(self.directory)
        await self._start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for page in self.pages:
            await page.close()
        await self._stack.aclose()

    async def restart(self) -> None:
        """Stop and start anew at the same address, on the same database."""
        await self._stack.aclose()
        await self._start(self.port)

    @contextlib.asynccontextmanager
    async def locked_database(self) -> AsyncIterator[None]:
        """Another process holds the write lock meanwhile."""
        async with aiosqlite.connect(self.directory / DATABASE, isolation_level=None) as other:
            await other.execute("BEGIN IMMEDIATE")
            yield
            await other.execute("ROLLBACK")

    def page(self) -> Page:
        """A browser page of somebody, not signed in yet."""
        page = Page(self.base, self.origin, self.sender)
        self.pages.append(page)
        return page

    async def founder(self) -> Page:
        """The first member, connected."""
        return await self._resident(0, "Founder", is_admin=True)

    async def member(self, index: int) -> Page:
        """One more member, connected; how people become members is tested elsewhere."""
        return await self._resident(index, f"Member {index}")

    async def device(self, page: Page) -> Page:
        """One more device of somebody, connected."""
        other = self.page()
        other.http.cookie_jar.update_cookies(page.http.cookie_jar.filter_cookies(self.url))
        await other.connect()
        return other

    async def resident(self, index: int) -> MemberId:
        """One more member, who is not here now."""
        return (await self._save_resident(index, f"Member {index}")).member_id

    async def _save_resident(self, index: int, name: str, *, is_admin: bool = False) -> Member:
        digest = number_hash(PEPPER, e164_of(index))
        member = Member(
            MemberId(f"member-{index}"),
            digest,
            name,
            Membership.MEMBER,
            is_admin,
            self.clock.now_ms(),
        )
        await self.store.save_member(member)
        return member

    async def _resident(self, index: int, name: str, *, is_admin: bool = False) -> Page:
        page, token = self.page(), f"token of {index}".replace(" ", "-")
        now_ms = self.clock.now_ms()
        async with self.store.transaction():
            member = await self._save_resident(index, name, is_admin=is_admin)
            await self.store.save_session(token_hash(token), member.member_id, now_ms)
        page.http.cookie_jar.update_cookies({"masil": token}, self.url)
        await page.connect()
        return page

    async def _start(self, port: int = 0) -> None:
        listener = socket.create_server(("127.0.0.1", port))
        self.port = int(listener.getsockname()[1])
        self.base = f"http://127.0.0.1:{self.port}"
        self.url = URL(self.base)
        self.origin = self.public_url or f"http://localhost:{self.port}"
        self.media = FakeMediaEngine()
        engine = self.engine or self.media
        self.feed = FakeCaptionFeed()
        settings = Settings(
            state_dir=self.directory,
            public_url=self.origin,
            client_dir=self.directory / "client",
            trusted_proxies=[ip_network(each) for each in self.trusted_proxies],
        )
        async with AsyncExitStack() as stack:
            stack.callback(listener.close)
            self.store = SqlStore(
                database_url(self.directory), busy_timeout_ms=self.busy_timeout_ms
            )
            await self.store.open()
            stack.push_async_callback(self.store.close)
            self.house = build(
                Outside(
                    self.store,
                    self.clock,
                    self.sender,
                    engine,
                    self.feed,
                    PEPPER,
                    self.turn_urls,
                    TURN_SECRET,
                    self.mail,
                    InviteRules(public_url=self.origin),
                    passkeys_for=relying_party_of(self.origin),
                    answer_step_s=self.answer_step_s,
                    push_sender=self.push,
                    code_rules=self.code_rules,
                    every_s=EVERY_S,
                )
            )
            app = make_app(settings, self.house)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.SockSite(runner, listener).start()
            self._stack = stack.pop_all()


def _write_client(directory: Path) -> None:
    assets = directory / "client" / "assets"
    assets.mkdir(parents=True)
    (directory / "client" / "index.html").write_text("<!doctype html><title>Masil</title>")
    (directory / "client" / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (directory / "client" / "sw.js").write_text("self.addEventListener('push', () => {});")
    (directory / "client" / "manifest.webmanifest").write_text("{}")
    (assets / "index-abc123.js").write_text("export {};")
    (directory / "secret.txt").write_text("not for browsers")
