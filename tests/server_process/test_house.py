"""The whole house as `make run` starts it: real processes, two of media, under the supervisor."""

from __future__ import annotations

import os
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server_process.running import Running, alive, until

pytestmark = pytest.mark.house
BACK_WITHIN_S = 15
"""Generous: the tests of other parts may be running beside; 1 to 3 s on an idle machine."""

CHILDREN = {
    "media-0": ("--index=0", "media worker connected"),
    "media-1": ("--index=1", "media worker connected"),
    "analysis": ("analysis", "analysis listens"),
    "gate": ("gate", "gate ready"),
}
"""What each is started with, and what shows that it is back."""


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_neighbours() -> int:
    """The first of two UDP ports that nobody uses now."""
    while True:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as next_one,
        ):
            one.bind(("0.0.0.0", 0))
            port = int(one.getsockname()[1])
            try:
                next_one.bind(("0.0.0.0", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def environment(directory: Path, http_port: int, media_port: int) -> dict[str, str]:
    client = directory / "dist"
    client.mkdir()
    (client / "index.html").write_text("<!doctype html><title>Masil</title>")
    return {
        "MASIL_STATE_DIR": str(directory / "state"),
        "MASIL_CLIENT_DIR": str(client),
        "MASIL_HTTP_PORT": str(http_port),
        "MASIL_MEDIA_PORT": str(media_port),
        "MASIL_MEDIA_WORKERS": "2",
        "MASIL_WHISPER_MODEL": str(directory / "no-model"),
    }


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[Running, str]]:
    http_port = free_port(socket.SOCK_STREAM)
    variables = environment(tmp_path, http_port, free_neighbours())
    running = Running("-m", "server", "serve", environment=variables)
    yield running, f"http://localhost:{http_port}"
    running.stop(signal.SIGKILL)


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_house_opens_survives_the_death_of_its_parts_and_closes(
    house: tuple[Running, str],
) -> None:
    running, url = house
    running.line_with(f"gate ready {url}", timeout_s=60)
    running.line_with(f"{url}/founder#")
    running.line_with("media ready", timeout_s=60)
    until(lambda: sum("media worker connected" in line for line in running.lines) == 2, 60)
    running.line_with("analysis listens", timeout_s=60)
    assert status(f"{url}/") == 200

    for part, (argument, sign) in CHILDREN.items():
        killed, seen = running.child(argument), len(running.lines)
        os.kill(killed, signal.SIGKILL)
        running.line_with(f"{part} ended (killed by SIGKILL)", after=seen)
        running.line_with(sign, after=seen, timeout_s=BACK_WITHIN_S)
        assert running.child(argument) != killed
        assert status(f"{url}/") == 200

    pids = [running.child(argument) for argument, _ in CHILDREN.values()]
    assert running.stop(signal.SIGTERM) == 0
    assert not any(alive(pid) for pid in pids)
    assert not any("Traceback" in line for line in running.lines), "\n".join(running.lines)


def test_a_taken_udp_port_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("0.0.0.0", 0))
        port = int(other.getsockname()[1])
        media = Running("-m", "server", "media", environment=environment(tmp_path, 0, port))
        assert media.process.wait(60) == 2
    media.stop()
    assert len(media.lines) == 1
    assert media.lines[0].startswith(f"UDP port {port} on ")
