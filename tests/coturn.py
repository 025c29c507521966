"""Debian's coturn, started as docker-compose.yml starts it, but on this machine's loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SECRET = "c2VjcmV0IG9mIHRoZSB0ZXN0cyBvbmx5Lg=="
STARTS_WITHIN_S = 10.0
needs_coturn = pytest.mark.skipif(
    shutil.which("turnserver") is None,
    reason="coturn is not installed (Debian: apt-get install coturn)",
)


@contextmanager
def coturn(directory: Path, peers: str) -> Iterator[int]:
    """A TURN server on 127.0.0.1 that relays to `peers` (a JSON list); its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    secret_file = directory / "turn-secret"
    secret_file.write_text(SECRET + "\n", "utf-8")
    log = directory / "turnserver.log"
    options = {
        "listening-ip": "127.0.0.1",
        "relay-ip": "127.0.0.1",
        "listening-port": str(port),
        "userdb": str(directory / "turndb"),
        "pidfile": str(directory / "turnserver.pid"),
        "log-file": str(log),
    }
    process = subprocess.Popen(
        [
            ROOT / "turn" / "start.sh",
            "--allow-loopback-peers",
            *(f"--{name}={value}" for name, value in options.items()),
        ],
        env=os.environ
        | {"TURN_SECRET_FILE": str(secret_file), "TURN_PEERS": peers, "TMPDIR": str(directory)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process, log)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    told = log.read_text("utf-8")[-2000:] if log.exists() else "no log"
    raise AssertionError(f"coturn did not start: {told}")
