"""Settings, all from `MASIL_…` environment variables (or an `.env` file); see docs/operating.md."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, IPvAnyNetwork, SecretStr, StringConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict

LAST_PORT = 65_535

TurnUrl = Annotated[
    str,
    StringConstraints(
        max_length=300, pattern=r"^turns?:[A-Za-z0-9.\-\[\]:]+(\?transport=(udp|tcp))?$"
    ),
]
"""As RFC 7065 writes it: `turn:HOST:PORT?transport=udp`."""
Contact = Annotated[
    str, StringConstraints(max_length=300, pattern=r"^(|mailto:[^\s@]+@[^\s@]+|https://[^\s/]+.*)$")
]
"""As RFC 8292 §2.1 wants it."""


class Settings(BaseSettings):
    """Read once at start and passed on; nothing else reads the environment."""

    model_config = SettingsConfigDict(
        env_prefix="MASIL_", env_file=".env", extra="ignore", frozen=True
    )

    state_dir: Path = Path("var")
    """Everything the service keeps: db/, secrets/, models/, run/ (sockets)."""
    database_url: str = ""
    """SQLAlchemy URL; empty: SQLite in `state_dir`/db."""
    pepper_file: Path | None = None
    """The secret key of the number hashes; made at first start. Never back it up with the
    database. Default: `state_dir`/secrets/pepper."""

    http_host: str = "localhost"
    http_port: int = Field(default=8080, ge=0, le=LAST_PORT)
    public_url: str = ""
    """The address people type, and the only Origin a WebSocket may come from. Default:
    http://localhost:`http_port`."""
    tls_cert_file: Path | None = None
    tls_key_file: Path | None = None
    trusted_proxies: list[IPvAnyNetwork] = []
    """Networks of reverse proxies whose X-Forwarded-For or Forwarded is believed."""
    client_dir: Path = Path("client/dist")
    """The built browser client."""

    media_host: str = "0.0.0.0"  # noqa: S104  one UDP port must be reachable from the outside
    media_port: int = Field(default=8080, ge=0, le=LAST_PORT)
    """The UDP port for voices; each further worker has the next one."""
    media_workers: int = Field(default=0, ge=0, le=256)
    """How many processes carry voices, each with a UDP port of its own; 0: one a core."""
    media_room_seats: int = Field(default=500, ge=1)
    """Seats of one room on one media worker before the next worker helps."""
    media_advertise: list[str] = []
    """IP addresses that browsers are told to send to; empty: all of this machine's."""
    media_advertise_port: int = Field(default=0, ge=0, le=65535)
    """The UDP port that browsers are told, where a NAT maps another one to `media_port`; 0: the
    same."""
    slots: int = Field(default=6, ge=1, le=32)
    """How many voices one listener can hear at the same moment."""
    fanout: Literal["auto", "python", "native"] = "auto"
    """Where packets are sealed: by the C loop (`native`), in Python, or by the former where it
    could be compiled."""

    turn_urls: list[TurnUrl] = []
    """TURN servers for browsers that cannot send UDP to `media_port`; empty: none."""
    turn_secret: SecretStr = SecretStr("")
    """What the TURN server makes passwords of too (coturn's `static-auth-secret`)."""
    turn_secret_file: Path | None = None
    """A file that holds it instead."""

    analysis_url: str = ""
    """Where the analysis process listens: `unix:PATH`, or ws://HOST:PORT of another machine.
    Default: a Unix socket in `state_dir`/run."""
    analysis_token: str = ""
    """Compared by the analysis process where it listens on a network."""
    whisper_model: str = "base"
    """A faster-whisper size (fetched at the first opt-in) or a local model directory."""
    whisper_device: Literal["cpu", "cuda"] = "cpu"

    default_region: str = Field(default="KR", pattern="^[A-Z]{2}$")
    """The country of numbers typed without a country code."""
    invites_per_member: int = Field(default=1, ge=0, le=1_000)
    """How many invitations a member may give; admins give as many as they like."""
    invite_days: int = Field(default=14, ge=1, le=365)
    """How long an invitation is good for."""
    contact_days: int = Field(default=90, ge=1, le=3_650)
    """How long a number among a member's contacts is kept after it was sent last."""
    smtp_host: str = ""
    """The server that sends invitations by e-mail; empty: none are."""
    smtp_port: int = Field(default=587, ge=1, le=LAST_PORT)
    smtp_encryption: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_password_file: Path | None = None
    """A file that holds it instead."""
    mail_from: str = ""
    """The address in From of such e-mails."""
    code_sender: Literal["console", "webhook", "twilio"] = "console"
    """What carries sign-in codes to phones."""
    codes_a_day: int = Field(default=1_000, ge=1, le=10_000_000)
    """How many are sent on one day (UTC), all numbers together: the ceiling of the bill."""
    code_webhook_url: str = ""
    """Where the `webhook` sender posts codes: HTTPS, or HTTP on this machine."""
    code_webhook_secret_file: Path | None = None
    """A file with the key that its posts are signed with, 16 bytes or more."""
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_auth_token_file: Path | None = None
    """A file that holds it instead."""
    twilio_from: str = ""
    """The sender: a number (+1…), a name, or the id of a messaging service (MG…)."""
    twilio_url: str = "https://api.twilio.com"
    """Another region's address, or one that speaks the same."""
    push_key_file: Path | None = None
    """The private key that pushes are signed with; made at first start. Default:
    `state_dir`/secrets/push."""
    push_contact: Contact = ""
    """Where push services reach the operator, `mailto:…` or `https:…`. Default: the house's
    address."""
    push_allowed_hosts: list[str] = []
    """Push services that may be at an address that is not public, by host name."""
    log_format: Literal["console", "json"] = "console"

    def resolved_database_url(self) -> str:
        """`database_url`, or SQLite in the state directory."""
        return self.database_url or f"sqlite+aiosqlite:///{self.state_dir / 'db' / 'masil.sqlite3'}"

    def resolved_pepper_file(self) -> Path:
        """Where the pepper is kept."""
        return self.pepper_file or self.state_dir / "secrets" / "pepper"

    def resolved_push_key_file(self) -> Path:
        """Where the push key is kept."""
        return self.push_key_file or self.state_dir / "secrets" / "push"

    def resolved_push_contact(self) -> str:
        """Where push services reach the operator."""
        return self.push_contact or f"https://{self.public_host()}"

    def resolved_public_url(self) -> str:
        """The address people type, without a trailing slash."""
        scheme = "https" if self.tls_cert_file else "http"
        return (self.public_url or f"{scheme}://localhost:{self.http_port}").rstrip("/")

    def public_host(self) -> str:
        """The host of `resolved_public_url`, in ASCII."""
        host = urlsplit(self.resolved_public_url()).hostname or "localhost"
        return host if host.isascii() else host.encode("idna").decode()

    def resolved_analysis_url(self) -> str:
        """Where analysis listens."""
        return self.analysis_url or f"unix:{self.run_dir() / 'analysis.sock'}"

    def run_dir(self) -> Path:
        """The directory of the local sockets, mode 0700."""
        return self.state_dir / "run"

    def operator_socket(self) -> Path:
        """The Unix socket on which the gate takes the operator's commands."""
        return self.run_dir() / "admin.sock"

    def resolved_media_workers(self) -> int:
        """How many media workers there are: never more than there are ports from the first one."""
        wanted = self.media_workers or len(os.sched_getaffinity(0))
        return min(wanted, LAST_PORT + 1 - self.media_port)

    def worker_port(self, index: int) -> int:
        """The UDP port of a media worker, the first one being 0; any free one for tests."""
        return self.media_port and self.media_port + index

    def advertised_worker_port(self, index: int) -> int:
        """The UDP port that browsers are told for a worker; 0: the one it listens on."""
        return self.media_advertise_port and self.media_advertise_port + index

    def media_socket(self, index: int = 0) -> Path:
        """The Unix socket on which a media worker takes the gate's commands."""
        return self.run_dir() / (f"media-{index}.sock" if index else "media.sock")

    def hop_socket(self, index: int) -> Path:
        """The Unix socket on which a media worker hears the other ones."""
        return self.run_dir() / f"hop-{index}.sock"
