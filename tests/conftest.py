"""What holds for the whole suite: which tests are quick, and that those with a browser run last."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
SYSTEM = {
    "bench",
    "captions",
    "contracts",
    "media",
    "notify",
    "server_process",
    "store",
    "turn",
    "web",
}
"""Folders whose tests use real sockets, databases and processes: `make test-unit` leaves them."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by folder, and keep the order otherwise, so that a module's fixtures are made once."""
    for item in items:
        if _folder(item) in SYSTEM or "process" in item.path.stem:
            item.add_marker(pytest.mark.system)
    # Last, as the browsers' driver keeps an event loop of its own running until the end.
    items.sort(key=lambda item: _folder(item) == "browser")


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(HERE).parts[0]
