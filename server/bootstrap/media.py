"""A media process, put together. Loads nothing that it does not need: no database, no names."""

from __future__ import annotations

import errno
from pathlib import Path

from server.config import Settings
from server.media.embedded.accelerator import (
    LIBRARY,
    Accelerator,
    AcceleratorMissingError,
    load_accelerator,
)
from server.media.embedded.worker import run_worker
from server.start import StartError

CANNOT_BIND = (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


async def run_media(settings: Settings, index: int) -> None:
    """Carry voices until SIGTERM or SIGINT.

    Raises:
        StartError: the UDP port cannot be opened, or the fan-out that was asked for is not there.
    """
    accelerator = choose_fanout(settings)
    try:
        await run_worker(settings, index, accelerator)
    except OSError as error:
        if error.errno not in CANNOT_BIND:
            raise
        raise StartError(
            f"UDP port {settings.worker_port(index)} on {settings.media_host} cannot be opened: "
            f"{error.strerror}. Set MASIL_MEDIA_PORT to another one."
        ) from error


def choose_fanout(settings: Settings, library: Path = LIBRARY) -> Accelerator | None:
    """The C loop, or None: in Python.

    Raises:
        StartError: it was asked for and is not there.
    """
    if settings.fanout == "python":
        return None
    try:
        return load_accelerator(library)
    except AcceleratorMissingError as error:
        if settings.fanout == "native":
            raise StartError(f"MASIL_FANOUT=native, but there is no C loop: {error}.") from error
        return None
