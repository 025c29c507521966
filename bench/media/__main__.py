"""`python -m bench.media`: measure the media engine and print and store what came out.

Needs `cc`; root and `ip` for Janus and aiortc; Janus itself. What is missing is left out and named.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from bench.media.figures import Hot
from bench.media.harness import Harness
from bench.media.hot import HotError, measure_hot
from bench.media.namespace import ADDRESS, NoNamespaceError, network_namespace
from bench.media.native import NoCompilerError
from bench.media.plan import FULL, QUICK, Plan
from bench.media.report import describe_machine, make_report, tables

_RESULTS = Path(__file__).parents[1] / "results" / "media.json"
_INSTALL_S = 300


def main(
    quick: Annotated[bool, typer.Option(help="A small subset in under a minute.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Where to store JSON; default: bench/results/media.json.")
    ] = None,
    install: Annotated[bool, typer.Option(help="apt-get install what is missing.")] = False,
) -> None:
    """Measure; a quick run is stored only where --out says so."""
    # So that `timeout` or a supervisor leaves no namespace and no server behind either.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if install:
        _install()
    plan = QUICK if quick else FULL
    machine = describe_machine()
    hot_skipped: list[str] = []
    hot = _measure_hot(plan, hot_skipped)
    harness = _measure_rest(plan)
    harness.skipped += hot_skipped
    report = make_report(harness, hot, machine, quick=quick)
    for line in tables(report):
        typer.echo(line)
    target = out or (None if quick else _RESULTS)
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
        typer.echo(f"stored in {target}")


def _measure_hot(plan: Plan, skipped: list[str]) -> Hot | None:
    typer.echo(f"hot path: {plan.hot_receivers} receivers …", err=True)
    with tempfile.TemporaryDirectory(prefix="masil-bench-") as directory:
        try:
            return measure_hot(
                Path(directory),
                receivers=plan.hot_receivers,
                rounds=plan.hot_rounds,
                packets=plan.hot_packets,
            )
        except (HotError, NoCompilerError) as error:
            skipped.append(f"hot: {error}")
            return None


def _measure_rest(plan: Plan) -> Harness:
    with contextlib.ExitStack() as stack:
        try:
            prefix = stack.enter_context(network_namespace())
            host, reason = ADDRESS, ""
        except NoNamespaceError as error:
            prefix, host, reason = [], "127.0.0.1", str(error)
        harness = Harness(plan, host, prefix, lambda line: typer.echo(line, err=True))
        if reason:
            harness.skipped.append(f"no network namespace: {reason}")
        asyncio.run(harness.run())
    return harness


def _install() -> None:
    """Debian's packages of what is measured against."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = ["janus", "iproute2", "gcc", "libc6-dev"]
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    subprocess.run(command, check=True, env=environment, timeout=_INSTALL_S)


if __name__ == "__main__":
    typer.run(main)
