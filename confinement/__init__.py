"""What a process that hears voices gives up: writing files, core dumps, being read by others.

Shared by the media workers and the analysis process, which otherwise have no code in common.
"""

from __future__ import annotations

import ctypes
import os
import resource

_PR_SET_DUMPABLE = 4


def confine() -> None:
    """Take away this process's ability to write any file, for good, its children's included.

    RLIMIT_FSIZE 0 makes every write that would grow a regular file fail with EFBIG (Python
    ignores the signal SIGXFSZ); sockets and pipes go on working. Without cores and not dumpable,
    memory reaches no disk and no other user's debugger. See setrlimit(2), prctl(2).

    Raises:
        OSError: the kernel refused.
    """
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
