"""What a process that carries words frees, it overwrites: no word outlives its last reference.

Python keeps freed blocks as they were until something else needs them, which may be never. With
the C library's allocator in place of Python's, glibc fills every block that is freed (mallopt(3),
M_PERTURB), except those in its per-thread cache, which is therefore switched off. All of this is
decided when a process starts, so a process that was started without it starts itself again.
"""

from __future__ import annotations

import os
import sys

_TUNABLE = "glibc.malloc.tcache_count=0"
_FILL = "165"
"""Any value but 0; freed bytes become this one."""


def overwrites_what_it_frees() -> bool:
    """Whether this process was started so; False without glibc, whose allocator does it."""
    environment = os.environ
    return (
        can_overwrite_what_is_freed()
        and environment.get("PYTHONMALLOC") == "malloc"
        and environment.get("MALLOC_PERTURB_", "0") != "0"
        and _TUNABLE in environment.get("GLIBC_TUNABLES", "")
    )


def overwrite_what_is_freed() -> None:
    """Make sure of it: returns in a process that does, starts any other one again as such.

    Call it first of all: what was read before is read again. Without glibc it returns as well, and
    `masil doctor` says what is missing.
    """
    if overwrites_what_it_frees() or not can_overwrite_what_is_freed():
        return
    environment = dict(os.environ)
    tunables = [part for part in environment.get("GLIBC_TUNABLES", "").split(":") if part]
    tunables = [part for part in tunables if not part.startswith("glibc.malloc.tcache_count=")]
    environment["GLIBC_TUNABLES"] = ":".join([*tunables, _TUNABLE])
    environment["PYTHONMALLOC"] = "malloc"
    environment["MALLOC_PERTURB_"] = _FILL
    sys.stdout.flush()
    sys.stderr.flush()
    # The same program with the same arguments: nothing here comes from outside.
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)  # noqa: S606


def can_overwrite_what_is_freed() -> bool:
    """Whether the C library is one that does it: glibc."""
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (ValueError, OSError):
        return False
