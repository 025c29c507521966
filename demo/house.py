"""A house of the demo's own: the service as `make run` starts it, its folder deleted afterwards."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import typer

ROOT = Path(__file__).resolve().parents[1]
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 15.0
CODE_TIMEOUT_S = 10.0
USUAL_PORT = 8080
_CODE = re.compile(r"Code for the number ending in (\d\d):\s+(\d{6})")
_FOUNDER = re.compile(r"(http://\S+)/founder#(\S+)")


class HouseError(Exception):
    """The house did not start, or stopped; the message is for people."""


class DemoHouse:
    """One running service. `async with` starts it, stops it and deletes its folder."""

    def __init__(self, port: int | None = None, model: str | None = None) -> None:
        """`port`: where it listens, else 8080 or another that is free; `model`: for captions."""
        self._port = port or _free_port(USUAL_PORT)
        self._model = model
        self._folder = Path(tempfile.mkdtemp(prefix="masil-demo-"))
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._codes: dict[str, str] = {}
        self._news = asyncio.Condition()
        self._last_lines: list[str] = []
        self._ours: set[str] = set()
        self._ended = False
        self.founder_token = ""
        self.url = f"http://localhost:{self._port}"

    async def __aenter__(self) -> Self:
        """Start it and wait for the founder's link.

        Raises:
            HouseError
        """
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "server",
            "serve",
            cwd=self._folder,  # where no .env is
            env=self._environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the demo, which stops the house in order
        )
        if self._process.stdout is not None:
            self._reader = asyncio.create_task(self._read(self._process.stdout))
        try:
            await self._until(lambda: bool(self.founder_token), START_TIMEOUT_S)
        except HouseError:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stop()

    def _environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("MASIL_")}
        ours = {
            "PYTHONPATH": str(ROOT),
            "MASIL_STATE_DIR": str(self._folder / "state"),
            "MASIL_CLIENT_DIR": str(ROOT / "client" / "dist"),
            "MASIL_HTTP_PORT": str(self._port),
            "MASIL_MEDIA_PORT": str(self._port),
            "MASIL_MEDIA_WORKERS": "1",
            "MASIL_PUBLIC_URL": self.url,
            "HF_HUB_OFFLINE": "1",  # nothing is downloaded for a demo
        }
        return {
            **inherited,
            **ours,
            **({"MASIL_WHISPER_MODEL": self._model} if self._model else {}),
        }

    # ------------------------------------------------------------ what its terminal shows

    def expect_code(self, number: str) -> None:
        """The next code for this number is ours, and need not be shown."""
        self._ours.add(number[-2:])

    async def code_of(self, number: str) -> str:
        """The code that was sent to a number.

        Raises:
            HouseError: none came.
        """
        ending = number[-2:]
        await self._until(lambda: ending in self._codes, CODE_TIMEOUT_S)
        self._ours.discard(ending)
        return self._codes.pop(ending)

    async def ended(self) -> None:
        """Wait until the service stops by itself."""
        async with self._news:
            await self._news.wait_for(lambda: self._ended)

    async def _read(self, terminal: asyncio.StreamReader) -> None:
        async for raw in terminal:
            self._take(raw.decode(errors="replace").rstrip())
            async with self._news:
                self._news.notify_all()
        self._ended = True
        async with self._news:
            self._news.notify_all()

    def _take(self, line: str) -> None:
        self._last_lines = [*self._last_lines[-20:], line]
        if founder := _FOUNDER.search(line):
            self.founder_token = founder[2]
        if code := _CODE.search(line):
            ending, digits = code.groups()
            if ending in self._ours:
                self._codes[ending] = digits
            else:
                typer.echo(f"  Your code (number ending in {ending}):  {digits}")

    async def _until(self, condition: Callable[[], bool], timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s), self._news:
                await self._news.wait_for(lambda: condition() or self._ended)
        except TimeoutError:
            raise HouseError(
                "\n".join(["The demo house does not answer.", *self._last_lines])
            ) from None
        if not condition():
            raise HouseError("\n".join(["The demo house has stopped.", *self._last_lines]))

    async def _stop(self) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), STOP_TIMEOUT_S)
            except TimeoutError:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        if self._reader is not None:
            await asyncio.wait([self._reader], timeout=STOP_TIMEOUT_S)
        shutil.rmtree(self._folder, ignore_errors=True)


def _free_port(wanted: int) -> int:
    """This port where it is free for TCP and UDP, else another one that is."""
    for port in (wanted, 0):
        with (
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        ):
            try:
                tcp.bind(("127.0.0.1", port))
                udp.bind(("127.0.0.1", tcp.getsockname()[1]))
            except OSError:
                continue
            return int(tcp.getsockname()[1])
    raise HouseError("No port is free.")
