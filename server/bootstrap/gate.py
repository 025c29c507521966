"""The gate, put together: owns its start and its end. Decides nothing about people or rooms."""

from __future__ import annotations

import asyncio
import errno
import signal
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import structlog
import typer
from aiohttp import web

from server.bootstrap.senders import code_sender, mail_sender, push_sender
from server.captions.link import AnalysisLink
from server.clock import SystemClock
from server.config import Settings
from server.domain.contact import DAY_MS
from server.domain.errors import StoreUnavailableError
from server.domain.origin import relying_party_of
from server.media.pool import MediaPool
from server.ports import Store
from server.service.code_budget import CodeRules
from server.service.house import Outside, build
from server.service.hub import Hub
from server.service.invites import InviteRules
from server.service.people import People, Senders
from server.service.sessions import NobodyInside, Sessions
from server.start import (
    StartError,
    load_pepper,
    load_turn_secret,
    require_client,
)
from server.store.sql import SqlStore
from server.web.app import make_app
from server.web.operator import operator_socket

SHUTDOWN_TIMEOUT_S = 3.0
_NO_SUCH_ADDRESS = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
_log = structlog.get_logger(__name__)


async def run_gate(settings: Settings) -> None:
    """Serve pages and decide until SIGTERM or SIGINT.

    Raises:
        StartError: the client is not built, or the database or the port cannot be opened.
    """
    require_client(settings)
    tls = _tls(settings)
    turn_secret, mail = load_turn_secret(settings), mail_sender(settings)
    clock = SystemClock()
    sender = code_sender(settings, clock.now_ms)
    pushes = push_sender(settings, clock.now_ms)
    stop = _stop_signal()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(sender.close)
        stack.push_async_callback(pushes.close)
        store = await stack.enter_async_context(open_store(settings))
        workers = settings.resolved_media_workers()
        sockets = [settings.media_socket(index) for index in range(workers)]
        media = MediaPool(sockets, settings.media_room_seats)
        stack.push_async_callback(media.close)
        analysis = AnalysisLink(
            settings.resolved_analysis_url(),
            settings.analysis_token,
            settings.state_dir,
            fetch_models=settings.resolved_analysis_url().startswith("unix:"),
        )
        stack.push_async_callback(analysis.close)
        house = build(
            Outside(
                store,
                clock,
                sender,
                media,
                analysis,
                load_pepper(settings),
                settings.turn_urls,
                turn_secret,
                mail,
                invite_rules(settings),
                settings.contact_days * DAY_MS,
                passkeys_for=relying_party_of(settings.resolved_public_url()),
                push_sender=pushes,
                code_rules=CodeRules(
                    settings.codes_a_day, settings.default_region, settings.public_host()
                ),
            )
        )
        runner = web.AppRunner(
            make_app(settings, house),
            access_log=None,
            shutdown_timeout=SHUTDOWN_TIMEOUT_S,
        )
        stack.push_async_callback(runner.cleanup)
        await media.start()
        await analysis.start()
        with _database_needed():
            await runner.setup()
            await stack.enter_async_context(
                operator_socket(settings.operator_socket(), house.administration)
            )
            await _listen(runner, settings, tls)
            await _announce(settings, house.people)
        await stop.wait()
        _log.info("gate stops")


def invite_rules(settings: Settings) -> InviteRules:
    """What the settings say of invitations."""
    return InviteRules(
        settings.invites_per_member,
        settings.invite_days * DAY_MS,
        settings.resolved_public_url(),
    )


async def print_founder_link(settings: Settings) -> None:
    """Print a new founder's link; older ones are void from now on.

    Raises:
        StartError: the house has members already, or the database cannot be opened.
    """
    async with open_store(settings) as store:
        clock, hub = SystemClock(), Hub()
        sender = code_sender(settings, clock.now_ms)
        sessions = Sessions(store, clock, hub, NobodyInside())
        people = People(store, clock, Senders(sender), hub, load_pepper(settings), sessions)
        with _database_needed():
            link = await _founder_link(settings, people)
    if link is None:
        raise StartError("This house has members already; one of them has to let you in.")
    typer.echo(link)


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Store]:
    """The database of these settings, brought up to date.

    Raises:
        StartError: it cannot be opened.
    """
    store = SqlStore(settings.resolved_database_url())
    try:
        with _database_needed():
            await store.open()
        yield store
    finally:
        await store.close()


@contextmanager
def _database_needed() -> Iterator[None]:
    try:
        yield
    except StoreUnavailableError as error:
        raise StartError(f"The database cannot be opened: {error}.") from error


async def _listen(runner: web.AppRunner, settings: Settings, tls: ssl.SSLContext | None) -> None:
    # Browsers try both addresses of localhost, and a machine may lack the second one.
    local = settings.http_host == "localhost"
    hosts = ["127.0.0.1", "::1"] if local else [settings.http_host]
    for host in hosts:
        try:
            await web.TCPSite(runner, host, settings.http_port, ssl_context=tls).start()
        except OSError as error:
            if runner.sites and error.errno in _NO_SUCH_ADDRESS:
                continue
            reason = "it is taken" if error.errno == errno.EADDRINUSE else error.strerror
            raise StartError(
                f"Port {settings.http_port} on {host} cannot be opened: {reason}. "
                "Set MASIL_HTTP_PORT to another one."
            ) from error


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.tls_cert_file is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.tls_cert_file, settings.tls_key_file)
    except (OSError, ssl.SSLError) as error:
        raise StartError(f"The TLS certificate cannot be used: {error.strerror}.") from error
    return context


async def _founder_link(settings: Settings, people: People) -> str | None:
    token = await people.founder_link_token()
    return token and f"{settings.resolved_public_url()}/founder#{token}"


async def _announce(settings: Settings, people: People) -> None:
    link = await _founder_link(settings, people)
    typer.echo(f"gate ready {settings.resolved_public_url()}")
    if link:
        typer.echo(f"Nobody lives here yet. Become the founder by opening: {link}")


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
