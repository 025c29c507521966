"""The generated files are those that the Structs give, and a stale one is named."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from protocol import generate
from protocol.errors import ErrorCode
from protocol.wires import WIRES, Wire


def test_the_generated_files_are_not_stale() -> None:
    assert generate.stale_files(generate.generated_files()) == []


def test_generating_twice_gives_the_same_bytes() -> None:
    assert generate.generated_files() == generate.generated_files()


def test_a_stale_and_a_missing_file_are_both_found(tmp_path: Path) -> None:
    fresh, stale, missing = (tmp_path / name for name in ("fresh", "stale", "missing"))
    fresh.write_text("new", "utf-8")
    stale.write_text("old", "utf-8")
    wanted = dict.fromkeys((fresh, stale, missing), "new")
    assert generate.stale_files(wanted) == [stale, missing]


@pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)
def test_the_schema_is_itself_a_valid_schema(wire: Wire) -> None:
    jsonschema.Draft202012Validator.check_schema(generate.schema(wire))


def test_typescript_has_every_message_and_every_error_code() -> None:
    (typescript,) = (
        content
        for path, content in generate.generated_files().items()
        if path.name == "protocol.gen.ts"
    )
    for wire in WIRES[:2]:
        for cls in wire.structs():
            assert f"export interface {cls.__name__} {{" in typescript
    for code in ErrorCode:
        assert f'  "{code.value}",\n' in typescript
    assert "role: Role;" in typescript
    assert "handRaisedAtMs: number | null;" in typescript
    assert "language?: string | null;" in typescript
