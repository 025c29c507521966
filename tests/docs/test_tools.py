"""The scripts behind `make`: executable, readable by any POSIX shell, loud when they fail."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "tools").glob("*.sh"))


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_every_script_is_understood_by_the_shell(script: Path) -> None:
    assert run("sh", "-n", str(script)).returncode == 0
    assert script.name == "common.sh" or os.access(script, os.X_OK)


def test_the_ci_machine_runs_make_test() -> None:
    ci = ROOT / ".ci" / "run"
    assert os.access(ci, os.X_OK)
    assert "exec make test" in ci.read_text("utf-8").splitlines()


def test_running_the_service_never_installs_what_only_tests_need() -> None:
    recipe = run("make", "--dry-run", "run").stdout
    assert "-m server serve" in recipe
    assert "chromium" not in recipe
    assert " dev" not in recipe


def test_a_chromium_that_does_not_start_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho no display >&2\nexit 1\n", "utf-8")
    broken.chmod(0o755)
    chosen = run("tools/chromium.sh", CHROMIUM=str(broken))
    assert chosen.returncode == 1
    assert chosen.stdout == ""
    assert f"CHROMIUM={broken} does not start: no display" in chosen.stderr


def test_a_chromium_that_starts_is_printed(tmp_path: Path) -> None:
    works = tmp_path / "chromium"
    works.write_text("#!/bin/sh\nexit 0\n", "utf-8")
    works.chmod(0o755)
    chosen = run("tools/chromium.sh", CHROMIUM=str(works))
    assert (chosen.returncode, chosen.stdout) == (0, f"{works}\n")
