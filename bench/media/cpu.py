"""How much CPU time a process has used, to the nanosecond, from /proc/PID/task/*/schedstat."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def cpu_ns_of(pids: Iterable[int]) -> tuple[int, ...]:
    """The same of several processes."""
    return tuple(cpu_ns(pid) for pid in pids)


def cpu_ns(pid: int) -> int:
    """On-CPU time of all living threads of a process, in nanoseconds."""
    total = 0
    for entry in Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((entry / "schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):  # a thread ended while we looked
            continue
    return total
