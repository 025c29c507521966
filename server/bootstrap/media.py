"""A media process, put together. Loads nothing that it does not need: no database, no names."""

from __future__ import annotations

import errno

from server.config import Settings
from server.media.embedded.worker import run_worker
from server.start import StartError

CANNOT_BIND = (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


async def run_media(settings: Settings, index: int) -> None:
    """Carry voices until SIGTERM or SIGINT.

    Raises:
        StartError: the UDP port cannot be opened.
    """
    try:
        await run_worker(settings, index)
    except OSError as error:
        if error.errno not in CANNOT_BIND:
            raise
        raise StartError(
            f"UDP port {settings.worker_port(index)} on {settings.media_host} cannot be opened: "
            f"{error.strerror}. Set MASIL_MEDIA_PORT to another one."
        ) from error
