"""What a log line looks like, and what it must never hold."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Literal

import pytest
import structlog
from sqlalchemy import exc

from server.domain.ids import MemberId
from server.logging_setup import set_up_logging
from server.store.sql import SqlStore

NAME, NUMBER = "Kim Minji", "+821012345678"
FORMATS: list[Literal["console", "json"]] = ["console", "json"]


def fail_with_secrets(number: str) -> None:
    name = NAME  # noqa: F841  a talkative renderer would show it
    raise ValueError("something went wrong")


@pytest.mark.parametrize("log_format", FORMATS)
def test_a_traceback_shows_no_local_variables(
    log_format: Literal["console", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logging(log_format)
    try:
        fail_with_secrets(NUMBER)
    except ValueError:
        structlog.get_logger("server.test").exception("it failed", room_id="12345678")
    shown = capsys.readouterr().out
    assert "something went wrong" in shown
    assert "12345678" in shown
    assert NAME not in shown.replace(f'"{NAME}"', "")
    assert NUMBER not in shown


def test_a_json_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("json")
    structlog.get_logger("server.test").info("gate stops", rooms=3)
    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["rooms"], line["level"]) == ("gate stops", 3, "info")


def test_libraries_are_heard_from_warnings_on(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("console")
    logging.getLogger("aioice.ice").info("candidate 192.0.2.1")
    logging.getLogger("asyncio").warning("a slow callback")
    structlog.get_logger("server.test").debug("a detail")
    shown = capsys.readouterr().out
    assert "a slow callback" in shown
    assert "192.0.2.1" not in shown
    assert "a detail" not in shown


async def test_a_refused_statement_does_not_name_its_values(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path / 'masil.sqlite3'}")
    await store.open()
    with pytest.raises(exc.IntegrityError) as refused:
        await store.save_session(b"a secret token hash", MemberId("nobody-at-all"), 1)
    await store.close()
    assert "secret" not in str(refused.value)
    assert "nobody-at-all" not in str(refused.value)
