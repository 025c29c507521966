"""What must be there before a process can start: state directory, secrets, the built client.

Owns `secrets/pepper` and `secrets/push`, reads the operator's secrets. Never puts a secret beside
the database, where a backup would take both.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from pydantic import SecretStr

from server.config import Settings

PEPPER_BYTES = 32
MIN_TURN_SECRET_BYTES = 16
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Private keys are below it (FIPS 186-5, P-256); all but one in 2³² random numbers are."""


class StartError(Exception):
    """Why a process cannot start: one sentence for the operator."""


def prepare_state_dir(settings: Settings) -> None:
    """Make the state directory and the directory of the local sockets, for this user only.

    Raises:
        StartError: they cannot be made or written.
    """
    try:
        for directory in (settings.state_dir, settings.run_dir()):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=directory):
                pass
    except OSError as error:
        raise StartError(
            f"The state directory {settings.state_dir} cannot be written: {error.strerror}. "
            "Set MASIL_STATE_DIR to one that can."
        ) from error


def require_client(settings: Settings) -> None:
    """Refuse to start without pages to show.

    Raises:
        StartError: the browser client is not built.
    """
    if not (settings.client_dir / "index.html").is_file():
        raise StartError(
            f"There is no built client in {settings.client_dir}. Run `make run`, or set "
            "MASIL_CLIENT_DIR to where it is."
        )


def load_pepper(settings: Settings) -> bytes:
    """The secret key of the number hashes, 32 bytes; made when there is none yet.

    Raises:
        StartError: it cannot be read or made, or is not 32 bytes long.
    """
    return _load_key("pepper", settings.resolved_pepper_file())


def load_push_key(settings: Settings) -> bytes:
    """The private key that pushes are signed with (P-256), 32 bytes; made when there is none yet.

    Raises:
        StartError: it cannot be read or made, or is no such key.
    """
    path = settings.resolved_push_key_file()
    key = _load_key("push key", path)
    if not 0 < int.from_bytes(key, "big") < _P256_ORDER:
        raise StartError(
            f"The push key {path} is damaged: remove it, and the next start makes one."
        )
    return key


def _load_key(name: str, path: Path) -> bytes:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_once(path)
        key = path.read_bytes()
    except OSError as error:
        raise StartError(f"The {name} {path} cannot be read: {error.strerror}.") from error
    if len(key) != PEPPER_BYTES:
        raise StartError(f"The {name} {path} is damaged: it must be {PEPPER_BYTES} bytes long.")
    return key


def load_turn_secret(settings: Settings) -> bytes:
    """The secret shared with the TURN server; empty where there is no TURN server.

    Raises:
        StartError: it is missing, cannot be read, or can be guessed.
    """
    if not settings.turn_urls:
        return b""
    secret = load_secret("MASIL_TURN_SECRET", settings.turn_secret_file, settings.turn_secret)
    if len(secret) < MIN_TURN_SECRET_BYTES:
        raise StartError(
            "MASIL_TURN_URLS needs the TURN server's secret, at least "
            f"{MIN_TURN_SECRET_BYTES} bytes long: set MASIL_TURN_SECRET_FILE."
        )
    return secret


def load_secret(setting: str, file: Path | None, value: SecretStr | None = None) -> bytes:
    """A secret of the operator's, from its file where there is one; empty where it is not set.

    Raises:
        StartError: the file cannot be read.
    """
    if file is None:
        return value.get_secret_value().strip().encode() if value else b""
    try:
        return file.read_bytes().strip()
    except OSError as error:
        raise StartError(f"{setting}_FILE: {file} cannot be read: {error.strerror}.") from error


def _make_once(path: Path) -> None:
    """Create a key with its whole content or not at all, even if two processes start."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(PEPPER_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    finally:
        draft.unlink()
