"""Prints the colours and their contrast into docs/design.md (`make generate` does).

Read from the client's own stylesheet and computed here (WCAG 2.2, relative luminance), so that the
page says what a browser is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "design.md"
TOKENS = ROOT / "client" / "src" / "styles" / "tokens.css"
_COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
_FACE = re.compile(r"^\.colour-(\d) \{ --face: (#[0-9a-f]{6}); \}$", re.MULTILINE)

TEXT, LARGE_OR_SHAPE, DECORATION = 4.5, 3.0, 0.0
"""WCAG 2.2: 1.4.3 for text, 1.4.11 for what tells a control or a state."""

MEANINGS = {
    "paper": "hanji: the ground",
    "card": "what lies on it",
    "ink": "text",
    "soft": "text that is less needed",
    "line": "where a card ends; decoration, never the only sign",
    "edge": "where a control ends",
    "pine": "safe to do; focus; the name before a caption",
    "on-pine": "text on it",
    "persimmon": "the microphone, somebody at the door, a raised hand, what cannot be taken back",
    "on-persimmon": "text on it",
    "moon": "a lit window",
    "ring": "a voice",
}


@dataclass(frozen=True)
class Pair:
    """One colour on another, and the contrast that its use needs."""

    use: str
    front: str
    ground: str
    needs: float


PAIRS = (
    Pair("text", "ink", "paper", TEXT),
    Pair("text on a card", "ink", "card", TEXT),
    Pair("quiet text", "soft", "paper", TEXT),
    Pair("quiet text on a card", "soft", "card", TEXT),
    Pair("button", "on-pine", "pine", TEXT),
    Pair("dangerous button", "on-persimmon", "persimmon", TEXT),
    Pair("name before a caption", "pine", "card", TEXT),
    Pair("problem, raised hand", "persimmon", "paper", TEXT),
    Pair("problem on a card", "persimmon", "card", TEXT),
    Pair("notice", "paper", "ink", TEXT),
    Pair("focus", "pine", "paper", LARGE_OR_SHAPE),
    Pair("edge of a control", "edge", "paper", LARGE_OR_SHAPE),
    Pair("edge of a control on a card", "edge", "card", LARGE_OR_SHAPE),
    Pair("ring of a voice", "ring", "paper", LARGE_OR_SHAPE),
    Pair("somebody at the door", "persimmon", "card", LARGE_OR_SHAPE),
    Pair("end of a card", "line", "paper", DECORATION),
)


def schemes() -> tuple[dict[str, str], dict[str, str]]:
    """The tokens in the light and in the dark."""
    light, dark = TOKENS.read_text("utf-8").split("@media (prefers-color-scheme: dark)")
    found = dict(_COLOUR.findall(light))
    return found, found | dict(_COLOUR.findall(dark.split("/*")[0]))


def faces() -> list[str]:
    """The colours of faces, the same in both schemes."""
    return [colour for _, colour in _FACE.findall(TOKENS.read_text("utf-8"))]


def contrast(one: str, other: str) -> float:
    """The ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def _ratios(pair: Pair, *colours: dict[str, str]) -> str:
    measured = [f"{contrast(each[pair.front], each[pair.ground]):.1f}" for each in colours]
    words = f"{pair.front} on {pair.ground}"
    return "| " + " | ".join([pair.use, words, *measured, str(pair.needs or "–")]) + " |"


def tables() -> dict[str, str]:
    """The generated blocks of the page, by name."""
    light, dark = schemes()
    tokens = [
        "| token | light | dark | for |",
        "|---|---|---|---|",
        *(
            f"| `--{name}` | `{light[name]}` | `{dark[name]}` | {MEANINGS[name]} |"
            for name in light
        ),
    ]
    ratios = [
        "| use | pair | light | dark | needs |",
        "|---|---|---|---|---|",
        *(_ratios(pair, light, dark) for pair in PAIRS),
    ]
    worn = ", ".join(f"`{face}` {contrast('#ffffff', face):.1f}" for face in faces())
    return {
        "colours": "\n".join(tokens),
        "contrast": "\n".join(ratios),
        "faces": f"White letters on the seven: {worn}.",
    }


def fill(page: str) -> str:
    """The page with its tables written anew."""
    for name, table in tables().items():
        block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        page = block.sub(rf"\1\n{table}\n\n\2", page)
    return page


if __name__ == "__main__":
    PAGE.write_text(fill(PAGE.read_text("utf-8")), "utf-8")
