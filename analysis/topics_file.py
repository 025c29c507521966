"""`python -m analysis.topics_file FILE`: a transcript's topics, as they would have been shown.

Takes JSON lines ({"t0": seconds, "t1": …, "speaker": …, "text": …}) or plain lines
"t0 t1 speaker text", in order of t1. Prints the list every minute and each speaker's traits at the
end. The code is that which serves rooms.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from analysis.counts import Said
from analysis.insights import traits
from analysis.timeline import CHUNK_S
from analysis.topics import RoomTopics
from analysis.words import Analysers

EVERY_S = 60.0
EXIT_BAD_FILE = 2


class Turn(msgspec.Struct, frozen=True):
    """What somebody said, from second t0 to t1."""

    t0: float
    t1: float
    speaker: str
    text: str


class BadTranscriptError(Exception):
    """The file is no transcript; the message says which line and why."""


def read_turns(text: str) -> list[Turn]:
    """Read a transcript.

    Raises:
        BadTranscriptError: a line is malformed, times run backwards, or there is no line.
    """
    turns: list[Turn] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        turn = _turn(line, number)
        if not (math.isfinite(turn.t1) and 0 <= turn.t0 <= turn.t1):
            raise BadTranscriptError(f"line {number}: times must be 0 <= t0 <= t1")
        if turns and turn.t1 < turns[-1].t1:
            raise BadTranscriptError(f"line {number}: ends before the line above it")
        turns.append(turn)
    if not turns:
        raise BadTranscriptError("there is no line in it")
    return turns


def report(turns: list[Turn], language: str) -> Iterator[str]:
    """Lines for the terminal: topics by the minute, the timeline, traits."""
    analysers, room, due_s = Analysers(), RoomTopics(), EVERY_S
    last: list[str] = []
    for number, turn in enumerate(turns):
        while turn.t1 > due_s:
            last = [topic.term for topic in room.top(due_s)]
            yield _line(due_s, last)
            due_s += EVERY_S
            if due_s + EVERY_S < turn.t1 and not last:
                due_s = math.floor(turn.t1 / EVERY_S) * EVERY_S
        said = Said(turn.speaker, language, turn.t1, number)
        room.add(said, analysers.words(turn.text, language))
    yield _line(turns[-1].t1, [topic.term for topic in room.top(turns[-1].t1)])
    ends_s = turns[-1].t1
    for segment in room.segments(ends_s + CHUNK_S):
        to_s = ends_s if segment.to_s is None else segment.to_s
        yield f"{_clock(segment.from_s)} to {_clock(to_s)}  {', '.join(segment.terms) or '-'}"
    for speaker, words in traits(room.counts, room.blocked).items():
        if words:
            yield f"traits of {speaker}: {', '.join(word.term for word in words)}"


def _turn(line: str, number: int) -> Turn:
    try:
        if line.lstrip().startswith("{"):
            return msgspec.json.decode(line, type=Turn)
        t0, t1, speaker, text = line.split(maxsplit=3)
        return Turn(float(t0), float(t1), speaker, text)
    except (msgspec.DecodeError, ValueError) as error:
        raise BadTranscriptError(
            f'line {number}: expected JSON with t0, t1, speaker, text, or "t0 t1 speaker text"'
        ) from error


def _line(at_s: float, terms: list[str]) -> str:
    return f"{_clock(at_s)}  {', '.join(terms) or '-'}"


def _clock(at_s: float) -> str:
    minutes, seconds = divmod(int(at_s), 60)
    return f"{minutes:3d}:{seconds:02d}"


def main() -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="masil topics", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--language", choices=("en", "ko"), default="en")
    arguments = parser.parse_args()
    try:
        turns = read_turns(arguments.file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, BadTranscriptError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        if isinstance(error, UnicodeDecodeError):
            reason = "it is not UTF-8 text"
        sys.stderr.write(f"bad_transcript: {arguments.file}: {reason}\n")
        return EXIT_BAD_FILE
    for line in report(turns, arguments.language):
        sys.stdout.write(line + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
