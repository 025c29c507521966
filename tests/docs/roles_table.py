"""Prints the table of roles and states into docs/protocol.md (`make generate` does)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from server.domain.errors import MasilError
from server.domain.roles import STATES, TABLE, Command, Role, RoomState, Rule, Standing
from server.web.errors import code_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"
_BLOCK = re.compile(r"(<!-- roles -->\n).*?(<!-- end of roles -->)", re.DOTALL)
_ORDER: tuple[Standing, ...] = (*Role, None)


def fill(page: str) -> str:
    """The page with the tables written anew."""
    return _BLOCK.sub(lambda m: f"{m[1]}\n{_commands()}\n{_states()}\n{m[2]}", page)


def _commands() -> str:
    lines = [
        "| command | who may | others hear | about whom | else | roles that change |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_line(command, rule) for command, rule in TABLE.items()]
    return "\n".join(lines) + "\n"


def _line(command: Command, rule: Rule) -> str:
    refuses = bool(set(Role) - rule.by) and command is not Command.TIME
    about_refuses = rule.about is not None and bool(set(Role) - rule.about)
    steps = [
        f"{_name(before)} → {_name(after)}"
        for before in _ORDER
        for after in _ORDER
        if after in rule.becomes.get(before, ())
    ]
    cells = (
        "(time)" if command is Command.TIME else f"`{command.value}`",
        _names(rule.by),
        _code(rule.refusal) if refuses else "",
        _names(rule.about or ()),
        _code(rule.about_refusal) if about_refuses else "",
        "<br>".join(steps),
    )
    return "| " + " | ".join(cells) + " |"


def _states() -> str:
    lines = ["| room is | becomes | by |", "|---|---|---|"]
    for before in RoomState:
        for after in RoomState:
            causes = STATES.get((before, after))
            if causes:
                names = [
                    "time" if c is Command.TIME else f"`{c.value}`" for c in Command if c in causes
                ]
                lines.append(f"| {before.value} | {after.value} | {', '.join(names)} |")
    return "\n".join(lines) + "\n"


def _names(standings: Iterable[Standing]) -> str:
    found = set(standings)
    if found == set(_ORDER):
        return "everybody"
    if found == set(Role):
        return "everybody inside"
    return ", ".join(_name(each) for each in _ORDER if each in found)


def _name(standing: Standing) -> str:
    return standing.value if standing else "outside"


def _code(refusal: type[MasilError]) -> str:
    return f"`{code_of(refusal()).value}`"


if __name__ == "__main__":
    PAGE.write_text(fill(PAGE.read_text("utf-8")), "utf-8")
