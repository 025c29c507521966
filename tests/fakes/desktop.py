"""A desktop that shows notifications: a D-Bus of its own, with the freedesktop.org service on it.

A real browser on Linux shows its notifications there, and hears from there when somebody taps. The
specification: https://specifications.freedesktop.org/notification-spec (1.2).
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
TIMEOUT_S = 15.0
TAP = "default"


@dataclass(frozen=True)
class Shown:
    """One notification on the desktop."""

    number: int
    title: str
    body: str
    """Chromium puts the page's address before it."""
    buttons: dict[str, str]
    """What taps on its parts are called, by what is written there."""


class Desktop:
    """What is shown, and taps on it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.shown: list[Shown] = []
        self._news = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._bus: MessageBus | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Take the place of the desktop's notification service."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(TIMEOUT_S)

    def stop(self) -> None:
        """Leave it."""
        asyncio.run_coroutine_threadsafe(self._leave(), self._loop).result(TIMEOUT_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(TIMEOUT_S)
        self._loop.close()

    def wait_for(self, title: str) -> Shown:
        """The newest notification with this title."""

        def found() -> Shown | None:
            return next((each for each in reversed(self.shown) if each.title == title), None)

        with self._news:
            assert self._news.wait_for(found, TIMEOUT_S), [each.title for each in self.shown]
            shown = found()
        assert shown
        return shown

    def tap(self, shown: Shown, button: str | None = None) -> None:
        """Tap on the notification itself, or on one of its buttons."""
        action = shown.buttons[button] if button else TAP
        signal = Message.new_signal(PATH, NAME, "ActionInvoked", "us", [shown.number, action])
        asyncio.run_coroutine_threadsafe(self._send(signal), self._loop).result(TIMEOUT_S)

    async def _send(self, signal: Message) -> None:
        assert self._bus
        await self._bus.send(signal)

    async def _serve(self) -> None:
        self._bus = await MessageBus(self.address).connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name(NAME)

    async def _leave(self) -> None:
        if self._bus is not None:
            self._bus.disconnect()
            await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call]

    def _answer(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL or message.interface != NAME:
            return None
        match message.member:
            case "Notify":
                return Message.new_method_return(message, "u", [self._show(*message.body)])
            case "GetCapabilities":
                return Message.new_method_return(message, "as", [["actions", "body"]])
            case "GetServerInformation":
                return Message.new_method_return(message, "ssss", ["Test", "Masil", "1", "1.2"])
            case _:
                return Message.new_method_return(message)

    def _show(self, *notification: object) -> int:
        _, replaces, _, title, body, actions, *_ = notification
        assert isinstance(replaces, int)
        assert isinstance(actions, list)
        with self._news:
            number = replaces or len(self.shown) + 1
            buttons = dict(zip(actions[1::2], actions[::2], strict=True))
            self.shown.append(Shown(number, str(title), str(body), buttons))
            self._news.notify_all()
        return number


@contextmanager
def desktop(directory: Path) -> Iterator[Desktop]:
    """One with a bus of its own; skips where there is no dbus-daemon."""
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.skip("dbus-daemon is not installed: nothing here shows notifications")
    address = f"unix:path={directory / 'bus'}"
    daemon = subprocess.Popen(
        [program, "--session", "--nofork", f"--address={address}", "--print-address=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert daemon.stdout
    assert daemon.stdout.readline().startswith("unix:")
    shown = Desktop(address)
    shown.start()
    try:
        yield shown
    finally:
        shown.stop()
        daemon.terminate()
        daemon.wait(TIMEOUT_S)
        daemon.stdout.close()
