"""`python -m analysis`: listen, then give up the disk for good, then hear voices."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys

import structlog
from pydantic import ValidationError

from analysis.app import App, BadAddressError
from analysis.config import Settings
from analysis.vad import preload
from confinement import confine
from confinement.overwriting import overwrite_what_is_freed

_NICENESS = 10
_log = structlog.get_logger()


def configure_logging(log_format: str) -> None:
    """Log to standard error; a log that cannot be written must not stop the process."""
    logging.raiseExceptions = False
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    logging.getLogger("websockets").setLevel(logging.ERROR)
    render: structlog.typing.Processor = structlog.dev.ConsoleRenderer(colors=False)
    if log_format == "json":
        render = structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            render,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    app = App(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with app.listen():
        confine()
        _log.info("analysis listens")
        await app.run(stop)


def main() -> int:
    """Run the process; returns its exit code."""
    try:
        settings = Settings()
    except ValidationError as error:
        fields = ", ".join(str(part["loc"][0]) for part in error.errors() if part["loc"])
        sys.stderr.write(f"bad settings: {fields}\n")
        return 2
    configure_logging(settings.log_format)
    os.nice(_NICENESS)
    # Without the disk joblib (scikit-learn) cannot make semaphores: tell it not to try.
    os.environ["JOBLIB_MULTIPROCESSING"] = "0"
    # A complete directory never needs the hub, and this process must never ask it.
    os.environ["HF_HUB_OFFLINE"] = "1"
    preload()
    try:
        asyncio.run(run(settings))
    except (BadAddressError, OSError) as error:
        _log.error("analysis cannot listen", reason=str(error))
        return 1
    return 0


if __name__ == "__main__":
    overwrite_what_is_freed()
    code = main()
    logging.shutdown()
    sys.stderr.flush()
    # A worker may be seconds deep in loading a model; it holds nothing that must be finished.
    os._exit(code)
