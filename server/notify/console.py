"""Shows sign-in codes in the operator's terminal: for localhost, trying out and development only.

Whoever reads the terminal can sign in as anybody, so a house that is open to others needs a
sender that reaches phones. This is the one place where a code appears; of the number only the
last two digits are shown. Nothing is logged.
"""

from __future__ import annotations

import typer

from server.ports import CodeMessage


class ConsoleCodeSender:
    """Implements `ports.CodeSender` on standard output, which the supervisor shows."""

    async def send_code(self, message: CodeMessage) -> None:
        """Show the code."""
        line = f"  Code for the number ending in {message.e164[-2:]}:  {message.code}  "
        edge = "+" + "-" * len(line) + "+"
        typer.echo(f"{edge}\n|{line}|\n{edge}")

    async def close(self) -> None:
        """Nothing is open."""
