"""Web Push through a whole gate: who may subscribe, who is pushed to, and when that ends."""

from __future__ import annotations

import json
from typing import Any

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain.ids import MemberId
from tests.web.gate import Gate, until
from tests.web.page import Page

KEYS = {"p256dh": "B" * 87, "auth": "a" * 22}


async def subscribe(page: Page, name: str, language: str = "en") -> None:
    await page.ask(
        wire.SubscribePush, endpoint=f"https://push.example/{name}", language=language, **KEYS
    )


def pushed(gate: Gate) -> list[tuple[str, dict[str, Any]]]:
    """(whose endpoint, what arrived) of all that was pushed."""
    return [
        (to.endpoint.rpartition("/")[2], json.loads(what.payload)) for to, what in gate.push.pushed
    ]


async def newcomer(gate: Gate, index: int, name: str = "Bea") -> Page:
    page = gate.page()
    await page.sign_in(index, name)
    await page.connect()
    return page


async def test_the_welcome_tells_the_houses_key(gate: Gate) -> None:
    page = await gate.founder()
    await page.disconnect()
    assert (await page.connect()).push_key == gate.push.public_key


async def test_a_member_who_is_away_learns_who_is_at_the_door(gate: Gate) -> None:
    member = await gate.founder()
    await member.add_contacts(5)
    await subscribe(member, "member", "ko")
    await member.disconnect()
    await until(lambda: not gate.house.hub.of_member(MemberId(member.member_id)))
    await newcomer(gate, 5)
    await until(lambda: gate.push.pushed)
    ((whose, what),) = pushed(gate)
    assert whose == "member"
    assert what == {
        "type": "knock_pushed",
        "knockId": what["knockId"],
        "name": "Bea",
        "language": "ko",
    }
    knocks = (await member.connect()).knocks
    assert [knock.knock_id for knock in knocks] == [what["knockId"]]


async def test_a_newcomer_who_closed_the_page_learns_that_the_door_is_open(gate: Gate) -> None:
    member = await gate.founder()
    await member.add_contacts(5)
    waiting = await newcomer(gate, 5)
    await subscribe(waiting, "newcomer")
    await waiting.disconnect()
    await until(lambda: not gate.house.hub.of_member(MemberId(waiting.member_id)))
    await member.admit_next()
    await until(lambda: gate.push.pushed)
    assert pushed(gate) == [("newcomer", {"type": "admission_pushed", "language": "en"})]


async def test_nobody_is_pushed_to_who_has_a_page_open(gate: Gate) -> None:
    member = await gate.founder()
    await member.add_contacts(5)
    await subscribe(member, "member")
    waiting = await newcomer(gate, 5)
    await subscribe(waiting, "newcomer")
    await member.admit_next()
    await waiting.event(wire.Admitted)
    assert gate.push.tries == 0


async def test_signing_out_ends_what_is_pushed(gate: Gate) -> None:
    member = await gate.founder()
    await member.add_contacts(5)
    await subscribe(member, "member")
    phone = await gate.device(member)
    await member.post("/api/sign-out", b"")
    await phone.closed()
    await until(lambda: not gate.house.hub.of_member(MemberId(member.member_id)))
    assert not await gate.store.push_subscriptions(MemberId(member.member_id))
    await newcomer(gate, 5)
    assert gate.push.tries == 0


async def test_a_browser_may_be_pushed_to_no_more(gate: Gate) -> None:
    member = await gate.founder()
    await subscribe(member, "member")
    await member.ask(wire.UnsubscribePush)
    assert not await gate.store.push_subscriptions(MemberId(member.member_id))


async def test_who_is_banned_is_not_pushed_to(gate: Gate) -> None:
    admin, member = await gate.founder(), await gate.member(1)
    await subscribe(member, "member")
    await admin.ask(wire.BanMember, member_id=member.member_id)
    assert not await gate.store.push_subscriptions(MemberId(member.member_id))


async def test_an_address_that_no_push_service_has_is_refused(gate: Gate) -> None:
    member = await gate.founder()
    for endpoint in ("https://localhost/1", "https://127.0.0.1/1", "https://push.example:22/1"):
        refused = await member.refusal(wire.SubscribePush, endpoint=endpoint, language="en", **KEYS)
        assert refused is ErrorCode.BAD_PUSH_ENDPOINT
    assert not await gate.store.push_subscriptions(MemberId(member.member_id))
