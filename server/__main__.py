"""`python -m server`: see `server/cli.py`."""

from __future__ import annotations

from server.cli import app

app(prog_name="python -m server")
