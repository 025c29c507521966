"""docs/design.md is about the stylesheets that are there, and these keep its promises."""

from __future__ import annotations

import re

import pytest

from tests.docs.colour_tables import PAGE, PAIRS, ROOT, TEXT, Pair, contrast, faces, fill, schemes

STYLES = "\n".join(
    re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
    for path in sorted((ROOT / "client" / "src" / "styles").glob("*.css"))
)
WORDS = PAGE.read_text("utf-8")


def test_contrast_is_measured_as_the_standard_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.front} on {pair.ground}")
def test_every_pair_has_the_contrast_that_its_use_needs(pair: Pair) -> None:
    for scheme in schemes():
        assert contrast(scheme[pair.front], scheme[pair.ground]) >= pair.needs


def test_white_letters_are_readable_on_every_face() -> None:
    assert len(faces()) == 7
    assert [face for face in faces() if contrast("#ffffff", face) < TEXT] == []


def test_the_printed_tables_are_those_of_the_stylesheet() -> None:
    assert "| `--persimmon` |" in WORDS
    assert fill(WORDS) == WORDS


def test_all_sizes_of_type_are_on_the_page() -> None:
    used = set(re.findall(r"font-size: ([\d.]+rem)", STYLES))
    assert used - set(re.findall(r"[\d.]+rem", WORDS)) == set()


def test_all_lengths_of_movement_and_widths_of_layout_are_on_the_page() -> None:
    used = set(re.findall(r"\b\d+ms\b", STYLES))
    used |= set(re.findall(r"min-width: (\d+rem)\)", STYLES))
    told = set(re.findall(r"\b\d+(?: ms|rem)\b", WORDS))
    assert {each.replace("ms", " ms") for each in used} - told == set()


def test_nothing_is_fetched_from_anywhere_else_by_a_stylesheet() -> None:
    assert "@import" not in STYLES
    assert "url(" not in STYLES


def test_the_sheets_are_small_enough_to_be_cloned() -> None:
    sheets = list((ROOT / "docs" / "design").glob("*.webp"))
    assert len(sheets) == 12
    assert sum(sheet.stat().st_size for sheet in sheets) < 6_000_000
