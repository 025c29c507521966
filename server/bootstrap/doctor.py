"""`masil doctor`: looks at the settings, the files and the database as an operator would.

Each finding says what is wrong and what to do. Never prints a secret; changes nothing, but that a
database of an older version is brought up to date by opening it.
"""

from __future__ import annotations

import errno
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from cryptography import x509
from sqlalchemy.engine import make_url

from confinement.overwriting import can_overwrite_what_is_freed
from server.bootstrap.gate import open_store
from server.config import Settings
from server.start import PEPPER_BYTES, StartError

Level = Literal["ok", "warn", "fail"]
CERTIFICATE_DAYS = 14
_LOCAL = ("localhost", "127.0.0.1", "::1")
_MS = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    level: Level
    about: str
    text: str


async def examine(settings: Settings, now_ms: int) -> list[Finding]:
    """Everything, in the order of importance to somebody who sets a house up."""
    return [
        *pepper(settings),
        *database_place(settings),
        *public_address(settings),
        *certificate(settings, now_ms),
        *memory(),
        *voices(settings),
        *codes(settings),
        *await database(settings),
    ]


def pepper(settings: Settings) -> Iterator[Finding]:
    """The key of the number hashes: there, whole, and for this user only."""
    path = settings.resolved_pepper_file()
    try:
        size, mode = path.stat().st_size, stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        yield Finding("warn", "pepper", f"There is none yet; the first start makes {path}.")
        return
    except OSError as error:
        yield Finding("fail", "pepper", f"{path} cannot be read: {error.strerror}.")
        return
    if size != PEPPER_BYTES:
        yield Finding("fail", "pepper", f"{path} is damaged: restore it from its own backup.")
    if mode & 0o077:
        yield Finding("fail", "pepper", f"Others may read {path}: chmod 0600.")
    if size == PEPPER_BYTES and not mode & 0o077:
        yield Finding("ok", "pepper", "It is there, whole, and yours only.")


def database_place(settings: Settings) -> Iterator[Finding]:
    """Whoever copies one directory must not get the database and the pepper."""
    url = make_url(settings.resolved_database_url())
    if url.get_backend_name() != "sqlite" or not url.database:
        yield Finding("ok", "backup", "The database is on a server, the pepper is not.")
        return
    database = Path(url.database).resolve().parent
    key = settings.resolved_pepper_file().resolve().parent
    if database == key or database.is_relative_to(key) or key.is_relative_to(database):
        yield Finding(
            "fail",
            "backup",
            f"The pepper lies in one path with the database ({database}): a stolen backup would "
            "reveal numbers. Set MASIL_PEPPER_FILE to another place.",
        )
    elif settings.state_dir.resolve() in database.parents and (
        settings.state_dir.resolve() in key.parents
    ):
        yield Finding(
            "warn",
            "backup",
            f"Both are below {settings.state_dir}: back up {database} and {key} apart, never the "
            "whole, or set MASIL_PEPPER_FILE to another place.",
        )
    else:
        yield Finding("ok", "backup", "The pepper is not in the database's path.")


def public_address(settings: Settings) -> Iterator[Finding]:
    """Browsers give a microphone to localhost or HTTPS only."""
    public = urlsplit(settings.resolved_public_url())
    if public.scheme == "https":
        yield Finding("ok", "address", "Pages are opened over HTTPS: browsers give microphones.")
    elif public.hostname in _LOCAL:
        yield Finding("warn", "address", "Pages work on this machine only: set MASIL_PUBLIC_URL.")
    else:
        yield Finding(
            "fail",
            "address",
            "MASIL_PUBLIC_URL is not HTTPS: browsers give no microphone to such pages.",
        )


def certificate(settings: Settings, now_ms: int) -> Iterator[Finding]:
    """The certificate that the gate serves itself, if it does."""
    path = settings.tls_cert_file
    if path is None:
        return
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        yield Finding("fail", "certificate", f"{path} is no certificate that can be read.")
        return
    now = datetime.fromtimestamp(now_ms / _MS, UTC)
    days = (found.not_valid_after_utc - now).days
    level: Level = "fail" if days < 0 else "warn" if days < CERTIFICATE_DAYS else "ok"
    yield Finding(level, "certificate", f"It ends in {days} days.")


def memory() -> Iterator[Finding]:
    """Whether captions that are over are overwritten, which is the C library's part."""
    if can_overwrite_what_is_freed():
        yield Finding("ok", "memory", "Words that are over are overwritten.")
    else:
        yield Finding(
            "warn",
            "memory",
            "Captions that are over stay in memory until it is used again: this C library cannot "
            "overwrite what is freed, glibc can.",
        )


def voices(settings: Settings) -> Iterator[Finding]:
    """The UDP port of the first worker, what browsers are told, and a way round blocked UDP."""
    port = settings.worker_port(0)
    family = socket.AF_INET6 if ":" in settings.media_host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((settings.media_host, port))
            yield Finding("ok", "voices", f"UDP port {port} can be opened.")
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                yield Finding("ok", "voices", f"UDP port {port} is open (a worker runs, it seems).")
            else:
                yield Finding("fail", "voices", f"UDP port {port}: {error.strerror}.")
    local = urlsplit(settings.resolved_public_url()).hostname in _LOCAL
    if not settings.media_advertise and not local:
        yield Finding(
            "warn",
            "voices",
            "Browsers are told this machine's own addresses; behind a NAT or in a container set "
            "MASIL_MEDIA_ADVERTISE to the public one.",
        )
    if not settings.turn_urls and not local:
        yield Finding(
            "warn", "turn", "Networks that block UDP cannot reach this house: see MASIL_TURN_URLS."
        )


def codes(settings: Settings) -> Iterator[Finding]:
    """Who can read sign-in codes."""
    if settings.code_sender != "console":
        yield Finding("ok", "codes", f"Codes are sent by {settings.code_sender}.")
    else:
        yield Finding(
            "warn",
            "codes",
            "Codes appear in this terminal: whoever reads it can sign in as anybody. For a house "
            "open to others set MASIL_CODE_SENDER.",
        )


async def database(settings: Settings) -> list[Finding]:
    """Whether it opens, and when its jobs ran last."""
    url = make_url(settings.resolved_database_url())
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():  # noqa: ASYNC240
        return [Finding("warn", "database", "There is none yet; the first start makes it.")]
    try:
        async with open_store(settings) as store:
            runs = await store.job_runs()
    except StartError as error:
        return [Finding("fail", "database", str(error))]
    jobs = [
        Finding(
            "ok",
            "job",
            f"{job}: ran {datetime.fromtimestamp(at_ms / _MS, UTC):%Y-%m-%d %H:%M} UTC, "
            f"{affected} affected.",
        )
        for job, at_ms, affected in runs
    ]
    return [Finding("ok", "database", "It opens, and its schema is of this version."), *jobs]
