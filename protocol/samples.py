"""Writes the part of docs/protocol.md that lists messages: docstrings and golden messages.

Owns what stands between `<!-- messages: WIRE UNION -->` and `<!-- end -->`; the rest of the page is
written by hand.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from protocol.described import field_docstrings, own_docstring
from protocol.wires import WIRES

VECTORS = Path(__file__).resolve().parent / "vectors"
_BLOCK = re.compile(r"(<!-- messages: (\w+) (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def fill(page: str) -> str:
    """The page with every list of messages written anew."""
    return _BLOCK.sub(lambda m: f"{m[1]}\n{_messages(m[2], m[3])}{m[4]}", page)


def _messages(wire_name: str, union: str) -> str:
    """Each message in the order of the source, with the first golden one of its kind."""
    wire = next(wire for wire in WIRES if wire.name == wire_name)
    valid = json.loads((VECTORS / f"{wire_name}.json").read_text("utf-8"))["valid"]
    parts: list[str] = []
    for cls in wire.messages(union):
        tag = cls.__struct_config__.tag
        golden = (
            next((entry for entry in valid.get(union, ()) if entry["type"] == tag), None)
            if tag
            else next(iter(valid.get(cls.__name__, ())), None)
        )
        parts.append(f"`{tag or cls.__name__}`: {_text(cls)}\n\n{_sample(golden)}")
    return "\n".join(parts) + "\n"


def _text(cls: type[msgspec.Struct]) -> str:
    """What a message is for, then what its fields are where that is told."""
    fields = {field.name: field.encode_name for field in msgspec.structs.fields(cls)}
    told = [
        f"- `{fields[name]}`: {' '.join(text.split())}"
        for name, text in field_docstrings(cls).items()
    ]
    return "\n".join([" ".join(own_docstring(cls).split()), *([""] if told else []), *told])


def _sample(golden: Any) -> str:
    return f"```json\n{json.dumps(golden, ensure_ascii=False)}\n```\n" if golden else ""
