"""Real processes for the tests: started, listened to, and looked up in /proc."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]


class Running:
    """A process whose output is read line by line."""

    def __init__(self, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def line_with(self, text: str, *, after: int = 0, timeout_s: float = 20) -> str:
        """The first line that holds this text, once it is there."""

        def found() -> str | None:
            return next((line for line in self.lines[after:] if text in line), None)

        try:
            return until(found, timeout_s)
        except AssertionError:
            raise AssertionError(f"no {text!r} in:\n" + "\n".join(self.lines[-40:])) from None

    def child(self, argument: str) -> int:
        """The process id of the child that has this among its arguments, once it is there."""
        return until(lambda: children(self.process.pid).get(argument), 20)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, wait for the end, return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(15)
        self._reader.join(5)
        if self.process.stdout:
            self.process.stdout.close()
        return code


def until(probe: Callable[[], T | None], timeout_s: float) -> T:
    """Ask again and again until there is an answer."""
    deadline = time.monotonic() + timeout_s
    while not (answer := probe()):
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)
    return answer


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rsplit(")", 1)[1].split()[0] != "Z"


def children(parent: int) -> dict[str, int]:
    """The live children of a process by each of their arguments."""
    found: dict[str, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or not alive(int(entry.name)):
            continue
        try:
            its_parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            arguments = (entry / "cmdline").read_text().split("\0")
        except OSError:
            continue
        if its_parent == parent:
            found.update(dict.fromkeys(arguments, int(entry.name)))
    return found
