"""Web Push around a browser test: a push service in a thread, and its way into a real browser."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page

from tests.fakes.push_service import Browser, PushService, push_service

SHIM = Path(__file__).with_name("push_shim.js")
QUIET = "/healthz"
"""A page of the house's origin that is not the house: no socket is open there."""
TIMEOUT_S = 15.0


@contextmanager
def running_push_service(directory: Path) -> Iterator[PushService]:
    """A push service that runs beside the test."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    service = push_service(directory)
    try:
        yield asyncio.run_coroutine_threadsafe(service.__aenter__(), loop).result(TIMEOUT_S)
    finally:
        asyncio.run_coroutine_threadsafe(service.__aexit__(None, None, None), loop).result(
            TIMEOUT_S
        )
        loop.call_soon_threadsafe(loop.stop)
        thread.join(TIMEOUT_S)
        loop.close()


def reached_by(context: BrowserContext, browser: Browser) -> None:
    """From now on this browser's push service is ours."""
    given = {"endpoint": browser.endpoint, "keys": {"p256dh": browser.p256dh, "auth": browser.auth}}
    context.add_init_script(f"window.masilPush = {json.dumps(given)};")
    context.add_init_script(path=SHIM)


def arrived(browser: Browser, count: int) -> dict[str, Any]:
    """The last of so many messages that the browser's end got, decrypted."""
    deadline = time.monotonic() + TIMEOUT_S
    while len(browser.arrived) < count:
        assert time.monotonic() < deadline, browser.arrived
        time.sleep(0.05)
    return browser.arrived[-1]


class Worker:
    """The real service worker of a browser, seen from a page that is not the house."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.page.goto(QUIET)
        self._url = url
        self._registrations: list[str] = []
        self._cdp: CDPSession = context.new_cdp_session(self.page)
        self._cdp.on("ServiceWorker.workerRegistrationUpdated", self._seen)
        self._cdp.send("ServiceWorker.enable")

    def _seen(self, event: dict[str, Any]) -> None:
        self._registrations += [
            each["registrationId"]
            for each in event["registrations"]
            if each["scopeURL"] == f"{self._url}/"
        ]

    def push(self, payload: dict[str, Any]) -> None:
        """Hand the browser a message as its push service would, once decrypted."""
        deadline = time.monotonic() + TIMEOUT_S
        while not self._registrations:
            assert time.monotonic() < deadline, "no service worker"
            self.page.wait_for_timeout(50)
        self._cdp.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": self._url,
                "registrationId": self._registrations[-1],
                "data": json.dumps(payload, ensure_ascii=False),
            },
        )

    def step_aside(self) -> None:
        """No page of the house's origin is open here any more, this one included."""
        self.page.goto("about:blank")

    def notifications(self, count: int) -> list[dict[str, Any]]:
        """What the browser shows now, by `getNotifications`."""
        self.page.goto(QUIET)
        self.page.wait_for_function(
            """async (count) => {
              const registration = await navigator.serviceWorker.getRegistration("/");
              return (await registration.getNotifications()).length === count;
            }""",
            arg=count,
        )
        shown: list[dict[str, Any]] = self.page.evaluate(
            """async () => {
              const registration = await navigator.serviceWorker.getRegistration("/");
              return (await registration.getNotifications()).map(
                ({ title, body, lang, actions }) => (
                  { title, body, lang, actions: actions.map((each) => each.title) }
                ),
              );
            }"""
        )
        return shown
