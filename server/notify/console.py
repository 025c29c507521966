"""Shows sign-in codes in the operator's terminal: for localhost, trying out and development only.

Whoever reads the terminal can sign in as anybody, so a house that is open to others needs a
sender that reaches phones. This is the one place where a code appears; of the number only the
last two digits are shown. Nothing is logged.
"""

from __future__ import annotations

import typer


class ConsoleCodeSender:
    """Implements `ports.CodeSender` on standard output, which the supervisor shows."""

    async def send_code(self, e164: str, code: str) -> None:
        """Show the code."""
        line = f"  Code for the number ending in {e164[-2:]}:  {code}  "
        edge = "+" + "-" * len(line) + "+"
        typer.echo(f"{edge}\n|{line}|\n{edge}")
