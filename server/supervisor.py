"""Starts gate, media and analysis on one machine and keeps them running.

Owns the three child processes and the terminal. A child that hears voices cannot write files, so
each one's output is a pipe that is shown here, line by line. Never looks into what they do.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

BACKOFF_FIRST_S = 0.2
BACKOFF_MAX_S = 5.0
STEADY_AFTER_S = 10.0
"""A child that ran this long is restarted at once when it dies."""
STOP_TIMEOUT_S = 10.0
DRAIN_TIMEOUT_S = 1.0
LINE_MAX_BYTES = 8 * 1024
TERMINAL_LINES = 2_000
EXIT_CANNOT_START = 2
"""The exit code of a child that says it will never start like this."""
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the house."""

    name: str
    arguments: tuple[str, ...]
    """What follows the Python executable."""


class Terminal:
    """Shows lines without ever making the processes wait for a slow or stopped terminal.

    Holds 2,000 lines; more are dropped and counted.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: queue.Queue[str | None] = queue.Queue(TERMINAL_LINES)
        self._dropped = 0
        self._thread = threading.Thread(target=self._show, name="terminal", daemon=True)
        self._thread.start()

    def show(self, name: str, text: str) -> None:
        """Show a line of one of the processes."""
        note = f"masil    | {self._dropped} lines were not shown\n" if self._dropped else ""
        try:
            self._lines.put_nowait(f"{note}{name:<8} | {text}\n")
        except queue.Full:
            self._dropped += 1
        else:
            self._dropped = 0

    def close(self) -> None:
        """Show what is left, for a second at most."""
        try:
            self._lines.put(None, timeout=DRAIN_TIMEOUT_S)
        except queue.Full:
            return
        self._thread.join(DRAIN_TIMEOUT_S)

    def _show(self) -> None:
        gone = False
        while (line := self._lines.get()) is not None:
            if gone:
                continue
            try:
                self._stream.write(line)
                self._stream.flush()
            except OSError:
                gone = True  # the terminal was closed: go on without one


class _Child(asyncio.SubprocessProtocol):
    """One run of a part: its lines go to the terminal, its end to `exited`."""

    def __init__(self, part: Part, terminal: Terminal) -> None:
        loop = asyncio.get_running_loop()
        self.exited: asyncio.Future[None] = loop.create_future()
        self.drained: asyncio.Future[None] = loop.create_future()
        self._part = part
        self._terminal = terminal
        self._rest = b""

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Show whole lines; a longer one is shown in pieces of 8 KiB."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._show(line)
        if len(self._rest) > LINE_MAX_BYTES:
            self._show(self._rest)
            self._rest = b""

    def process_exited(self) -> None:
        """The process itself is gone; something it said may still be on its way."""
        self.exited.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more will be said."""
        if self._rest:
            self._show(self._rest)
        self.drained.set_result(None)

    def _show(self, line: bytes) -> None:
        for start in range(0, max(1, len(line)), LINE_MAX_BYTES):
            piece = line[start : start + LINE_MAX_BYTES]
            self._terminal.show(self._part.name, piece.decode(errors="replace").rstrip())


class Supervisor:
    """Runs parts until it is told to stop, or until one of them cannot start at all."""

    def __init__(self, parts: Sequence[Part], stream: TextIO) -> None:
        self._parts = parts
        self._stream = stream
        self._stop = asyncio.Event()
        self._pids: dict[str, int] = {}
        self._exit_code = 0

    async def run(self) -> int:
        """Run until SIGTERM or SIGINT; returns the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        terminal = Terminal(self._stream)
        try:
            async with asyncio.TaskGroup() as tasks:
                keepers = [tasks.create_task(self._keep(part, terminal)) for part in self._parts]
                await self._stop.wait()
                self._signal_all(signal.SIGTERM)
                _, late = await asyncio.wait(keepers, timeout=STOP_TIMEOUT_S)
                if late:
                    self._signal_all(signal.SIGKILL)
        finally:
            terminal.close()
        return self._exit_code

    async def _keep(self, part: Part, terminal: Terminal) -> None:
        """Start a part again and again, more slowly the shorter it lives."""
        backoff_s = BACKOFF_FIRST_S
        first = True
        while not self._stop.is_set():
            started_s = time.monotonic()
            code = await self._run_once(part, terminal)
            if self._stop.is_set():
                return
            steady = time.monotonic() - started_s >= STEADY_AFTER_S
            if first and not steady and code == EXIT_CANNOT_START:
                self._exit_code = code
                self._stop.set()
                return
            first = False
            if steady:
                backoff_s = BACKOFF_FIRST_S
            terminal.show("masil", f"{part.name} ended ({_how(code)}); again in {backoff_s:g} s")
            await self._pause(backoff_s)
            backoff_s = min(backoff_s * 2, BACKOFF_MAX_S)

    async def _run_once(self, part: Part, terminal: Terminal) -> int:
        transport, child = await asyncio.get_running_loop().subprocess_exec(
            lambda: _Child(part, terminal),
            sys.executable,
            *part.arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        pid = transport.get_pid()
        self._pids[part.name] = pid
        try:
            if self._stop.is_set():
                transport.terminate()
            await child.exited
        finally:
            del self._pids[part.name]
            _signal_group(pid, signal.SIGKILL)  # whatever the child started itself
            await asyncio.wait([child.drained], timeout=DRAIN_TIMEOUT_S)
            transport.close()
        return transport.get_returncode() or 0

    async def _pause(self, seconds: float) -> None:
        waiter = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait([waiter], timeout=seconds)
        waiter.cancel()

    def _signal_all(self, number: signal.Signals) -> None:
        for pid in self._pids.values():
            _signal_group(pid, number)


_libc = ctypes.CDLL(None, use_errno=True)
_own_pid = os.getpid()


def _die_with_parent() -> None:
    """In the child, before it becomes the part: die when the supervisor dies. See prctl(2)."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != _own_pid:
        os._exit(1)


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
