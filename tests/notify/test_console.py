from __future__ import annotations

import pytest

from server.domain.language import Language
from server.notify.console import ConsoleCodeSender
from server.ports import CodeMessage, CodeSender


async def test_the_operator_sees_the_code_and_two_digits_of_the_number(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sender: CodeSender = ConsoleCodeSender()
    await sender.send_code(CodeMessage("+821012345678", "042137", "text", Language.KOREAN))
    shown = capsys.readouterr()
    edge, line, same_edge = shown.out.splitlines()
    assert " 042137 " in line
    assert "ending in 78:" in line
    assert "5678" not in shown.out
    assert edge == same_edge
    assert len(edge) == len(line)
    assert shown.err == ""
