"""The commands of `python -m server`. Owns the terminal's words; decides nothing else.

Whatever keeps a process from starting is told in one sentence, with exit code 2. Each command
loads its own process's code only: the supervisor none, the media process no database.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError

from server import house_cli
from server.config import Settings
from server.logging_setup import set_up_logging
from server.start import StartError, prepare_state_dir, require_client
from server.supervisor import EXIT_CANNOT_START, Part, Supervisor

app = typer.Typer(
    help="Masil: voice rooms that anyone can host.", no_args_is_help=True, add_completion=False
)


@app.command()
def serve() -> None:
    """Run the whole house on this machine: gate, media workers and analysis."""
    settings = read_settings()
    try:
        prepare_state_dir(settings)
        require_client(settings)
    except StartError as error:
        raise _cannot_start(error) from error
    parts = [Part("gate", ("-m", "server", "gate")), *_media_parts(settings)]
    if settings.resolved_analysis_url().startswith("unix:"):
        parts.append(Part("analysis", ("-m", "analysis")))
    raise typer.Exit(asyncio.run(Supervisor(parts, sys.stdout).run()))


@app.command()
def gate() -> None:
    """Run the gate alone: pages, sign-in, rooms and every decision."""
    from server.bootstrap.gate import run_gate

    settings = read_settings()
    _run(settings, run_gate(settings))


@app.command()
def media(index: Annotated[int, typer.Option(min=0, help="Which one, from 0.")] = 0) -> None:
    """Run one media worker alone: voices, and nothing else."""
    from server.bootstrap.media import run_media

    settings = read_settings()
    if index >= settings.resolved_media_workers():
        raise _cannot_start(
            StartError(f"There is no media worker {index}: set MASIL_MEDIA_WORKERS.")
        )
    _run(settings, run_media(settings, index))


@app.command()
def media_workers() -> None:
    """Run all media workers of this machine and nothing else."""
    settings = read_settings()
    raise typer.Exit(asyncio.run(Supervisor(_media_parts(settings), sys.stdout).run()))


@app.command("founder")
@app.command("founder-link", hidden=True)
def founder_link() -> None:
    """Print a new founder's link, which makes any older one void."""
    from server.bootstrap.gate import print_founder_link

    settings = read_settings()
    _run(settings, print_founder_link(settings))


_PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True}


@app.command(context_settings=_PASSED_ON, add_help_option=False)
def transcribe(context: typer.Context) -> None:
    """Print the captions of a sound file (`masil transcribe --help`)."""
    _become("analysis.cli", "transcribe", *context.args)


@app.command("eval-captions", context_settings=_PASSED_ON, add_help_option=False)
def eval_captions(context: typer.Context) -> None:
    """Judge the speech model on clips whose words are known (`masil eval-captions --help`)."""
    _become("analysis.cli", "eval-captions", *context.args)


@app.command(context_settings=_PASSED_ON, add_help_option=False)
def topics(context: typer.Context) -> None:
    """Print the topics of a transcript, as a room would have seen them (`masil topics --help`)."""
    _become("analysis.topics_file", *context.args)


app.add_typer(house_cli.app)


def _become(module: str, *arguments: str) -> NoReturn:
    """Become a command of the analysis package, with which the server shares no code."""
    sys.stdout.flush()
    # The operator's own words, given to no shell.
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606


def _media_parts(settings: Settings) -> list[Part]:
    """One process a worker; a lone one has no number."""
    command = ("-m", "server", "media")
    count = settings.resolved_media_workers()
    if count == 1:
        return [Part("media", command)]
    return [Part(f"media-{index}", (*command, f"--index={index}")) for index in range(count)]


def read_settings() -> Settings:
    """The settings of this process; what is wrong with them ends the program with a sentence."""
    try:
        return Settings()
    except ValidationError as error:
        # The values are left out: one of them may be a token.
        wrong = "; ".join(
            f"MASIL_{'_'.join(map(str, part['loc'])).upper()}: {part['msg']}"
            for part in error.errors()
        )
        raise _cannot_start(StartError(f"Settings are wrong: {wrong}.")) from error


def _run(settings: Settings, work: Coroutine[None, None, None]) -> None:
    set_up_logging(settings.log_format)
    try:
        prepare_state_dir(settings)
        asyncio.run(work)
    except StartError as error:
        raise _cannot_start(error) from error
    finally:
        work.close()


def _cannot_start(error: StartError) -> typer.Exit:
    typer.echo(str(error), err=True)
    return typer.Exit(EXIT_CANNOT_START)
