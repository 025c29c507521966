"""A confined process, a real child of this one, can talk but cannot leave a trace on a disk."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

CHILD = """
import errno, json, mmap, os, resource, socket, subprocess, sys, ctypes
from confinement import confine

folder = sys.argv[1]

def write(name, flags=os.O_WRONLY | os.O_CREAT):
    try:
        handle = os.open(os.path.join(folder, name), flags, 0o600)
        try:
            return os.write(handle, b"a voice")
        finally:
            os.close(handle)
    except OSError as error:
        return errno.errorcode[error.errno]

def dump_by_child(name):
    command = 'printf "a voice" > "$0"'
    subprocess.run(["sh", "-c", command, os.path.join(folder, name)], stderr=subprocess.DEVNULL)
    return os.path.getsize(os.path.join(folder, name))

def shared_memory():
    try:
        handle = os.memfd_create("voice")
        return os.write(handle, b"a voice")
    except OSError as error:
        return errno.errorcode[error.errno]

def raise_limit():
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    except (ValueError, OSError) as error:
        return type(error).__name__
    return "raised"

def dumpable():
    return ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)

kept = os.open(os.path.join(folder, "kept-open"), os.O_WRONLY | os.O_CREAT, 0o600)
before = {"write": write("before"), "child": dump_by_child("child-before"), "dumpable": dumpable()}
confine()
one, other = socket.socketpair()
one.send(b"heard")
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 0))
udp.sendto(b"packet", udp.getsockname())
reader, writer = os.pipe()
os.write(writer, b"piped")
try:
    kept_open = os.write(kept, b"a voice")
except OSError as error:
    kept_open = errno.errorcode[error.errno]
after = {
    "write": write("after"),
    "append": write("before", os.O_WRONLY | os.O_APPEND),
    "kept_open": kept_open,
    "child": dump_by_child("child-after"),
    "shared_memory": shared_memory(),
    "raise_limit": raise_limit(),
    "dumpable": dumpable(),
    "core": resource.getrlimit(resource.RLIMIT_CORE),
    "socket": other.recv(16).decode(),
    "udp": udp.recv(16).decode(),
    "pipe": os.read(reader, 16).decode(),
}
print(json.dumps({"before": before, "after": after}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the child could do before and after it was confined."""
    folder = tmp_path_factory.mktemp("disk")
    child = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CHILD), str(folder)],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    answer: dict[str, Any] = json.loads(child.stdout)
    answer["sizes"] = {path.name: path.stat().st_size for path in folder.iterdir()}
    return answer


def test_before_it_is_confined_the_same_process_can_write(told: dict[str, Any]) -> None:
    assert told["before"] == {"write": 7, "child": 7, "dumpable": 1}
    assert told["sizes"]["before"] == 7


def test_no_file_can_be_written_or_extended(told: dict[str, Any]) -> None:
    assert told["after"]["write"] == "EFBIG"
    assert told["after"]["append"] == "EFBIG"
    assert told["sizes"]["after"] == 0


def test_a_file_that_was_already_open_cannot_be_written(told: dict[str, Any]) -> None:
    assert told["after"]["kept_open"] == "EFBIG"
    assert told["sizes"]["kept-open"] == 0


def test_a_child_process_inherits_the_confinement(told: dict[str, Any]) -> None:
    assert told["after"]["child"] == 0


def test_anonymous_memory_files_cannot_be_written_either(told: dict[str, Any]) -> None:
    assert told["after"]["shared_memory"] == "EFBIG"


def test_the_core_is_off_and_memory_is_not_readable_by_others(told: dict[str, Any]) -> None:
    assert told["after"]["core"] == [0, 0]
    assert told["after"]["dumpable"] == 0


def test_sockets_and_pipes_go_on_working(told: dict[str, Any]) -> None:
    after = told["after"]
    assert (after["socket"], after["udp"], after["pipe"]) == ("heard", "packet", "piped")


def test_an_ordinary_user_cannot_raise_the_limit_again(told: dict[str, Any]) -> None:
    if told["after"]["raise_limit"] == "raised":
        pytest.skip("runs as root (CAP_SYS_RESOURCE), who may raise any limit")
    assert told["after"]["raise_limit"] in {"ValueError", "PermissionError"}
