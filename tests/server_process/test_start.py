"""What keeps a process from starting is told in one sentence, without a traceback."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.bootstrap import gate
from server.cli import app
from server.config import Settings
from server.domain.ids import MemberId, NumberHash
from server.domain.member import Member, Membership
from server.start import StartError, load_pepper, load_push_key, prepare_state_dir
from server.store.sql import SqlStore
from server.supervisor import EXIT_CANNOT_START
from tests.server_process.running import ROOT


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    client = tmp_path / "dist"
    client.mkdir()
    (client / "index.html").write_text("<!doctype html>")
    made = Settings(
        state_dir=tmp_path / "state", client_dir=client, http_host="127.0.0.1", http_port=0
    )
    prepare_state_dir(made)
    return made


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


# ---------------------------------------------------------------- refusals


async def test_a_taken_port_is_named(settings: Settings, taken_port: int) -> None:
    taken = settings.model_copy(update={"http_port": taken_port})
    with pytest.raises(StartError, match=f"Port {taken_port} on 127.0.0.1 .* it is taken"):
        await gate.run_gate(taken)


async def test_a_database_that_cannot_be_opened_is_named(settings: Settings) -> None:
    nowhere = settings.model_copy(
        update={"database_url": "sqlite+aiosqlite:////proc/nowhere/masil.sqlite3"}
    )
    with pytest.raises(StartError, match="The database cannot be opened"):
        await gate.run_gate(nowhere)


async def test_a_tls_certificate_that_is_none_is_named(settings: Settings) -> None:
    broken = settings.model_copy(update={"tls_cert_file": settings.client_dir / "index.html"})
    with pytest.raises(StartError, match="The TLS certificate cannot be used"):
        await gate.run_gate(broken)


@pytest.mark.parametrize("command", ["serve", "gate"])
def test_a_client_that_was_never_built_is_told_with_what_to_do(
    tmp_path: Path, command: str
) -> None:
    environment = {"MASIL_STATE_DIR": str(tmp_path), "MASIL_CLIENT_DIR": str(tmp_path / "no")}
    result = CliRunner().invoke(app, [command], env=environment)
    assert result.exit_code == EXIT_CANNOT_START
    assert result.output.startswith("There is no built client in")
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["serve", "gate", "media", "founder-link"])
def test_a_state_directory_that_cannot_be_written_is_named(tmp_path: Path, command: str) -> None:
    file = tmp_path / "file"
    file.touch()
    result = CliRunner().invoke(app, [command], env={"MASIL_STATE_DIR": str(file / "state")})
    assert result.exit_code == EXIT_CANNOT_START
    assert result.output.startswith("The state directory")


def test_a_wrong_setting_is_named_without_its_value() -> None:
    result = CliRunner().invoke(app, ["serve"], env={"MASIL_HTTP_PORT": "s3cret"})
    assert result.exit_code == EXIT_CANNOT_START
    assert "MASIL_HTTP_PORT" in result.output
    assert "s3cret" not in result.output


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"MASIL_CODE_SENDER": "pigeon"}, "MASIL_CODE_SENDER"),
        ({"MASIL_CODE_SENDER": "webhook"}, "MASIL_CODE_WEBHOOK_URL must be an https:// address"),
        (
            {"MASIL_CODE_SENDER": "webhook", "MASIL_CODE_WEBHOOK_URL": "http://sms.example/x"},
            "MASIL_CODE_WEBHOOK_URL must be an https:// address",
        ),
        (
            {"MASIL_CODE_SENDER": "webhook", "MASIL_CODE_WEBHOOK_URL": "https://sms.example/x"},
            "needs a secret of at least 16 bytes: set MASIL_CODE_WEBHOOK_SECRET_FILE",
        ),
        (
            {
                "MASIL_CODE_SENDER": "webhook",
                "MASIL_CODE_WEBHOOK_URL": "https://sms.example/x",
                "MASIL_CODE_WEBHOOK_SECRET_FILE": "/nowhere",
            },
            "MASIL_CODE_WEBHOOK_SECRET_FILE: /nowhere cannot be read",
        ),
        (
            {"MASIL_CODE_SENDER": "twilio", "MASIL_TWILIO_AUTH_TOKEN": "s3cret"},
            "needs MASIL_TWILIO_ACCOUNT_SID and MASIL_TWILIO_FROM",
        ),
        (
            {"MASIL_CODE_SENDER": "twilio", "MASIL_TWILIO_URL": "ftp://x"},
            "MASIL_TWILIO_URL must be an https:// address",
        ),
        ({"MASIL_TRUSTED_PROXIES": '["10.0.0.1/8x"]'}, "MASIL_TRUSTED_PROXIES"),
    ],
)
def test_what_a_sender_of_codes_lacks_is_told_in_one_sentence(
    settings: Settings, given: dict[str, str], told: str
) -> None:
    environment = {
        "MASIL_STATE_DIR": str(settings.state_dir),
        "MASIL_CLIENT_DIR": str(settings.client_dir),
        **given,
    }
    result = CliRunner().invoke(app, ["gate"], env=environment)
    assert result.exit_code == EXIT_CANNOT_START
    assert told in result.output
    assert "s3cret" not in result.output
    assert len(result.output.splitlines()) == 1


# ---------------------------------------------------------------- the pepper


def test_the_pepper_is_made_once_for_this_user_only_and_never_beside_the_database(
    settings: Settings,
) -> None:
    pepper = load_pepper(settings)
    file = settings.resolved_pepper_file()
    assert len(pepper) == 32
    assert load_pepper(settings) == pepper
    assert file.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]
    database = Path(settings.resolved_database_url().partition(":///")[2])
    assert database.parent not in file.parents


def test_two_houses_never_share_a_pepper(settings: Settings, tmp_path: Path) -> None:
    other = settings.model_copy(update={"pepper_file": tmp_path / "elsewhere" / "pepper"})
    assert load_pepper(other) != load_pepper(settings)


def test_a_damaged_pepper_is_refused_and_left_alone(settings: Settings) -> None:
    load_pepper(settings)
    settings.resolved_pepper_file().write_bytes(b"short")
    with pytest.raises(StartError, match="damaged"):
        load_pepper(settings)
    assert settings.resolved_pepper_file().read_bytes() == b"short"


# ---------------------------------------------------------------- the push key


def test_the_push_key_is_made_once_for_this_user_only(settings: Settings) -> None:
    key = load_push_key(settings)
    file = settings.resolved_push_key_file()
    assert len(key) == 32
    assert key != load_pepper(settings)
    assert load_push_key(settings) == key
    assert file.stat().st_mode & 0o777 == 0o600
    database = Path(settings.resolved_database_url().partition(":///")[2])
    assert database.parent not in file.parents


@pytest.mark.parametrize("damaged", [b"short", bytes(32), b"\xff" * 32])
def test_a_push_key_that_is_none_is_refused_and_left_alone(
    settings: Settings, damaged: bytes
) -> None:
    load_push_key(settings)
    settings.resolved_push_key_file().write_bytes(damaged)
    with pytest.raises(StartError, match=r"The push key .* is damaged"):
        load_push_key(settings)
    assert settings.resolved_push_key_file().read_bytes() == damaged


def test_a_contact_that_push_services_would_refuse_is_named() -> None:
    result = CliRunner().invoke(app, ["serve"], env={"MASIL_PUSH_CONTACT": "call me"})
    assert result.exit_code == EXIT_CANNOT_START
    assert "MASIL_PUSH_CONTACT" in result.output


# ---------------------------------------------------------------- the founder's link


async def test_the_founders_link_is_there_until_somebody_lives_in_the_house(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await gate.print_founder_link(settings)
    first = capsys.readouterr().out
    await gate.print_founder_link(settings)
    assert "/founder#" in first
    assert capsys.readouterr().out != first

    store = SqlStore(settings.resolved_database_url())
    await store.open()
    digest = NumberHash(b"n" * 32)
    await store.save_member(Member(MemberId("m"), digest, "M", Membership.MEMBER, True, 1))
    await store.close()
    with pytest.raises(StartError, match="members already"):
        await gate.print_founder_link(settings)


# ---------------------------------------------------------------- what a process loads


@pytest.mark.parametrize(
    ("module", "unneeded"),
    [("server.bootstrap.media", ("sqlalchemy", "server.service")), ("server.cli", ("aiohttp",))],
)
def test_a_process_loads_only_what_it_needs(module: str, unneeded: tuple[str, ...]) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert module in loaded
    assert not set(unneeded) & set(loaded)
