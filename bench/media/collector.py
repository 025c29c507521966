"""Empties all clients' sockets in a thread of its own and keeps their ICE consent fresh.

Owns the notebook that C writes into (native/load.c). Bounded: arrivals, samples and checks for
which there is no room are counted in `not_noted`, and a run with any is worth nothing.
"""

from __future__ import annotations

import ctypes
import socket
import struct
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.media.client import Client
from bench.media.native import ARRIVAL, DATAGRAM, Notebook

SWEEP_S = 0.02
CONSENT_S = 2.5
"""Between two checks of one client, about as often as Chromium sends them."""
_CHECKS = 8192
Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Notes:
    """What arrived while recording."""

    arrivals: Array
    samples: Array
    not_noted: int


class Collector:
    """One thread; `add` may be called while it runs."""

    def __init__(self, library: Path, clients: int) -> None:
        self._sweep = ctypes.CDLL(str(library)).sweep
        self._fds = np.full(clients, -1, np.int32)
        self._checks = np.zeros(_CHECKS, DATAGRAM)
        self._arrivals = np.zeros(0, ARRIVAL)
        self._samples = np.zeros(0, DATAGRAM)
        self._book = Notebook(
            fds=self._fds.ctypes.data,
            clients=clients,
            checks=self._checks.ctypes.data,
            checks_size=_CHECKS,
        )
        self._clients: dict[int, Client] = {}
        self._due = 0.0
        self._looked = time.monotonic()
        self._turn = -1
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="collector")

    def start(self) -> None:
        """Sweep from now on."""
        self._thread.start()

    def close(self) -> None:
        """Stop sweeping."""
        self._stop.set()
        self._thread.join(timeout=5.0)

    def add(self, client: Client) -> None:
        """Look after a connected client from now on."""
        with self._lock:
            self._fds[client.number] = client.socket.fileno()
            self._clients[client.number] = client

    def record(self, arrivals: int, samples: int, sample_mask: int) -> None:
        """Note RTP from now on, at most so many packets."""
        with self._lock:
            self._arrivals = np.zeros(arrivals, ARRIVAL)
            self._samples = np.zeros(samples, DATAGRAM)
            book = self._book
            book.arrivals, book.arrivals_size = self._arrivals.ctypes.data, arrivals
            book.samples, book.samples_size = self._samples.ctypes.data, samples
            book.arrivals_used = book.samples_used = book.not_noted = 0
            book.sample_mask = sample_mask
            book.recording = 1

    def stop_recording(self) -> Notes:
        """What was noted since `record`.

        Raises:
            RuntimeError: the thread failed.
        """
        with self._lock:
            book = self._book
            book.recording = 0
            if self._error is not None:
                raise RuntimeError("the collector failed") from self._error
            return Notes(
                self._arrivals[: book.arrivals_used],
                self._samples[: book.samples_used],
                int(book.not_noted),
            )

    def _run(self) -> None:
        try:
            while not self._stop.wait(SWEEP_S):
                with self._lock:
                    self._sweep(ctypes.byref(self._book))
                    self._answer_checks()
                    self._send_checks()
        except (OSError, ValueError, struct.error) as error:
            self._error = error

    def _answer_checks(self) -> None:
        used, self._book.checks_used = int(self._book.checks_used), 0
        for check in self._checks[:used]:
            host = socket.inet_ntoa(int(check["host"]).to_bytes(4, "little"))
            data = check["data"][: int(check["length"])].tobytes()
            self._clients[int(check["client"])].on_check(data, (host, int(check["port"])))

    def _send_checks(self) -> None:
        """Spread evenly: every client once in CONSENT_S."""
        now = time.monotonic()
        self._due += len(self._fds) * (now - self._looked) / CONSENT_S
        self._looked = now
        while self._due >= 1:
            self._due -= 1
            self._turn = (self._turn + 1) % len(self._fds)
            if self._turn in self._clients:
                self._clients[self._turn].send_check()
