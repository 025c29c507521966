"""What the documents show and link to is true."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from protocol.wires import WIRES
from tests.protocol.vectors import read

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "protocol").rglob("*.md")]
)
PROTOCOL = (ROOT / "docs" / "protocol.md").read_text("utf-8")
SAMPLES = re.findall(r"^```json\n(.*?)^```", PROTOCOL, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if not target.startswith("https://"):
            assert (page.parent / target).exists(), target


def test_every_sample_is_one_of_the_golden_messages() -> None:
    golden = [
        message
        for wire in WIRES
        for messages in read(wire)["valid"].values()
        for message in messages
    ]
    shown = [json.loads(line) for sample in SAMPLES for line in sample.splitlines() if line]
    assert len(shown) > 20
    assert [message for message in shown if message not in golden] == []


@pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)
def test_every_message_type_is_in_the_page(wire: object) -> None:
    structs = next(each for each in WIRES if each is wire).structs()
    tags = [str(cls.__struct_config__.tag or cls.__name__) for cls in structs]
    assert [tag for tag in tags if f"`{tag}`" not in PROTOCOL] == []


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    documented = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert documented == set(phony.group(1).split())
