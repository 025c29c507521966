"""How log lines look. Never decides what is logged: events are static text plus fields.

Libraries are heard from WARNING on, and no renderer shows local variables: those hold names,
numbers and session descriptions.
"""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog
from structlog.typing import Processor

LIBRARY_LEVEL = logging.WARNING


def set_up_logging(log_format: Literal["console", "json"]) -> None:
    """Send all log lines of this process to standard output, one line an event."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if log_format == "json":
        last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        plain = structlog.dev.plain_traceback
        last += [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last)
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(LIBRARY_LEVEL)
    # A malformed request would be logged with its bytes and a traceback, as often as anybody likes;
    # faults of our handlers are logged by server.web itself.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    for ours in ("server", "protocol"):
        logging.getLogger(ours).setLevel(logging.INFO)
