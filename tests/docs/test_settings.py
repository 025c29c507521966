"""docs/operating.md and .env.example tell every setting with its default, and no other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import BaseSettings

import analysis.config
import server.config
from server.media.embedded.counters import Counters

ROOT = Path(__file__).resolve().parents[2]
OPERATING = (ROOT / "docs" / "operating.md").read_text("utf-8")
COUNTED = re.compile(r"counters\[\"(\w+)\"\]")


def defaults(settings: type[BaseSettings]) -> dict[str, str]:
    fields = settings.model_fields.items()
    return {f"MASIL_{name.upper()}": shown(field.default) for name, field in fields}


def shown(default: Any) -> str:
    if default in (None, ""):
        return ""
    return str(default)


def settings() -> dict[str, str]:
    return defaults(server.config.Settings) | defaults(analysis.config.Settings)


def test_gate_and_analysis_have_the_same_defaults() -> None:
    ours, theirs = defaults(server.config.Settings), defaults(analysis.config.Settings)
    shared = ours.keys() & theirs.keys()
    assert {"MASIL_STATE_DIR", "MASIL_WHISPER_MODEL"} <= shared
    assert {name: ours[name] for name in shared} == {name: theirs[name] for name in shared}


def test_the_operators_page_tells_every_setting_and_its_default() -> None:
    rows = re.findall(r"^\| `(MASIL_\w+)` \| (\S+) \|", OPERATING, re.MULTILINE)
    told = {name: "" if default == "empty" else default.strip("`") for name, default in rows}
    assert told == settings()


def test_the_example_file_tells_every_setting_and_its_default() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    assert (
        dict(line[1:].split("=", 1) for line in lines if line.startswith("#MASIL_")) == settings()
    )
    assert not [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("name", Counters().as_dict())
def test_the_operators_page_tells_every_counter_of_media(name: str) -> None:
    assert f"`{name}`" in OPERATING


def test_the_operators_page_tells_every_counter_of_analysis() -> None:
    sources = (ROOT / "analysis").glob("*.py")
    counted = {name for path in sources for name in COUNTED.findall(path.read_text("utf-8"))}
    assert {"frames_without_grant", "gaps"} <= counted
    assert sorted(name for name in counted if f"`{name}`" not in OPERATING) == []
