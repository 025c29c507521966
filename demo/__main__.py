"""`python -m demo`: what `make demo` runs once everything is installed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from demo.evening import evening, invitation
from demo.house import ROOT, DemoHouse, HouseError
from demo.speech import SynthesiserMissingError, synthesiser

EXIT_CANNOT_START = 2


def demo(
    port: Annotated[
        int | None,
        typer.Option(help="Where it listens; else 8080, or another where that is taken."),
    ] = None,
) -> None:
    """Fill a house of its own with synthetic members who talk, until Ctrl-C."""
    try:
        synthesiser()
        asyncio.run(_run(port))
    except (HouseError, SynthesiserMissingError) as error:
        typer.echo(str(error), err=True)
        sys.exit(EXIT_CANNOT_START)


def model() -> str | None:
    """A speech model that is on this machine already; None: turns are typed as well as spoken."""
    named = os.environ.get("MASIL_WHISPER_MODEL", "")
    candidates = [Path(named)] if "/" in named else sorted((ROOT / "var" / "models").glob("*"))
    return next((str(path) for path in candidates if (path / "model.bin").is_file()), None)


async def _run(port: int | None) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    found = model()
    typer.echo("A house of its own is being built …")
    async with DemoHouse(port, found) as house, evening(house) as plays:
        link = await invitation(plays[0].guests[0], house)
        typer.echo(_welcome(link, found))
        talking = [
            asyncio.create_task(play.perform(typed=found is None), name=play.scene.title)
            for play in plays
        ]
        ends = [asyncio.create_task(stop.wait()), asyncio.create_task(house.ended())]
        done, pending = await asyncio.wait([*talking, *ends], return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        for task in done:
            task.result()
    typer.echo("Gone, with all that was in it.")


def _welcome(link: str, found: str | None) -> str:
    heard = (
        f"Their voices are turned into text by the model in {found}."
        if found
        else "There is no speech model here: what they say is typed as well, as turns on stage."
    )
    return f"""
  Come in:  {link}

  Any Korean mobile number will do, say 010-1234-5678; the code is shown here.
  Two rooms are lit in the hallway. {heard}
  Ctrl-C ends it; the house and all that was in it are deleted then.
"""


if __name__ == "__main__":
    typer.run(demo)
