"""The operator's commands, with a gate that runs and without one."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from server.domain.ids import MemberId, NumberHash
from server.domain.member import Member, Membership
from server.store.sql import SqlStore
from tests.server_process.running import ROOT, Running, until

pytestmark = pytest.mark.system
NOW_MS = 1_760_000_000_000


def settle(state: Path) -> None:
    """A house with a founder and a member."""
    state.joinpath("db").mkdir(parents=True)

    async def save() -> None:
        store = SqlStore(f"sqlite+aiosqlite:///{state / 'db' / 'masil.sqlite3'}")
        await store.open()
        for number, (name, is_admin) in enumerate((("Founder", True), ("민지", False))):
            await store.save_member(
                Member(
                    MemberId(f"id-{number}"),
                    NumberHash(bytes([number]) * 32),
                    name,
                    Membership.MEMBER,
                    is_admin,
                    NOW_MS + number,
                )
            )
        await store.close()

    asyncio.run(save())


def masil(state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server", *arguments],
        cwd=ROOT,
        env={**os.environ, "MASIL_STATE_DIR": str(state)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_without_a_gate_the_command_changes_the_database_itself(tmp_path: Path) -> None:
    settle(tmp_path)
    listed = masil(tmp_path, "members")
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["id-0", "id-1"]
    assert masil(tmp_path, "ban", "id-1", "--reason", "threats").returncode == 0
    assert "banned" in masil(tmp_path, "members", "민").stdout
    assert masil(tmp_path, "unban", "id-1").returncode == 0
    assert "banned" not in masil(tmp_path, "members").stdout


def test_an_invitation_is_printed_with_its_link(tmp_path: Path) -> None:
    settle(tmp_path)
    link = masil(tmp_path, "invite").stdout.split()[0]
    assert link.startswith("http://localhost:8080/invite#")
    assert len(link.partition("#")[2]) >= 22
    assert masil(tmp_path, "invite").stdout.split()[0] != link


def test_the_operator_exports_and_erases_a_person(tmp_path: Path) -> None:
    settle(tmp_path)
    told = json.loads(masil(tmp_path, "export-user", "id-1").stdout)
    assert told["format"] == "masil-account-1"
    assert told["kept"]["account"][0]["name"] == "민지"
    unsure = masil(tmp_path, "erase-user", "id-1")
    assert unsure.returncode == 1, "nobody said yes"
    assert masil(tmp_path, "erase-user", "id-0", "--yes").returncode == 1, "an admin"
    assert masil(tmp_path, "erase-user", "id-1", "--yes").stdout.strip() == "Done."
    assert "id-1" not in masil(tmp_path, "members").stdout
    assert masil(tmp_path, "export-user", "id-1").returncode == 1


def test_a_refusal_is_a_sentence_on_standard_error(tmp_path: Path) -> None:
    settle(tmp_path)
    refused = masil(tmp_path, "ban", "nobody")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.strip() == "There is no such member."
    assert masil(tmp_path, "admin", "id-0", "--remove").returncode == 1


def test_a_running_gate_carries_it_out_itself(tmp_path: Path) -> None:
    settle(tmp_path)
    client = tmp_path / "dist"
    client.mkdir()
    (client / "index.html").write_text("<!doctype html>")
    environment = {
        "MASIL_STATE_DIR": str(tmp_path),
        "MASIL_CLIENT_DIR": str(client),
        "MASIL_HTTP_PORT": "0",
    }
    gate = Running("-m", "server", "gate", environment=environment)
    try:
        gate.line_with("gate ready")
        socket = tmp_path / "run" / "admin.sock"
        until(socket.exists, 5)
        assert stat.S_IMODE(socket.stat().st_mode) == 0o600
        assert masil(tmp_path, "ban", "id-1").stdout.strip() == "Done."
        gate.line_with("operator asks")
        assert "banned" in masil(tmp_path, "members").stdout
        assert not [line for line in gate.lines if "민지" in line or "id-1" in line]
    finally:
        gate.stop()
    assert not socket.exists()
