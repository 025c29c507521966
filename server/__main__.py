"""`python -m server`: see `server/cli.py`."""

from __future__ import annotations

import sys

from confinement.overwriting import overwrite_what_is_freed

if sys.argv[1:2] == ["gate"]:
    # Here and not in the command: it starts the process anew, and a test that runs the command
    # inside itself would be started anew with it.
    overwrite_what_is_freed()

from server.cli import app

app(prog_name="python -m server")
