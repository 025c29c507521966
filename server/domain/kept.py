"""What the house keeps about one person, as he may take it home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Value = str | int | float | bool | None
Record = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Kept:
    """All of it, by section, and what is left out of it with the reason."""

    sections: Mapping[str, Sequence[Record]]
    left_out: Mapping[str, str]
    """`section` or `section.field` → why it is not told."""
