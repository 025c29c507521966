"""The table of roles in docs/protocol.md is the one that the rules obey."""

from __future__ import annotations

from tests.docs.roles_table import PAGE, fill


def test_the_printed_table_is_the_one_in_force() -> None:
    page = PAGE.read_text("utf-8")
    assert "| `make_moderator` | moderator |" in page
    assert "| hostless | ended |" in page
    assert fill(page) == page
