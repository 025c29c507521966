"""Runs `python -m analysis.fetch` as a child: the process that hears voices cannot write files.

Owns the child and its progress; knows nothing of rooms and consents.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog

PROJECT_DIR = Path(__file__).resolve().parents[2]
STALLED_AFTER_S = 120.0
"""A child that says nothing for so long is given up."""
KILL_AFTER_S = 5.0

_log = structlog.get_logger()


class _Said(msgspec.Struct, frozen=True):
    """A line of the child."""

    progress: float | None = None
    done: bool = False
    error: str | None = None


_decode = msgspec.json.Decoder(_Said).decode


class FetchFailedError(Exception):
    """The model was not fetched; the message is for people."""


async def fetch_model(size: str, state_dir: Path, on_progress: Callable[[float], None]) -> None:
    """Download a model into `state_dir`/models; `state_dir` is absolute.

    Raises:
        FetchFailedError: it could not be downloaded or stored.
    """
    paths = [str(PROJECT_DIR), os.environ.get("PYTHONPATH", "")]
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "analysis.fetch",
        size,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=os.environ
        | {
            "MASIL_STATE_DIR": str(state_dir),
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        },
    )
    try:
        await _listen(child, on_progress)
    except TimeoutError:
        raise FetchFailedError("could not be downloaded: the hub stopped answering") from None
    finally:
        await _end(child)


async def _listen(child: asyncio.subprocess.Process, on_progress: Callable[[float], None]) -> None:
    if child.stdout is None:
        raise FetchFailedError("the download could not be started")
    while line := await asyncio.wait_for(child.stdout.readline(), STALLED_AFTER_S):
        try:
            said = _decode(line)
        except msgspec.DecodeError:
            _log.warning("the model fetch said something else than JSON")
            continue
        if said.error is not None:
            raise FetchFailedError(said.error)
        if said.done:
            return
        if said.progress is not None:
            on_progress(said.progress)
    raise FetchFailedError("the download broke off")


async def _end(child: asyncio.subprocess.Process) -> None:
    """Wait for the child to end; kill it where it does not."""
    if child.returncode is not None:
        return
    try:
        await asyncio.wait_for(child.wait(), 0.5)
    except TimeoutError:
        child.kill()
        await asyncio.wait_for(child.wait(), KILL_AFTER_S)
