"""Faults of ours and of the machine: told with a code, logged without what people said or typed."""

from __future__ import annotations

import asyncio

import pytest

from protocol import signalling as wire
from protocol.errors import ErrorCode
from tests.fakes.media import FAKE_ANSWER
from tests.web.gate import Gate
from tests.web.page import e164_of, number_of


async def test_fault_of_ours_is_told_and_ends_one_request_only(
    gate: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    page = await gate.founder()
    gate.sender.faulty = True
    response = await page.ask_code(1)
    assert (response.status, (await response.json())["code"]) == (500, "internal")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    opened = await page.ask(wire.OpenRoom, title="Talk")
    media_id = (await page.join(opened.room_id)).media_id
    gate.media.answers = None  # type: ignore[assignment]
    refusal = await page.refusal(wire.AnswerMedia, media_id=media_id, sdp=FAKE_ANSWER)
    assert refusal is ErrorCode.INTERNAL
    gate.media.answers = {}
    await page.ask(wire.AnswerMedia, media_id=media_id, sdp=FAKE_ANSWER)
    logged = capsys.readouterr().out
    assert "request failed" in logged
    assert "command failed" in logged


async def test_log_holds_no_name_number_code_or_token(
    gate: Gate, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    host = await gate.founder()
    newcomer = gate.page()
    await host.add_contacts(1)
    await newcomer.sign_in(1, "Secretname")
    await newcomer.connect()
    await host.admit_next()
    await host.open_room("Secrettitle")
    async with gate.locked_database():
        assert (await newcomer.ask_code(1)).status == 503
        await newcomer.disconnect()
        await asyncio.sleep(0)
    logged = capsys.readouterr().out + caplog.text
    tokens = [cookie.value for page in (host, newcomer) for cookie in page.http.cookie_jar]
    secrets = [number_of(1), e164_of(1), gate.sender.codes[e164_of(1)], *tokens]
    assert not any(secret in logged for secret in [*secrets, "Secretname", "Secrettitle"])


async def test_malformed_http_costs_one_connection(gate: Gate) -> None:
    for garbage in (b"GET /\x00 HTTP/9\r\n\r\n", b"\x16\x03\x01\x02\x00" * 9, b"A" * 100_000):
        reader, writer = await asyncio.open_connection("127.0.0.1", gate.port)
        writer.write(garbage + b"\r\n\r\n")
        async with asyncio.timeout(5):
            answer = await reader.read()
        assert answer.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400")), answer
        writer.close()
    assert (await gate.page().http.get(gate.base + "/healthz")).status == 200
