"""`masil transcribe` and `masil eval-captions`: the live path on files, for choosing a model.

Owns what is printed; a wrong argument, file, manifest or model ends with one sentence that begins
with its code, and exit code 2.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, NoReturn

import msgspec
import typer

from analysis.config import Settings
from analysis.evaluation import BadManifestError, Clip, Judged, evaluate, read_manifest, totals
from analysis.listen_file import BadSoundError, HeardLine, listen, read_sound
from analysis.model import engine_at_rest, load_order
from analysis.speech_wire import Load
from analysis.speech_worker import open_transcriber
from analysis.transcriber import ModelUnavailableError, Transcriber
from analysis.windows import judge, write_verdict

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
EXIT_BAD_INPUT = 2
WINDOWS_S = (30, 20, 15, 10)
ModelOption = Annotated[
    str, typer.Option(help="A size or a directory; default: MASIL_WHISPER_MODEL.")
]
EngineOption = Annotated[
    str, typer.Option(help="whisper or pocketsphinx; default: MASIL_TRANSCRIBER.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command()
def transcribe(
    file: Annotated[Path, typer.Argument(help="Any sound that FFmpeg reads.")],
    language: Annotated[str, typer.Option(help="ISO 639-1; default: detected.")] = "",
    partials: Annotated[bool, typer.Option(help="Show captions as they grow, too.")] = False,
    model: ModelOption = "",
    transcriber: EngineOption = "",
    json: JsonOption = False,
) -> None:
    """Print the captions of a sound file as a room would be shown them."""
    try:
        sound = read_sound(file)
    except BadSoundError as error:
        _fail("bad_sound", str(error), json=json)
    engine, _ = _open(model, transcriber, json=json)
    for line in listen(sound, engine, language or None):
        if line.final or partials:
            typer.echo(msgspec.json.encode(line).decode() if json else _caption(line))


@app.command("eval-captions")
def eval_captions(
    manifest: Annotated[Path, typer.Argument(help="JSON: a list of {file, text, lang, kind}.")],
    model: ModelOption = "",
    transcriber: EngineOption = "",
    loss: Annotated[float, typer.Option(min=0, max=1, help="Share of packets lost.")] = 0.0,
    pin: Annotated[bool, typer.Option(help="Tell the engine each clip's language.")] = False,
    windows: Annotated[
        bool, typer.Option(help="Find the shortest window that costs 1 point at most, and keep it.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Judge an engine on clips whose words are known: errors, invented lines, latency."""
    try:
        clips = read_manifest(manifest)
    except BadManifestError as error:
        _fail("bad_manifest", str(error), json=json)
    engine, load = _open(model, transcriber, json=json)
    if windows:
        _find_window(clips, manifest.parent, load, loss, pin=pin, json=json)
        return
    judged = _judge(clips, manifest.parent, engine, loss, pin=pin, json=json)
    described = {
        "engine": engine.engine.name,
        "device": engine.engine.device,
        "window_s": load.window_s,
        "loss": loss,
        "language": "pinned" if pin else "detected",
    }
    summed = {**described, **totals(judged)}
    if json:
        typer.echo(msgspec.json.encode({"clips": judged, "totals": summed}).decode())
        return
    for one in judged:
        typer.echo(_clip_line(one))
    for name, value in summed.items():
        typer.echo(f"{name:>20}  {value}")


def _find_window(
    clips: list[Clip], directory: Path, load: Load, loss: float, *, pin: bool, json: bool
) -> None:
    if load.transcriber != "whisper":
        _fail("no_windows", "only Whisper's models have windows", json=json)
    rates: dict[int, float] = {}
    for window_s in WINDOWS_S:
        engine = open_transcriber(msgspec.structs.replace(load, window_s=window_s))
        judged = _judge(clips, directory, engine, loss, pin=pin, json=json)
        summed = totals(judged)
        if summed["wer"] is None:
            _fail("bad_manifest", "no clip of the manifest holds speech", json=json)
        # Words where a language has them, characters where not: weighed by clips.
        parts = summed["by_language"].values()
        rates[window_s] = sum(part["error_rate"] * part["clips"] for part in parts) / sum(
            part["clips"] for part in parts
        )
        # One invented line on silence is worse than a wrong word.
        rates[window_s] += summed["lines_on_non_speech"]
    verdict = judge(Path(load.model_dir), summed["speech_clips"], rates)
    try:
        path = write_verdict(Path(load.model_dir), verdict)
    except OSError as error:
        _fail("not_written", f"the verdict cannot be kept: {error.strerror}", json=json)
    if json:
        typer.echo(msgspec.json.encode(verdict).decode())
        return
    for window, rate in verdict.error_rates.items():
        typer.echo(f"{window:>3} s  {rate:.4f}")
    typer.echo(f"MASIL_WHISPER_WINDOW_S=auto now means {verdict.window_s} s ({path})")


def _judge(
    clips: list[Clip], directory: Path, engine: Transcriber, loss: float, *, pin: bool, json: bool
) -> list[Judged]:
    try:
        return list(evaluate(clips, directory, engine, loss, pin=pin))
    except BadSoundError as error:
        _fail("bad_sound", str(error), json=json)


def _open(model: str, transcriber: str, *, json: bool) -> tuple[Transcriber, Load]:
    os.environ["HF_HUB_OFFLINE"] = "1"
    chosen = {"whisper_model": model, "transcriber": transcriber}
    try:
        settings = Settings(**{name: value for name, value in chosen.items() if value})  # type: ignore[arg-type]
    except ValueError as error:
        _fail("bad_settings", " ".join(str(error).split()), json=json)
    at_rest = engine_at_rest(settings)
    if at_rest.state != "ready":
        missing = f"the model {at_rest.detail} is not here (`python -m analysis.fetch`)"
        _fail("no_model", missing if at_rest.fetch else at_rest.detail, json=json)
    try:
        load = load_order(settings)
        return open_transcriber(load), load
    except ModelUnavailableError as error:
        _fail("no_model", str(error), json=json)


def _fail(code: str, message: str, *, json: bool) -> NoReturn:
    if json:
        said: dict[str, Any] = {"error": {"code": code, "message": message}}
        typer.echo(msgspec.json.encode(said).decode())
    typer.echo(f"{code}: {message}", err=True)
    raise typer.Exit(EXIT_BAD_INPUT)


def _caption(line: HeardLine) -> str:
    text = "[gap]" if line.gap else line.text
    mark = " " if line.final else "…"
    return f"{_clock(line.from_ms)}–{_clock(line.to_ms)} {line.language or '--'} {mark} {text}"


def _clip_line(one: Judged) -> str:
    if one.skipped:
        return f"{one.id}: skipped, {one.skipped}"
    if one.wer is None:
        return f"{one.id}: {one.lines} lines where nobody speaks {one.text}".rstrip()
    return f"{one.id}: wer {one.wer:.2f} cer {one.cer:.2f} {one.latency_ms} ms | {one.text}"


def _clock(ms: int) -> str:
    return f"{ms // 60_000:02}:{ms % 60_000 / 1000:05.2f}"


if __name__ == "__main__":
    app(prog_name="masil")
