"""What is in the memory of a process: searched as a debugger would, by /proc/PID/mem."""

from __future__ import annotations

import os
from pathlib import Path

_CHUNK = 16 * 1024 * 1024
_ENCODINGS = ("utf-8", "utf-16-le", "utf-32-le")
"""As text travels, and as Python and C++ libraries hold it."""
_NOT_READABLE = ("[vvar]", "[vvar_vclock]", "[vsyscall]")


def forms_of(text: str) -> dict[str, bytes]:
    """The bytes that this text would be, by encoding."""
    return {encoding: text.encode(encoding) for encoding in _ENCODINGS}


def places_of(pid: int, text: str) -> list[str]:
    """Where this text is in a process: encoding, region and address of each place.

    Raises:
        PermissionError: this user may not look into that process.
    """
    forms = forms_of(text)
    overlap = max(len(form) for form in forms.values()) - 1
    found: list[str] = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            fields = line.split(maxsplit=5)
            name = fields[5] if len(fields) > 5 else "anonymous"
            if "r" not in fields[1] or name in _NOT_READABLE:
                continue
            start, end = (int(part, 16) for part in fields[0].split("-"))
            for at in range(start, end, _CHUNK):
                block = _read(memory.fileno(), at, min(end - at, _CHUNK + overlap))
                for encoding, form in forms.items():
                    place = block.find(form)
                    while 0 <= place < _CHUNK:
                        found.append(f"{encoding} {name} {at + place:#x}")
                        place = block.find(form, place + 1)
    return found


def _read(descriptor: int, at: int, size: int) -> bytes:
    try:
        return os.pread(descriptor, size, at)
    except OSError:
        return b""  # a guard page, or a region that went away meanwhile


def descendants(pid: int) -> dict[int, str]:
    """A process and all below it, by id with the command line."""
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            command = (entry / "cmdline").read_text().replace("\0", " ").strip()
        except OSError:
            continue
        if stat[0] != "Z":
            parents[int(entry.name)], commands[int(entry.name)] = int(stat[1]), command
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return {member: commands[member] for member in family if member in commands}
