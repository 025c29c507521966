"""What the doctor finds, and that he finds nothing where nothing is wrong."""

from __future__ import annotations

import datetime
import socket
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.bootstrap import doctor
from server.bootstrap.doctor import Finding
from server.config import Settings
from server.start import load_pepper
from server.store.sql import SqlStore

NOW_MS = 1_790_000_000_000


def levels(findings: list[Finding]) -> dict[str, str]:
    return {finding.about: finding.level for finding in findings}


def apart(tmp_path: Path, **more: object) -> Settings:
    """Settings under which pepper and database lie in different places."""
    return Settings(
        state_dir=tmp_path / "state",
        pepper_file=tmp_path / "keys" / "pepper",
        media_host="127.0.0.1",
        media_port=0,
        **more,  # type: ignore[arg-type]
    )


def test_a_pepper_in_the_path_of_the_database_must_be_mended(tmp_path: Path) -> None:
    beside = apart(tmp_path).model_copy(
        update={"pepper_file": tmp_path / "state" / "db" / "pepper"}
    )
    (finding,) = doctor.database_place(beside)
    assert finding.level == "fail"
    assert "MASIL_PEPPER_FILE" in finding.text


def test_one_directory_above_both_is_worth_a_warning(tmp_path: Path) -> None:
    (finding,) = doctor.database_place(Settings(state_dir=tmp_path))
    assert finding.level == "warn"
    (finding,) = doctor.database_place(apart(tmp_path))
    assert finding.level == "ok"


def test_a_pepper_that_others_may_read_or_that_is_damaged_must_be_mended(tmp_path: Path) -> None:
    settings = apart(tmp_path)
    assert [f.level for f in doctor.pepper(settings)] == ["warn"]
    load_pepper(settings)
    assert [f.level for f in doctor.pepper(settings)] == ["ok"]
    path = settings.resolved_pepper_file()
    path.chmod(0o640)
    assert [f.level for f in doctor.pepper(settings)] == ["fail"]
    path.write_bytes(b"short")
    assert [f.level for f in doctor.pepper(settings)] == ["fail", "fail"]


@pytest.mark.parametrize(
    ("url", "level"),
    [
        ("", "warn"),
        ("https://masil.example", "ok"),
        ("http://masil.example", "fail"),
    ],
)
def test_pages_without_https_get_no_microphone(tmp_path: Path, url: str, level: str) -> None:
    (finding,) = doctor.public_address(apart(tmp_path, public_url=url))
    assert finding.level == level


@pytest.mark.parametrize(("days", "level"), [(-1, "fail"), (3, "warn"), (60, "ok")])
def test_a_certificate_is_told_before_it_ends(tmp_path: Path, days: int, level: str) -> None:
    file = tmp_path / "cert.pem"
    file.write_bytes(certificate(days))
    (finding,) = doctor.certificate(apart(tmp_path, tls_cert_file=file), NOW_MS)
    assert finding.level == level
    file.write_bytes(b"no certificate")
    (finding,) = doctor.certificate(apart(tmp_path, tls_cert_file=file), NOW_MS)
    assert finding.level == "fail"


def certificate(days: int) -> bytes:
    now = datetime.datetime.fromtimestamp(NOW_MS / 1000, datetime.UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "masil.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=90))
        .not_valid_after(now + datetime.timedelta(days=days, hours=1))
        .sign(key, hashes.SHA256())
    )
    from cryptography.hazmat.primitives.serialization import Encoding

    return made.public_bytes(Encoding.PEM)


def test_a_port_that_something_else_holds_is_told(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        taken = apart(tmp_path).model_copy(update={"media_port": other.getsockname()[1]})
        assert next(doctor.voices(taken)).text.endswith("(a worker runs, it seems).")
    forbidden = apart(tmp_path).model_copy(update={"media_host": "203.0.113.7", "media_port": 1})
    assert next(doctor.voices(forbidden)).level == "fail"


async def test_the_last_runs_of_jobs_are_shown(tmp_path: Path) -> None:
    settings = apart(tmp_path)
    assert levels(await doctor.database(settings)) == {"database": "warn"}
    store = SqlStore(settings.resolved_database_url())
    await store.open()
    await store.save_job_run("forget expired contacts", NOW_MS, 7)
    await store.close()
    found = await doctor.examine(settings, NOW_MS)
    (job,) = [finding for finding in found if finding.about == "job"]
    assert job.text == "forget expired contacts: ran 2026-09-21 14:13 UTC, 7 affected."
    assert levels(found)["database"] == "ok"


async def test_a_database_that_cannot_be_opened_must_be_mended(tmp_path: Path) -> None:
    settings = apart(tmp_path)
    file = tmp_path / "state" / "db" / "masil.sqlite3"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"this is no database at all" * 100)
    assert levels(await doctor.database(settings)) == {"database": "fail"}
