"""The TURN credentials that a page gets with its offer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import shutil
from pathlib import Path

import pytest
import structlog

from protocol import signalling as wire
from server.config import Settings
from server.domain.ids import MemberId
from server.service.relay import LIFETIME_S, Relay
from server.start import StartError, load_turn_secret
from tests.fakes.clock import FakeClock
from tests.web.gate import DATABASE, TURN_SECRET, Gate

URLS = ["turn:masil.example:3478?transport=udp", "turns:[2001:db8::1]:5349?transport=tcp"]


async def test_joining_and_renewing_bring_credentials_that_the_turn_server_can_check(
    tmp_path: Path, fresh_database: Path
) -> None:
    shutil.copy(fresh_database, tmp_path / DATABASE)
    async with Gate(tmp_path, turn_urls=URLS) as gate:
        with structlog.testing.capture_logs() as logs:
            host = await gate.founder()
            opened = await host.ask(wire.OpenRoom, title="Behind a wall")
            (joined,) = (await host.join(opened.room_id)).ice_servers
            gate.clock.advance(1_000)
            (renewed,) = (await host.ask(wire.RenewMedia)).ice_servers
    for server in (joined, renewed):
        assert server.urls == URLS
        expected = hmac.new(TURN_SECRET, server.username.encode(), hashlib.sha1).digest()
        assert base64.b64decode(server.credential) == expected
    assert int(joined.username.partition(":")[0]) < int(renewed.username.partition(":")[0])
    assert joined.credential not in str(logs)


async def test_a_house_without_turn_offers_no_relay(gate: Gate) -> None:
    host = await gate.founder()
    opened = await host.ask(wire.OpenRoom, title="In the open")
    assert (await host.join(opened.room_id)).ice_servers == []


async def test_without_media_nobody_gets_a_password(tmp_path: Path, fresh_database: Path) -> None:
    shutil.copy(fresh_database, tmp_path / DATABASE)
    async with Gate(tmp_path, turn_urls=URLS) as gate:
        host = await gate.founder()
        gate.media.go_down()
        await host.event_media(up=False)
        opened = await host.ask(wire.OpenRoom, title="Silent")
        assert (await host.join(opened.room_id)).ice_servers == []


def test_a_password_expires_and_its_name_is_a_pseudonym_of_the_member() -> None:
    clock = FakeClock()
    relay = Relay(URLS, TURN_SECRET, clock)
    names = [relay.servers(MemberId(who))[0].username for who in ("hana", "hana", "mina")]
    expiry, _, pseudonym = names[0].partition(":")
    assert int(expiry) == clock.now_ms() // 1000 + LIFETIME_S
    assert names[0] == names[1] != names[2]
    assert "hana" not in pseudonym
    assert Relay(URLS, b"another secret", clock).servers(MemberId("hana"))[0].username != names[0]


def test_the_secret_is_read_from_a_file_or_the_environment_and_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "turn"
    path.write_text("a long enough secret\n", "utf-8")
    by_file = Settings(turn_urls=URLS, turn_secret_file=path)
    assert load_turn_secret(by_file) == b"a long enough secret"
    by_value = Settings.model_validate({"turn_urls": URLS, "turn_secret": "another long secret"})
    assert load_turn_secret(by_value) == b"another long secret"
    assert "another long secret" not in repr(by_value)
    assert load_turn_secret(Settings()) == b""


@pytest.mark.parametrize("secret", ["", "short"])
def test_turn_without_a_secret_stops_the_start_with_a_sentence(secret: str) -> None:
    settings = Settings.model_validate({"turn_urls": URLS, "turn_secret": secret})
    with pytest.raises(StartError, match="MASIL_TURN_SECRET_FILE"):
        load_turn_secret(settings)


def test_an_unreadable_secret_file_is_named(tmp_path: Path) -> None:
    settings = Settings(turn_urls=URLS, turn_secret_file=tmp_path / "nowhere")
    with pytest.raises(StartError, match="nowhere cannot be read"):
        load_turn_secret(settings)


@pytest.mark.parametrize("url", ["http://a", "turn:", "turn:a?transport=sctp", "stun:a:3478"])
def test_what_is_no_turn_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="turn_urls"):
        Settings(turn_urls=[url])
