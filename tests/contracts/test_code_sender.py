"""What every sender of codes must do: one suite, the services' ends being real servers here."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
from structlog.testing import capture_logs

from server.clock import SystemClock
from server.domain.errors import CodeNotSentError
from server.domain.language import Language
from server.domain.sign_in import code_text
from server.notify.console import ConsoleCodeSender
from server.notify.twilio import TwilioCodeSender
from server.notify.webhook import WebhookCodeSender
from server.ports import CodeMessage, CodeSender
from tests.fakes.sms import ACCOUNT, SECRET, TOKEN, SmsService, sms_service

NUMBER, CODE = "+821012345678", "042137"
TIMEOUT_S = 5.0
SHORT_TIMEOUT_S = 0.3
FROM = "+12025550123"


def message(language: Language = Language.KOREAN) -> CodeMessage:
    return CodeMessage(NUMBER, CODE, code_text(CODE, language, "masil.example"), language)


@dataclass
class Way:
    """One implementation, and what came out at its other end."""

    sender: CodeSender
    service: SmsService
    delivered: Callable[[], list[str]]


@pytest.fixture
async def service() -> AsyncIterator[SmsService]:
    async with sms_service() as service:
        yield service


def webhook(url: str, secret: bytes = SECRET, timeout_s: float = TIMEOUT_S) -> WebhookCodeSender:
    return WebhookCodeSender(f"{url}/hook", secret, SystemClock().now_ms, timeout_s)


def twilio(
    url: str, token: str = TOKEN, sender: str = FROM, timeout_s: float = TIMEOUT_S
) -> TwilioCodeSender:
    return TwilioCodeSender(url, ACCOUNT, token, sender, timeout_s)


@pytest.fixture(params=["console", "webhook", "twilio"])
async def way(
    request: pytest.FixtureRequest, service: SmsService, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Way]:
    if request.param == "console":
        console = ConsoleCodeSender()
        made = Way(console, service, lambda: [capsys.readouterr().out])
    elif request.param == "webhook":
        made = Way(webhook(service.url), service, lambda: [m["text"] for m in service.received])
    else:
        made = Way(twilio(service.url), service, lambda: [m["Body"] for m in service.received])
    yield made
    await made.sender.close()


@pytest.fixture(params=["webhook", "twilio"])
async def remote(request: pytest.FixtureRequest, service: SmsService) -> AsyncIterator[CodeSender]:
    made: CodeSender = (webhook if request.param == "webhook" else twilio)(service.url)
    yield made
    await made.close()


async def failure(sender: CodeSender) -> CodeNotSentError:
    with pytest.raises(CodeNotSentError) as refusal:
        await sender.send_code(message())
    return refusal.value


# ---------------------------------------------------------------- all of them


async def test_the_code_arrives(way: Way) -> None:
    await way.sender.send_code(message())
    (arrived,) = way.delivered()
    assert CODE in arrived
    assert way.service.refused == []


async def test_neither_number_nor_code_reaches_the_log(way: Way) -> None:
    way.service.status, way.service.body = 400, f'{{"code": 21211, "message": "{NUMBER} {CODE}"}}'
    with capture_logs() as logs:
        try:
            await way.sender.send_code(message())
        except CodeNotSentError as error:
            logs.append({"raised": str(error)})
    assert not any(secret in str(logs) for secret in (NUMBER[3:], CODE, TOKEN, SECRET.decode()))
    assert NUMBER not in repr(message())
    assert CODE not in repr(message())


async def test_closing_twice_is_no_fault(way: Way) -> None:
    await way.sender.send_code(message())
    await way.sender.close()
    await way.sender.close()


# ---------------------------------------------------------------- those that post


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429])
async def test_a_refusal_means_that_nothing_was_sent(
    remote: CodeSender, service: SmsService, status: int
) -> None:
    service.status = status
    assert (await failure(remote)).maybe_sent is False


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_fault_of_the_service_leaves_it_open_whether_it_was_sent(
    remote: CodeSender, service: SmsService, status: int
) -> None:
    service.status = status
    assert (await failure(remote)).maybe_sent is True


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(
    remote: CodeSender, service: SmsService, status: int
) -> None:
    service.status, service.location = status, f"{service.url}/elsewhere"
    assert (await failure(remote)).maybe_sent is False
    assert service.elsewhere == 0


@pytest.mark.parametrize("make", [webhook, twilio])
async def test_a_service_that_does_not_answer_is_waited_for_only_so_long(
    make: Callable[..., CodeSender], service: SmsService
) -> None:
    service.answers.clear()
    sender = make(service.url, timeout_s=SHORT_TIMEOUT_S)
    async with asyncio.timeout(TIMEOUT_S):
        assert (await failure(sender)).maybe_sent is True
    await sender.close()


async def test_a_service_that_hangs_up_is_told(remote: CodeSender, service: SmsService) -> None:
    service.hangs_up = True
    assert (await failure(remote)).maybe_sent is True


@pytest.mark.parametrize("make", [webhook, twilio])
async def test_a_service_that_is_away_is_told(make: Callable[[str], CodeSender]) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        sender = make(f"http://127.0.0.1:{nobody.getsockname()[1]}")
        assert (await failure(sender)).maybe_sent is False
        await sender.close()


async def test_many_at_once_all_arrive(remote: CodeSender, service: SmsService) -> None:
    await asyncio.gather(*(remote.send_code(message()) for _ in range(40)))
    assert len(service.received) == 40


# ---------------------------------------------------------------- each by itself


async def test_the_webhook_gets_everything_it_may_need(service: SmsService) -> None:
    sender = webhook(service.url)
    await sender.send_code(message(Language.ENGLISH))
    await sender.close()
    assert service.received == [
        {
            "to": NUMBER,
            "code": CODE,
            "text": f"Masil: your code is {CODE}. Tell it to nobody.\n\n@masil.example #{CODE}",
            "language": "en",
        }
    ]


async def test_another_secret_signs_nothing_that_the_receiver_believes(
    service: SmsService,
) -> None:
    sender = webhook(service.url, b"some other secret")
    assert (await failure(sender)).maybe_sent is False
    await sender.close()
    assert service.refused == ["signature"]


async def test_twilio_gets_the_form_of_its_messages_resource(service: SmsService) -> None:
    by_number, by_service = twilio(service.url), twilio(service.url, sender="MG99")
    await by_number.send_code(message())
    await by_service.send_code(message())
    for sender in (by_number, by_service):
        await sender.close()
    text = f"[마실] 인증번호 {CODE}. 아무에게도 알려 주지 마세요.\n\n@masil.example #{CODE}"
    assert service.received == [
        {"To": NUMBER, "Body": text, "From": FROM},
        {"To": NUMBER, "Body": text, "MessagingServiceSid": "MG99"},
    ]


async def test_wrong_credentials_are_told_with_twilios_own_number(service: SmsService) -> None:
    sender = twilio(service.url, token="wrong")
    assert (await failure(sender)).maybe_sent is False
    service.status, service.body = 400, '{"code": 21614, "message": "x"}'
    right = twilio(service.url)
    with capture_logs() as logs:
        await failure(right)
    await sender.close()
    await right.close()
    assert service.refused == ["credentials"]
    assert logs == [
        {
            "event": "a code was not sent",
            "log_level": "warning",
            "sender": "twilio",
            "answer": "status 400",
            "why": 21614,
        }
    ]
