"""A network namespace of the bench's own, with one address in 127/8 that is not `lo`'s.

Janus and aiortc leave out the loopback interface, so the address sits on a veth; what is sent to
it stays in the kernel all the same, as on `lo`. Every server under comparison runs in such a
namespace, so that all have the same road.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator

ADDRESS = "127.9.9.9"
_TIMEOUT_S = 10.0


class NoNamespaceError(RuntimeError):
    """This machine or user cannot make a network namespace; the message says why."""


@contextlib.contextmanager
def network_namespace() -> Iterator[list[str]]:
    """Make it and yield what to put in front of a command to run it inside; then remove it.

    Raises:
        NoNamespaceError
    """
    if shutil.which("ip") is None:
        raise NoNamespaceError("ip is needed: apt-get install iproute2")
    if os.geteuid() != 0:
        raise NoNamespaceError("only root can make a network namespace")
    name = f"masil-bench-{os.getpid()}"
    inside = ["ip", "netns", "exec", name]
    try:
        _run(["ip", "netns", "add", name])
    except subprocess.CalledProcessError as error:
        raise NoNamespaceError(error.stderr.decode(errors="replace").strip()) from error
    try:
        _run([*inside, "ip", "link", "set", "lo", "up"])
        _run([*inside, "ip", "link", "add", "veth0", "type", "veth", "peer", "name", "veth1"])
        _run([*inside, "ip", "addr", "add", f"{ADDRESS}/32", "dev", "veth0"])
        for device in ("veth0", "veth1"):
            _run([*inside, "ip", "link", "set", device, "up"])
        yield inside
    except subprocess.CalledProcessError as error:
        raise NoNamespaceError(error.stderr.decode(errors="replace").strip()) from error
    finally:
        _run(["ip", "netns", "delete", name])


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=_TIMEOUT_S)
