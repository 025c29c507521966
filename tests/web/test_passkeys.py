"""Passkeys over plain HTTP, with an authenticator in software: what is taken and what is not."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

import msgspec
import pytest
from aiohttp import ClientResponse

from protocol import signalling as wire
from protocol.account import NewCredential, UsedCredential
from server.domain.errors import MasilError, NotSignedInError, PasskeyExpiredError
from server.domain.ids import MemberId
from server.domain.member import Member
from server.domain.passkey import PASSKEYS_MAX
from server.service.challenges import LIFETIME_MS, SPENT_MAX, Challenges
from server.service.passkeys import SIGN_INS_PER_ADDRESS
from tests.fakes.authenticator import PRESENT, FakeAuthenticator, decoded, encoded
from tests.fakes.clock import FakeClock
from tests.web.gate import Gate
from tests.web.page import Page

CHROME = {"User-Agent": "Mozilla/5.0 (Linux; Android 16) Chrome/142.0.0.0 Mobile Safari/537.36"}


async def code_of(response: ClientResponse) -> tuple[int, str]:
    return response.status, str((await response.json())["code"])


async def creation_options(page: Page) -> dict[str, Any]:
    response = await page.post("/api/passkeys/challenge", b"")
    assert response.status == 200, await response.text()
    return dict(await response.json())


async def add(page: Page, credential: dict[str, Any]) -> ClientResponse:
    return await page.post("/api/passkeys", {"credential": credential}, **CHROME)


async def register(gate: Gate, page: Page) -> FakeAuthenticator:
    """The whole way to a passkey."""
    device = FakeAuthenticator(gate.origin)
    response = await add(page, device.create(await creation_options(page)))
    assert response.status == 200, await response.text()
    return device


async def request_options(page: Page) -> dict[str, Any]:
    response = await page.post("/api/sign-in/passkey/challenge", b"")
    assert response.status == 200, await response.text()
    return dict(await response.json())


async def sign_in(page: Page, credential: dict[str, Any]) -> ClientResponse:
    return await page.post("/api/sign-in/passkey", {"credential": credential}, **CHROME)


async def passkeys(page: Page, gate: Gate) -> list[dict[str, Any]]:
    response = await page.http.get(gate.base + "/api/passkeys")
    return list((await response.json())["passkeys"])


# ---------------------------------------------------------------- what goes right


async def test_a_member_signs_in_by_passkey_without_a_code(gate: Gate) -> None:
    member = await gate.member(1)
    device = await register(gate, member)
    elsewhere = gate.page()
    response = await sign_in(elsewhere, device.get(await request_options(elsewhere)))
    assert response.status == 200
    assert (await response.json())["me"]["memberId"] == member.member_id
    assert gate.sender.sent == 0
    assert (await elsewhere.connect()).me.member_id == member.member_id
    (sign,) = await passkeys(elsewhere, gate)
    assert (sign["browser"], sign["system"]) == ("Chrome", "Android")
    assert sign["lastUsedAtMs"] == gate.clock.now_ms()


async def test_the_authenticator_must_check_who_uses_it_and_find_the_key_by_itself(
    gate: Gate,
) -> None:
    member = await gate.member(1)
    await register(gate, member)
    options = await creation_options(member)
    assert options["rp"] == {"id": "localhost", "name": "Masil"}
    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert len(options["excludeCredentials"]) == 1, "the device that has one is not asked again"
    assert decoded(options["user"]["id"]) == member.member_id.encode()
    asked = await request_options(member)
    assert (asked["userVerification"], asked["allowCredentials"]) == ("required", [])


async def test_an_authenticator_that_does_not_count_signs_in_again_and_again(gate: Gate) -> None:
    device = await register(gate, await gate.member(1))
    device.counts = False
    for _ in range(2):
        page = gate.page()
        assert (await sign_in(page, device.get(await request_options(page)))).status == 200


async def test_signing_in_by_passkey_takes_the_place_of_the_browsers_old_session(
    gate: Gate,
) -> None:
    member, other = await gate.member(1), await gate.member(2)
    device = await register(gate, member)
    assert (await sign_in(other, device.get(await request_options(other)))).status == 200
    await other.closed()
    assert await gate.store.sessions_of(MemberId(other.member_id)) == []
    session = await other.http.get(gate.base + "/api/session")
    assert (await session.json())["me"]["memberId"] == member.member_id


async def test_a_removed_passkey_opens_nothing_and_nobody_removes_anothers(gate: Gate) -> None:
    member, other = await gate.member(1), await gate.member(2)
    device = await register(gate, member)
    (sign,) = await passkeys(member, gate)
    body = {"passkeyId": sign["passkeyId"]}
    assert (await other.post("/api/passkeys/remove", body)).status == 204
    assert len(await passkeys(member, gate)) == 1
    for _ in range(2):
        assert (await member.post("/api/passkeys/remove", body)).status == 204
    page = gate.page()
    refused = await sign_in(page, device.get(await request_options(page)))
    assert await code_of(refused) == (401, "passkey_unknown")


# ---------------------------------------------------------------- challenges


async def test_a_signature_is_good_for_one_sign_in(gate: Gate) -> None:
    device = await register(gate, await gate.member(1))
    page = gate.page()
    credential = device.get(await request_options(page))
    both = await asyncio.gather(sign_in(page, credential), sign_in(gate.page(), credential))
    assert sorted(response.status for response in both) == [200, 401]
    assert await code_of(await sign_in(gate.page(), credential)) == (401, "passkey_expired")


async def test_a_challenge_expires_after_ten_minutes(gate: Gate) -> None:
    member = await gate.member(1)
    device = await register(gate, member)
    page = gate.page()
    in_time, late = await request_options(page), await request_options(page)
    gate.clock.advance(LIFETIME_MS - 1)
    assert (await sign_in(page, device.get(in_time))).status == 200
    gate.clock.advance(1)
    assert await code_of(await sign_in(page, device.get(late))) == (401, "passkey_expired")


async def test_a_challenge_is_for_one_purpose_and_one_person(gate: Gate) -> None:
    member, other = await gate.member(1), await gate.member(2)
    device = await register(gate, member)
    another = FakeAuthenticator(gate.origin)
    options = await creation_options(member)
    assert await code_of(await add(other, another.create(options))) == (401, "passkey_expired")
    page = gate.page()
    assert await code_of(await sign_in(page, device.get(options))) == (401, "passkey_expired")
    made_up = {**options, "challenge": encoded(bytes(40))}
    assert await code_of(await add(member, another.create(made_up))) == (401, "passkey_expired")
    assert (await add(member, another.create(options))).status == 200


async def test_a_restart_makes_challenges_void_and_keeps_passkeys(gate: Gate) -> None:
    device = await register(gate, await gate.member(1))
    page = gate.page()
    old = await request_options(page)
    await gate.restart()
    assert await code_of(await sign_in(page, device.get(old))) == (401, "passkey_expired")
    assert (await sign_in(page, device.get(await request_options(page)))).status == 200


# ---------------------------------------------------------------- what a house must refuse


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:8080"},
        {"type": "webauthn.create"},
        {"type": None},
        {"origin": None},
        {"challenge": 7},
    ],
    ids=str,
)
async def test_a_signature_made_for_something_else_is_refused(
    gate: Gate, wrong: dict[str, Any]
) -> None:
    device = await register(gate, await gate.member(1))
    page = gate.page()
    refused = await sign_in(page, device.get(await request_options(page), **wrong))
    assert await code_of(refused) == (401, "passkey_invalid")
    assert (await page.http.get(gate.base + "/api/session")).status == 204


async def test_a_signature_for_another_house_is_refused(gate: Gate) -> None:
    device = await register(gate, await gate.member(1))
    device.rp_id = "evil.example"
    page = gate.page()
    refused = await sign_in(page, device.get(await request_options(page)))
    assert await code_of(refused) == (401, "passkey_invalid")


async def test_without_a_look_at_who_uses_it_no_passkey_is_made_or_taken(gate: Gate) -> None:
    member = await gate.member(1)
    device = await register(gate, member)
    device.flags = PRESENT
    page = gate.page()
    refused = await sign_in(page, device.get(await request_options(page)))
    assert await code_of(refused) == (401, "passkey_invalid")
    careless = FakeAuthenticator(gate.origin, flags=PRESENT)
    made = careless.create(await creation_options(member))
    assert await code_of(await add(member, made)) == (401, "passkey_invalid")


async def test_another_key_under_the_same_name_is_refused(gate: Gate) -> None:
    device = await register(gate, await gate.member(1))
    thief = FakeAuthenticator(
        gate.origin, credential_id=device.credential_id, user_handle=device.user_handle, counter=9
    )
    page = gate.page()
    refused = await sign_in(page, thief.get(await request_options(page)))
    assert await code_of(refused) == (401, "passkey_invalid")


@pytest.mark.parametrize("handle", [None, b"somebody-else"])
async def test_the_authenticator_must_say_whose_key_it_is(gate: Gate, handle: bytes | None) -> None:
    device = await register(gate, await gate.member(1))
    device.user_handle = handle
    page = gate.page()
    refused = await sign_in(page, device.get(await request_options(page)))
    assert await code_of(refused) == (401, "passkey_invalid")


async def test_a_counter_that_goes_back_is_told_as_a_copy(gate: Gate) -> None:
    device = await register(gate, await gate.member(1))
    page = gate.page()
    device.counter = 7
    assert (await sign_in(page, device.get(await request_options(page)))).status == 200
    device.counter = 3
    refused = await sign_in(page, device.get(await request_options(page)))
    assert await code_of(refused) == (401, "passkey_cloned")
    device.counter = 8
    assert (await sign_in(page, device.get(await request_options(page)))).status == 200


async def test_who_is_banned_does_not_come_in_by_a_passkey(gate: Gate) -> None:
    admin, member = await gate.founder(), await gate.member(1)
    device = await register(gate, member)
    kept = await gate.store.passkeys_of(MemberId(member.member_id))
    await admin.ask(wire.BanMember, member_id=member.member_id)
    page = gate.page()
    refused = await sign_in(page, device.get(await request_options(page)))
    assert await code_of(refused) == (401, "passkey_unknown"), "the ban took it away"
    await gate.store.add_passkey(kept[0])
    refused = await sign_in(page, device.get(await request_options(page)))
    assert await code_of(refused) == (403, "banned")
    assert await gate.store.sessions_of(MemberId(member.member_id)) == []


async def test_only_members_make_passkeys_and_only_signed_in(gate: Gate) -> None:
    waiting = gate.page()
    await waiting.sign_in(5, "Newcomer")
    response = await waiting.post("/api/passkeys/challenge", b"")
    assert await code_of(response) == (403, "not_admitted")
    response = await gate.page().post("/api/passkeys/challenge", b"")
    assert await code_of(response) == (401, "not_signed_in")


async def test_a_member_keeps_ten_passkeys_and_each_once(gate: Gate) -> None:
    member = await gate.member(1)
    options = await creation_options(member)
    device = await register(gate, member)
    again = device.create(await creation_options(member))
    assert await code_of(await add(member, again)) == (409, "passkey_known")
    for _ in range(PASSKEYS_MAX - 1):
        await register(gate, member)
    response = await member.post("/api/passkeys/challenge", b"")
    assert await code_of(response) == (409, "passkeys_full")
    eleventh = FakeAuthenticator(gate.origin).create(options)
    assert await code_of(await add(member, eleventh)) == (409, "passkeys_full")


async def test_a_session_that_was_just_ended_leaves_no_key_behind(gate: Gate) -> None:
    member = await gate.member(1)
    thief = await gate.device(member)
    made = FakeAuthenticator(gate.origin).create(await creation_options(thief))
    token = thief.http.cookie_jar.filter_cookies(gate.url)["masil"].value
    house = gate.house
    who = await house.sessions.member(token)
    await house.sessions.sign_out(token)
    with pytest.raises(NotSignedInError):
        await house.passkeys.add(who, token, msgspec.convert(made, NewCredential), "")
    assert await gate.store.passkeys_of(who.member_id) == []


async def test_an_address_signs_in_by_passkey_sixty_times_an_hour_and_a_restart_resets_nothing(
    gate: Gate,
) -> None:
    device = await register(gate, await gate.member(1))
    page = gate.page()
    for _ in range(SIGN_INS_PER_ADDRESS.tokens):
        await sign_in(page, {**device.get(await request_options(page)), "rawId": "bm9uZQ"})
    await gate.restart()
    page = gate.page()
    refused = await sign_in(page, device.get(await request_options(page)))
    assert await code_of(refused) == (429, "passkey_too_often")
    gate.clock.advance(SIGN_INS_PER_ADDRESS.refill_ms)
    assert (await sign_in(page, device.get(await request_options(page)))).status == 200


async def test_what_carries_no_challenge_of_ours_uses_up_nobodys_tries(gate: Gate) -> None:
    device = await register(gate, await gate.member(1))
    page = gate.page()
    old = device.get(await request_options(page))
    gate.clock.advance(LIFETIME_MS)
    for _ in range(SIGN_INS_PER_ADDRESS.tokens + 1):
        assert await code_of(await sign_in(page, old)) == (401, "passkey_expired")
    assert (await sign_in(page, device.get(await request_options(page)))).status == 200


def test_used_challenges_beyond_ten_thousand_make_all_void_and_none_usable_twice() -> None:
    challenges, purpose = Challenges(FakeClock()), b"sign-in"
    first, waiting = challenges.new(purpose), challenges.new(purpose)
    challenges.spend(first, purpose)
    for _ in range(SPENT_MAX):
        challenges.spend(challenges.new(purpose), purpose)
    for void in (first, waiting):
        with pytest.raises(PasskeyExpiredError):
            challenges.require(void, purpose)
    challenges.spend(challenges.new(purpose), purpose)


async def test_a_foreign_page_gets_no_challenge(gate: Gate) -> None:
    member = await gate.member(1)
    for path in ("/api/passkeys/challenge", "/api/sign-in/passkey/challenge"):
        response = await member.post(path, b"", Origin="https://evil.example")
        assert await code_of(response) == (403, "bad_origin")


async def test_a_house_without_a_name_says_that_it_has_no_passkeys(gate: Gate) -> None:
    gate.public_url = "https://203.0.113.7"
    await gate.restart()
    response = await gate.page().post("/api/sign-in/passkey/challenge", b"")
    assert await code_of(response) == (409, "passkeys_unavailable")


# ---------------------------------------------------------------- bytes that a stranger made up

MUTATIONS = 1_500
NESTED = b"\x81" * 12_000
HUGE_MAP = b"\xbb" + b"\xff" * 8
CLAIMS_A_TERABYTE = b"\x5b\x00\x00\x01\x00\x00\x00\x00\x00"


def spoilt(raw: bytes, chance: random.Random) -> bytes:
    """The bytes with something changed, left out or put in."""
    place, length = chance.randrange(len(raw) + 1), chance.choice((1, 1, 2, 8, 40))
    new = chance.randbytes(length)
    kept = chance.choice((0, length))
    return raw[:place] + new + raw[place + kept :] if chance.random() < 0.8 else raw[:place]


async def test_no_made_up_bytes_are_more_than_refused(gate: Gate) -> None:
    member = await gate.member(1)
    device = await register(gate, member)
    token = member.http.cookie_jar.filter_cookies(gate.url)["masil"].value
    who = await gate.house.sessions.member(token)
    add, enter = gate.house.passkeys.add, gate.house.passkeys.sign_in
    chance, refusals = random.Random(7), 0
    for turn in range(MUTATIONS):
        creating = turn % 2 == 0
        if creating:
            made = FakeAuthenticator(gate.origin).create(await creation_json(gate, who))
        else:
            made = device.get(msgspec.to_builtins(gate.house.passkeys.request_options()))
        part = chance.choice(sorted(made["response"]))
        made["response"][part] = encoded(spoilt(decoded(made["response"][part]), chance)) or "A"
        try:
            if creating:
                await add(who, token, msgspec.convert(made, NewCredential), "")
            else:
                address = f"192.0.{turn // 250}.{turn % 250}"
                await enter(msgspec.convert(made, UsedCredential), "", None, address)
        except MasilError:
            refusals += 1
        for kept in (await gate.store.passkeys_of(who.member_id))[1:]:
            await gate.store.delete_passkey(kept.credential_id)
    assert refusals > 0.9 * MUTATIONS


async def creation_json(gate: Gate, who: Member) -> dict[str, Any]:
    options = await gate.house.passkeys.creation_options(who)
    return dict(msgspec.to_builtins(options))


@pytest.mark.parametrize("bomb", [NESTED, HUGE_MAP, CLAIMS_A_TERABYTE, b"", b"\xf6"])
async def test_a_bomb_in_an_attestation_is_refused_at_once(gate: Gate, bomb: bytes) -> None:
    member = await gate.member(1)
    made = FakeAuthenticator(gate.origin).create(await creation_options(member))
    made["response"]["attestationObject"] = encoded(bomb) or "A"
    began = time.monotonic()
    response = await add(member, made)
    assert await code_of(response) in {(401, "passkey_invalid"), (400, "bad_message")}
    assert time.monotonic() - began < 1.0
