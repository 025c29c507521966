"""The product itself, started as `make run` starts it, in a state directory of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from websockets.sync.client import unix_connect

from protocol import analysis as wire

ROOT = Path(__file__).resolve().parents[2]


def free_port(kind: socket.SocketKind) -> int:
    """A port that nobody uses now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_house_port() -> int:
    """A port that is free for TCP and for UDP, as a house uses one number for both."""
    while True:
        port = free_port(socket.SOCK_STREAM)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def free_udp_ports(count: int) -> int:
    """The first of so many UDP ports in a row that nobody uses now."""
    while True:
        first = free_port(socket.SOCK_DGRAM)
        try:
            with ExitStack() as probes:
                for port in range(first, first + count):
                    probe = probes.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                    probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            continue
        return first


class House:
    """One running house and what its terminal shows."""

    def __init__(
        self,
        state_dir: Path,
        whisper_model: str,
        media_workers: int = 1,
        *,
        inside: Sequence[str] = (),
        address: str = "localhost",
        **settings: str,
    ) -> None:
        """`settings` are more environment variables.

        With `inside` in front of its command, in a network namespace, it is reached at `address`.
        """
        self.port = free_port(socket.SOCK_STREAM)
        self.media_port = free_udp_ports(media_workers)
        self.url = f"http://{address}:{self.port}"
        self.state_dir = state_dir
        self.lines: list[str] = []
        self._news = threading.Condition()
        # The built client and, for tests only, the worklet that taps sound: from the page's own
        # origin, so that its Content-Security-Policy stays in force.
        client_dir = state_dir / "client"
        shutil.copytree(ROOT / "client" / "dist", client_dir)
        shutil.copy(Path(__file__).with_name("tap_worklet.js"), client_dir / "tap_worklet.js")
        environment = {
            **os.environ,
            "MASIL_STATE_DIR": str(state_dir),
            "MASIL_HTTP_HOST": address,
            "MASIL_HTTP_PORT": str(self.port),
            "MASIL_PUBLIC_URL": self.url,
            "MASIL_MEDIA_PORT": str(self.media_port),
            "MASIL_MEDIA_WORKERS": str(media_workers),
            "MASIL_CLIENT_DIR": str(client_dir),
            "MASIL_WHISPER_MODEL": whisper_model,
            "HF_HUB_OFFLINE": "1",
            **settings,
        }
        self._start([*inside, sys.executable, "-m", "server", "serve"], ROOT, environment)

    def _start(self, command: list[str], directory: Path, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @classmethod
    def of_make_run(cls, checkout: Path, home: Path, whisper_model: str) -> House:
        """`make run` in a checkout that was never set up, for a user without any cache."""
        house = cls.__new__(cls)
        house.port = free_house_port()
        house.url = f"http://localhost:{house.port}"
        house.state_dir = checkout / "var"
        house.lines = []
        house._news = threading.Condition()
        environment = {
            **{k: v for k, v in os.environ.items() if k != "VIRTUAL_ENV"},
            "HOME": str(home),
            "MASIL_HTTP_PORT": str(house.port),
            "MASIL_MEDIA_PORT": str(house.port),
            "MASIL_WHISPER_MODEL": whisper_model,
        }
        house._start(["make", "run"], checkout, environment)
        return house

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def wait_for(self, pattern: str, after: int = 0, timeout_s: float = 30) -> re.Match[str]:
        """The first match of a pattern in the terminal, from line `after` on."""
        deadline = time.monotonic() + timeout_s
        with self._news:
            while True:
                for line in self.lines[after:]:
                    if found := re.search(pattern, line):
                        return found
                left = deadline - time.monotonic()
                if left <= 0 or self._process.poll() is not None:
                    tail = "\n".join(self.lines[-40:])
                    raise AssertionError(f"{pattern!r} never came up in the terminal:\n{tail}")
                self._news.wait(min(left, 0.5))

    def founder_link(self) -> str:
        """The link a new house prints."""
        return self.wait_for(r"(http://\S+/founder#\S+)").group(1)

    def code_after(self, line: int) -> str:
        """The sign-in code that the console sender printed after that line."""
        return self.wait_for(r"\b(\d{6})\b", after=line).group(1)

    @property
    def pid(self) -> int:
        """Of the supervisor, whose descendants are the house."""
        return self._process.pid

    def child_pid(self, part: str) -> int:
        """The process id of one of the supervisor's children, found by its command line."""
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                command = (entry / "cmdline").read_bytes().split(b"\0")
                parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
            except OSError:
                continue
            if int(parent) == self._process.pid and part.encode() in command:
                return int(entry.name)
        raise AssertionError(f"no child process {part!r}")

    def kill(self, part: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Kill −9 one of the processes, or send it another signal."""
        os.kill(self.child_pid(part), number)

    def frames_at_analysis(self) -> dict[int, int]:
        """How many audio frames arrived at the analysis socket, by consent."""
        with unix_connect(str(self.state_dir / "run" / "analysis.sock"), "ws://localhost") as link:
            link.send(wire.encoder.encode(wire.Hello(peer="gate", token="")).decode())
            link.send(wire.encoder.encode(wire.GetStats(request=1)).decode())
            while True:
                message = wire.decode_from_analysis.decode(link.recv(timeout=5))
                if isinstance(message, wire.Stats):
                    return {tap: count for tap, count in message.frames_by_tap.items() if count}

    def close(self) -> None:
        """Stop as an operator does, with SIGTERM."""
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._reader.join(5)
        if self._process.stdout:
            self._process.stdout.close()
