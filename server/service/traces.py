"""Traces of erased rows in the database's own log: overwritten at once, or at the next tidying."""

from __future__ import annotations

import structlog

from server.domain.errors import StoreUnavailableError
from server.ports import KeptStore

_log = structlog.get_logger(__name__)


async def forget_traces(store: KeptStore) -> None:
    """Overwrite them if that can be done now. The rows are gone already, and that is kept."""
    try:
        if not await store.forget_traces():
            _log.info("traces not overwritten yet, somebody reads the log")
    except StoreUnavailableError:
        _log.warning("traces not overwritten yet, database is busy")
