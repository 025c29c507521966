"""The scripts behind `make`: executable, readable by any POSIX shell, loud when they fail."""

from __future__ import annotations

import os
import shutil
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


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The part of one that builds the C loop."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    native = tmp_path / "server/media/embedded/native"
    native.mkdir(parents=True)
    for name in ("build.sh", "fan_out.c"):
        shutil.copy(ROOT / "server/media/embedded/native" / name, native)
    return native


def test_without_a_compiler_the_set_up_says_so_in_a_line_and_goes_on(
    checkout: Path, tmp_path: Path
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "dirname", "mkdir", "sha256sum", "cut", "grep", "rm", "mv", "flock"):
        (programs / name).symlink_to(str(shutil.which(name)))
    done = run(str(tmp_path / "tools/native.sh"), PATH=str(programs))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines() == [
        "masil: no C compiler (cc) here: voices are sealed in Python, which takes more CPU"
    ]
    assert not (checkout / "fan_out.so").exists()


def test_c_that_does_not_compile_is_told_in_a_line_and_leaves_nothing(
    checkout: Path, tmp_path: Path
) -> None:
    if shutil.which("cc") is None:
        pytest.skip("needs a C compiler")
    (checkout / "fan_out.c").write_text("this is not C\n", "utf-8")
    done = run(str(tmp_path / "tools/native.sh"))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (0, "", 1)
    assert "did not compile" in done.stderr
    assert "error" in (tmp_path / ".tools/native.log").read_text("utf-8")
    assert sorted(path.name for path in checkout.iterdir()) == ["build.sh", "fan_out.c"]


def test_the_c_loop_is_built_before_the_service_starts() -> None:
    assert "tools/native.sh" in run("make", "--dry-run", "run").stdout
    assert "tools/native.sh" in (ROOT / "tools/test.sh").read_text("utf-8").splitlines()
