"""Run a supervisor over small programs: `python supervise.py NAME=PROGRAM …`."""

from __future__ import annotations

import asyncio
import sys

from server.supervisor import Part, Supervisor


def main() -> int:
    parts = []
    for argument in sys.argv[1:]:
        name, program = argument.split("=", 1)
        parts.append(Part(name, ("-S", "-c", program, name)))
    return asyncio.run(Supervisor(parts, sys.stdout).run())


if __name__ == "__main__":
    sys.exit(main())
