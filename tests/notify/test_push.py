"""Web Push against a real HTTPS push service on this machine, whose browsers decrypt."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.clock import SystemClock
from server.domain.errors import BadPushEndpointError
from server.domain.ids import MemberId
from server.domain.language import Language
from server.domain.push import (
    Pushed,
    PushGoneError,
    PushNotSentError,
    PushSubscription,
    Urgency,
)
from server.notify.push import (
    CONNECTIONS_MAX,
    PADDED_BYTES,
    VAPID_LIFETIME_S,
    PushSettings,
    WebPushSender,
)
from server.ports import PushSender
from tests.fakes.push_service import HOST, Browser, PushService, push_service

KEY = bytes(range(1, 33))
CONTACT = "mailto:host@masil.example"
PAYLOAD = '{"type":"knock_pushed","knockId":"k-9","name":"하나","language":"ko"}'.encode()
KNOCK = Pushed(PAYLOAD, 3600, Urgency.HIGH)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[PushService]:
    async with push_service(tmp_path) as service:
        yield service


def sender_of(
    tls: ssl.SSLContext | None, *, timeout_s: float = 5.0, vouched: bool = True
) -> WebPushSender:
    hosts = [HOST] if vouched else []
    rules = PushSettings(CONTACT, hosts, tls, timeout_s=timeout_s)
    return WebPushSender(KEY, rules, SystemClock().now_ms)


@pytest.fixture
async def sender(service: PushService) -> AsyncIterator[PushSender]:
    sender = sender_of(service.tls())
    yield sender
    await sender.close()


def to(browser: Browser) -> PushSubscription:
    return PushSubscription(
        MemberId("m"), b"s", browser.endpoint, browser.p256dh, browser.auth, Language.KOREAN, 1
    )


async def failure(sender: PushSender, browser: Browser) -> PushNotSentError:
    with pytest.raises(PushNotSentError) as refusal:
        await sender.push(to(browser), KNOCK)
    return refusal.value


# ---------------------------------------------------------------- what arrives


async def test_only_the_browser_that_subscribed_can_read_it(
    sender: PushSender, service: PushService
) -> None:
    browser, other = service.subscribe(), service.subscribe()
    await sender.push(to(browser), KNOCK)
    assert browser.arrived == [
        {"type": "knock_pushed", "knockId": "k-9", "name": "하나", "language": "ko"}
    ]
    (body,) = service.bodies
    assert "하나".encode() not in body
    assert b"knock" not in body
    with pytest.raises(Exception, match="Decryption error"):
        other.decrypt(body)


async def test_the_push_service_learns_how_long_and_how_urgent_and_nothing_of_what(
    sender: PushSender, service: PushService
) -> None:
    await sender.push(to(service.subscribe()), KNOCK)
    (headers,) = service.requests
    assert (headers["ttl"], headers["urgency"]) == ("3600", "high")
    assert headers["content-encoding"] == "aes128gcm"
    assert "topic" not in headers
    assert "cookie" not in headers
    assert "referer" not in headers


async def test_a_long_name_cannot_be_told_from_a_short_one_by_its_length(
    sender: PushSender, service: PushService
) -> None:
    browser = service.subscribe()
    for payload in (b'{"n":"a"}', b'{"n":"' + b"a" * 300 + b'"}'):
        await sender.push(to(browser), replace(KNOCK, payload=payload))
    assert browser.plain_sizes == [PADDED_BYTES, PADDED_BYTES]
    assert len(set(map(len, service.bodies))) == 1


async def test_the_house_signs_for_the_service_that_it_speaks_to(
    sender: PushSender, service: PushService
) -> None:
    await sender.push(to(service.subscribe()), KNOCK)
    (claims,) = service.claims  # the service has checked the signature and the audience
    assert claims["sub"] == CONTACT
    now_s = SystemClock().now_ms() // 1000
    assert now_s < claims["exp"] <= now_s + VAPID_LIFETIME_S
    assert service.requests[0]["authorization"].endswith(f"k={sender.public_key}")


async def test_a_message_never_exceeds_what_push_services_take(
    sender: PushSender, service: PushService
) -> None:
    browser = service.subscribe()
    await sender.push(to(browser), replace(KNOCK, payload=b'"' + b"x" * 3000 + b'"'))
    assert len(service.bodies[0]) <= 4096
    with pytest.raises(PushNotSentError) as refusal:
        await sender.push(to(browser), replace(KNOCK, payload=b'"' + b"x" * 4000 + b'"'))
    assert refusal.value.again is False
    assert len(service.bodies) == 1


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_unsubscribed_is_gone(
    sender: PushSender, service: PushService, status: int
) -> None:
    service.status = status
    with pytest.raises(PushGoneError):
        await sender.push(to(service.subscribe()), KNOCK)


@pytest.mark.parametrize(
    ("status", "again"),
    [(400, False), (401, False), (403, False), (413, False), (429, True), (500, True)],
)
async def test_a_refusal_says_whether_to_try_again(
    sender: PushSender, service: PushService, status: int, again: bool
) -> None:
    service.status = status
    assert (await failure(sender, service.subscribe())).again is again


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(
    sender: PushSender, service: PushService, status: int
) -> None:
    service.status, service.location = status, f"{service.url}/elsewhere"
    assert (await failure(sender, service.subscribe())).again is False
    assert service.elsewhere == 0


async def test_a_service_that_does_not_answer_is_waited_for_only_so_long(
    service: PushService,
) -> None:
    service.answers.clear()
    sender = sender_of(service.tls(), timeout_s=0.3)
    async with asyncio.timeout(5):
        assert (await failure(sender, service.subscribe())).again is True
    await sender.close()


async def test_a_certificate_of_nobody_knows_whom_is_not_believed(service: PushService) -> None:
    sender = sender_of(None)
    await failure(sender, service.subscribe())
    await sender.close()
    assert service.requests == []


async def test_no_more_connections_are_open_than_allowed(service: PushService) -> None:
    service.answers.clear()
    sender = sender_of(service.tls(), timeout_s=20)
    browser = service.subscribe()
    pushes = [asyncio.create_task(sender.push(to(browser), KNOCK)) for _ in range(40)]
    async with asyncio.timeout(10):
        while service.now_waiting < CONNECTIONS_MAX:  # noqa: ASYNC110  polls with a deadline
            await asyncio.sleep(0.01)
    service.answers.set()
    await asyncio.gather(*pushes)
    await sender.close()
    assert service.most_waiting == CONNECTIONS_MAX
    assert len(browser.arrived) == 40


# ---------------------------------------------------------------- who may be pushed to


async def test_a_host_that_nobody_vouches_for_is_refused(service: PushService) -> None:
    sender = sender_of(service.tls(), vouched=False)
    browser = service.subscribe()
    with pytest.raises(BadPushEndpointError):
        sender.require_usable(browser.endpoint, browser.p256dh, browser.auth)
    # And even if it had come into the database, nothing would be connected to.
    assert (await failure(sender, browser)).again is True
    await sender.close()
    assert service.requests == []


def test_keys_that_no_browser_makes_are_refused() -> None:
    sender = sender_of(None)
    real = PushService(url="https://push.example").subscribe()
    endpoint = "https://push.example/1"
    sender.require_usable(endpoint, real.p256dh, real.auth)
    off_the_curve = "B" + "A" * 86
    for p256dh, auth in ((off_the_curve, real.auth), (real.p256dh, "AA"), ("", real.auth)):
        with pytest.raises(BadPushEndpointError):
            sender.require_usable(endpoint, p256dh, auth)


def test_two_houses_have_different_keys() -> None:
    rules = PushSettings(CONTACT)
    keys = {WebPushSender(os.urandom(32), rules, SystemClock().now_ms).public_key for _ in range(2)}
    assert len(keys) == 2
    assert all(len(key) == 87 for key in keys)
