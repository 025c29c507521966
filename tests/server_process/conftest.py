from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """What a command sets up in this process must not reach other tests."""
    root, ours = logging.getLogger(), logging.getLogger("server")
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    ours.setLevel(logging.NOTSET)
    structlog.reset_defaults()
