"""A house and two devices in network namespaces of their own, with networks between them.

One device stays where it is. The other one moves: changing its network takes its address away and
gives it another one elsewhere, as when a telephone leaves the Wi-Fi. Nothing outside these
namespaces is touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HOUSE_ADDRESS = "192.0.2.10"
_NETWORKS = ("198.51.100", "203.0.113")
_TIMEOUT_S = 10.0


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=_TIMEOUT_S)


def _at_once(namespace: str, *lines: str) -> None:
    """Several commands within a millisecond."""
    command, text = ["ip", "-n", namespace, "-batch", "-"], "\n".join(lines).encode()
    subprocess.run(command, input=text, check=True, capture_output=True, timeout=_TIMEOUT_S)


def why_not() -> str:
    """Why there can be no namespaces here; empty where there can."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return "network namespaces need root and iproute2"
    name = f"masil-probe-{os.getpid()}"
    try:
        _ip("netns", "add", name)
    except subprocess.CalledProcessError as error:
        return f"no network namespaces here: {error.stderr.decode(errors='replace').strip()}"
    _ip("netns", "delete", name)
    return ""


class Networks:
    """The house is HOUSE_ADDRESS from everywhere; the moving device begins in the first network."""

    def __init__(self) -> None:
        self.house = f"masil-house-{os.getpid()}"
        self.moving = f"masil-moving-{os.getpid()}"
        self.staying = f"masil-staying-{os.getpid()}"
        self._now = 0

    def in_house(self) -> list[str]:
        """What to put in front of a command that runs in the house's namespace."""
        return ["ip", "netns", "exec", self.house]

    def chromium(self, directory: Path, chromium: str, namespace: str) -> Path:
        """A program, made in `directory`, that is Chromium in a namespace."""
        program = directory / f"chromium-in-{namespace}"
        program.write_text(f'#!/bin/sh\nexec ip netns exec {namespace} {chromium} "$@"\n', "utf-8")
        program.chmod(0o755)
        return program

    def change(self) -> None:
        """The moving device leaves its network and enters the other one."""
        _at_once(self.moving, *self._leaving(self._now), *self._entering(1 - self._now))
        self._now = 1 - self._now

    def leave(self) -> None:
        """It is in no network any more."""
        _at_once(self.moving, *self._leaving(self._now))

    def enter(self) -> None:
        """It enters the network in which it was not last."""
        _at_once(self.moving, *self._entering(1 - self._now))
        self._now = 1 - self._now

    def cut(self) -> None:
        """The road is broken on the way; the device keeps its address, and sees nothing."""
        _ip("-n", self.house, "route", "add", "blackhole", f"{_NETWORKS[self._now]}.2/32")

    def mend(self) -> None:
        """The road is whole again."""
        _ip("-n", self.house, "route", "del", "blackhole", f"{_NETWORKS[self._now]}.2/32")

    @staticmethod
    def _leaving(number: int) -> tuple[str, ...]:
        link, network = f"eth{number}", _NETWORKS[number]
        return f"addr del {network}.2/24 dev {link}", f"link set {link} down"

    @staticmethod
    def _entering(number: int) -> tuple[str, ...]:
        link, network = f"eth{number}", _NETWORKS[number]
        return (
            f"link set {link} up",
            f"addr add {network}.2/24 dev {link}",
            f"route replace default via {network}.1",
        )

    def set_up(self) -> None:
        """Make all of it."""
        for name in (self.house, self.moving, self.staying):
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", self.house, "addr", "add", f"{HOUSE_ADDRESS}/32", "dev", "lo")
        for number, network in enumerate(_NETWORKS):
            self._connect(self.moving, number, f"{network}.1/24")
        self._connect(self.staying, 2, "192.0.2.65/30")
        _ip("-n", self.staying, "addr", "add", "192.0.2.66/30", "dev", "eth2")
        _ip("-n", self.staying, "link", "set", "eth2", "up")
        _ip("-n", self.staying, "route", "add", "default", "via", "192.0.2.65")
        self._now = 1
        self.enter()

    def tear_down(self) -> None:
        """Remove the namespaces, and with them all that was in them."""
        for name in (self.house, self.moving, self.staying):
            command = ["ip", "netns", "delete", name]
            subprocess.run(command, check=False, capture_output=True, timeout=_TIMEOUT_S)

    def _connect(self, device: str, number: int, gateway: str) -> None:
        _ip(
            *("-n", self.house, "link", "add", f"net{number}", "type", "veth"),
            *("peer", "name", f"eth{number}", "netns", device),
        )
        _ip("-n", self.house, "addr", "add", gateway, "dev", f"net{number}")
        _ip("-n", self.house, "link", "set", f"net{number}", "up")


@contextmanager
def networks() -> Iterator[Networks]:
    """All of it while it is needed; skips the test where there can be no namespaces."""
    if reason := why_not():
        pytest.skip(reason)
    made = Networks()
    try:
        made.set_up()
        yield made
    finally:
        made.tear_down()
