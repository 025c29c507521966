"""The C parts, built on the spot with `cc` into a directory that the caller throws away.

Owns what C and Python share: structure layouts as ctypes and as numpy types. See native/*.c.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np

_SOURCES = Path(__file__).parent / "native"
DATAGRAM_BYTES = 640

ARRIVAL = np.dtype(
    [
        ("at_ns", "<i8"),
        ("client", "<u4"),
        ("ssrc", "<u4"),
        ("sequence", "<u2"),
        ("length", "<u2"),
        ("unused", "<u4"),
    ]
)
DATAGRAM = np.dtype(
    [
        ("client", "<u4"),
        ("length", "<u4"),
        ("host", "<u4"),
        ("port", "<u4"),
        ("data", "u1", (DATAGRAM_BYTES,)),
    ]
)
UTTERANCE = np.dtype(
    [
        ("due_ns", "<i8"),
        ("sent_ns", "<i8"),
        ("offset", "<u4"),
        ("length", "<u2"),
        ("speaker", "<u2"),
    ]
)


class Notebook(ctypes.Structure):
    """`struct notebook`: what listeners noted."""

    _fields_ = (
        ("fds", ctypes.c_void_p),
        ("arrivals", ctypes.c_void_p),
        ("samples", ctypes.c_void_p),
        ("checks", ctypes.c_void_p),
        ("arrivals_size", ctypes.c_uint64),
        ("arrivals_used", ctypes.c_uint64),
        ("samples_size", ctypes.c_uint64),
        ("samples_used", ctypes.c_uint64),
        ("checks_size", ctypes.c_uint64),
        ("checks_used", ctypes.c_uint64),
        ("not_noted", ctypes.c_uint64),
        ("rtcp", ctypes.c_uint64),
        ("clients", ctypes.c_uint32),
        ("recording", ctypes.c_uint32),
        ("sample_mask", ctypes.c_uint32),
        ("unused", ctypes.c_uint32),
    )


class NoCompilerError(RuntimeError):
    """There is no `cc` on this machine."""


def build(name: str, into: Path, *, program: bool = False) -> Path:
    """Compile native/`name`.c to a shared object, or to a program, and return its path.

    Raises:
        NoCompilerError
        subprocess.CalledProcessError: it does not compile.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        raise NoCompilerError("a C compiler is needed: apt-get install gcc libc6-dev")
    target = into / (name if program else f"{name}.so")
    kind = [] if program else ["-shared", "-fPIC"]
    command = [compiler, "-O2", "-Wall", *kind, "-o", str(target), str(_SOURCES / f"{name}.c")]
    subprocess.run(command, check=True, timeout=60)
    return target
