"""What a real child frees is gone from its memory, seen from outside; without, it is not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from confinement.overwriting import can_overwrite_what_is_freed
from tests.process_memory import places_of

WORDS = "moonlit kettle arithmetic"
CHILD = """
import json, sys
from confinement.overwriting import overwrite_what_is_freed
if sys.argv[1] == "overwriting":
    overwrite_what_is_freed()
words = sys.stdin.readline().strip()
kept = [json.loads(json.dumps([words, n])) for n in range(50)] + [words.encode("utf-16-le")]
print("held", flush=True)
sys.stdin.readline()
del kept, words
print("freed", flush=True)
sys.stdin.readline()
"""
pytestmark = pytest.mark.skipif(
    not can_overwrite_what_is_freed(), reason="this C library cannot overwrite what is freed"
)


def left_after_freeing(mode: str) -> int:
    mine = os.environ.items()
    environment = {k: v for k, v in mine if "MALLOC" not in k and k != "GLIBC_TUNABLES"}
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as child:
        assert child.stdin
        assert child.stdout
        for said, expected in ((WORDS, "held"), ("", "freed")):
            child.stdin.write(said + "\n")
            child.stdin.flush()
            assert child.stdout.readline() == expected + "\n"
            if expected == "held":
                assert places_of(child.pid, WORDS), "the search finds what is certainly there"
        left = len(places_of(child.pid, WORDS))
        child.stdin.write("\n")
    return left


def test_what_is_freed_is_overwritten_by_a_process_that_started_itself_again_for_it() -> None:
    assert left_after_freeing("overwriting") == 0


def test_otherwise_it_stays() -> None:
    assert left_after_freeing("as usual") > 0
