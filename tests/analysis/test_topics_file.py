from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from analysis.topics_file import BadTranscriptError, Turn, read_turns, report


def test_a_plain_transcript_prints_topics_by_the_minute_and_traits() -> None:
    lines = [f"{n * 10} {n * 10 + 8} ann the bridge over the river" for n in range(7)]
    lines += [f"{n * 10} {n * 10 + 8} bob a tax for schools" for n in range(7, 12)]
    printed = list(report(read_turns("\n".join(lines)), "en"))
    assert printed[0].startswith("  1:00  ")
    assert "bridge" in printed[0]
    assert any(line.startswith("traits of bob: ") and "tax" in line for line in printed)


def test_json_lines_are_read_too() -> None:
    text = '{"t0": 0, "t1": 2.5, "speaker": "a", "text": "hello"}\n\n'
    assert read_turns(text) == [Turn(0, 2.5, "a", "hello")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no line"),
        ("hello", "line 1: expected"),
        ("0 1 a hi\n{", "line 2: expected"),
        ("x 1 a hi", "line 1: expected"),
        ("3 1 a hi", "line 1: times"),
        ("0 nan a hi", "line 1: times"),
        ("0 9 a hi\n0 3 b hi", "line 2: ends before"),
    ],
)
def test_a_bad_transcript_is_told_with_its_line(text: str, why: str) -> None:
    with pytest.raises(BadTranscriptError, match=why):
        read_turns(text)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"nonsense"])
def test_the_command_ends_with_a_stable_code(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "talk.txt"
    if content is not None:
        file.write_bytes(content)
    command = [sys.executable, "-m", "server", "topics", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"bad_transcript: {file}: ")
    assert "Traceback" not in done.stderr
