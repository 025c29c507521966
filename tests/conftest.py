"""What holds for the whole suite: the quick tests first, those that drive a browser last."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the order otherwise, so that a module's fixtures are made once."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
