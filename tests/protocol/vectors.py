"""Reads the golden messages: what is written in protocol/vectors, by wire and union."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from protocol.wires import WIRES, Wire

FOLDER = Path(__file__).resolve().parents[2] / "protocol" / "vectors"


class Vector(NamedTuple):
    """One entry of a vectors file: under which union (or, without tags, which struct)."""

    wire: Wire
    spoken_as: str
    entry: Any

    def type(self) -> Any:
        if self.spoken_as in self.wire.unions:
            return self.wire.unions[self.spoken_as]
        return getattr(self.wire.module, self.spoken_as)

    def __str__(self) -> str:
        name = self.entry.get("type") or self.entry.get("why") or self.spoken_as
        return f"{self.wire.name}: {name}"


def read(wire: Wire) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / f"{wire.name}.json").read_text("utf-8"))
    return content


def vectors(part: str) -> list[Vector]:
    return [
        Vector(wire, spoken_as, entry)
        for wire in WIRES
        for spoken_as, entries in read(wire)[part].items()
        for entry in entries
    ]


def text(entry: Any) -> bytes:
    """A string is raw text, anything else a JSON value."""
    return entry.encode() if isinstance(entry, str) else msgspec.json.encode(entry)
