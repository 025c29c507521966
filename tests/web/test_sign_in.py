"""Signing in over plain HTTP: codes, sessions, cookies, the founder's link, limits."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import ClientResponse
from yarl import URL

from protocol import signalling as wire
from server.domain.sign_in import CODE_LIFETIME_MS, CODES_PER_NUMBER_A_DAY
from server.service.code_budget import CODES_PER_ADDRESS_AN_HOUR
from tests.web.gate import Gate
from tests.web.page import Page, e164_of, number_of


async def code_of(response: ClientResponse) -> str:
    return str((await response.json())["code"])


def wrong(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 1_000_000:06}"


async def test_a_new_number_becomes_a_newcomer_who_waits(gate: Gate) -> None:
    page = gate.page()
    assert (await (await page.ask_code(1)).json()) == {"expiresInS": 600}
    response = await page.verify(1, gate.sender.codes[e164_of(1)], name="  Min\tji  ")
    assert response.status == 200
    me = (await response.json())["me"]
    assert me == {
        "memberId": me["memberId"],
        "name": "Min ji",
        "membership": "waiting",
        "isAdmin": False,
    }
    session = await page.http.get(gate.base + "/api/session")
    assert (await session.json())["me"] == me


async def test_the_message_is_in_the_pages_language_and_fills_itself_in(gate: Gate) -> None:
    texts = {}
    for language in ("en", "ko"):
        body = {"number": number_of(1), "region": "KR", "language": language}
        assert (await gate.page().post("/api/sign-in/code", body)).status == 200
        code = gate.sender.codes[e164_of(1)]
        *said, empty, last = gate.sender.texts[e164_of(1)].splitlines()
        assert (empty, last) == ("", f"@localhost #{code}")
        texts[language] = " ".join(said).replace(code, "CODE")
    assert texts == {
        "en": "Masil: your code is CODE. Tell it to nobody.",
        "ko": "[마실] 인증번호 CODE. 아무에게도 알려 주지 마세요.",
    }


async def test_cookie_is_out_of_reach_of_scripts_and_other_sites(gate: Gate) -> None:
    page = gate.page()
    await page.ask_code(1)
    response = await page.verify(1, gate.sender.codes[e164_of(1)], name="Minji")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("masil=")
    flags = {flag.strip().lower() for flag in cookie.split(";")[1:]}
    assert flags == {"httponly", "samesite=lax", "path=/", "max-age=7776000"}


async def test_cookie_behind_tls_is_bound_to_the_host(tmp_path: Path) -> None:
    async with Gate(tmp_path, public_url="https://masil.example") as gate:
        page = gate.page()
        await page.ask_code(1)
        response = await page.verify(1, gate.sender.codes[e164_of(1)], name="Minji")
        cookie = response.headers["Set-Cookie"]
        assert cookie.startswith("__Host-masil=")
        assert "secure" in {flag.strip().lower() for flag in cookie.split(";")[1:]}


async def test_wrong_code_costs_a_try_and_the_fifth_exhausts_it(gate: Gate) -> None:
    page = gate.page()
    await page.ask_code(1)
    right = gate.sender.codes[e164_of(1)]
    answers = [await code_of(await page.verify(1, wrong(right, i + 1), name="X")) for i in range(5)]
    assert answers == ["code_wrong"] * 4 + ["code_tries_exhausted"]
    assert await code_of(await page.verify(1, right, name="X")) == "code_tries_exhausted"


async def test_parallel_guesses_do_not_share_a_try(gate: Gate) -> None:
    page = gate.page()
    await page.ask_code(1)
    right = gate.sender.codes[e164_of(1)]
    guesses = [page.verify(1, wrong(right, i + 1), name="X") for i in range(20)]
    answers = [await code_of(response) for response in await asyncio.gather(*guesses)]
    assert sorted(answers) == ["code_tries_exhausted"] * 16 + ["code_wrong"] * 4


async def test_code_expires_after_ten_minutes(gate: Gate) -> None:
    page = gate.page()
    await page.ask_code(1)
    gate.clock.advance(CODE_LIFETIME_MS)
    response = await page.verify(1, gate.sender.codes[e164_of(1)], name="Minji")
    assert (response.status, await code_of(response)) == (401, "code_expired")


async def test_code_works_once_even_for_two_at_the_same_time(gate: Gate) -> None:
    page, thief = gate.page(), gate.page()
    await page.ask_code(1)
    code = gate.sender.codes[e164_of(1)]
    both = await asyncio.gather(
        page.verify(1, code, name="Minji"), thief.verify(1, code, name="Thief")
    )
    assert sorted(response.status for response in both) == [200, 401]


async def test_code_may_be_typed_with_spaces_or_full_width_digits(gate: Gate) -> None:
    page = gate.page()
    await page.ask_code(1)
    code = gate.sender.codes[e164_of(1)]
    typed = code[:3] + " " + "".join(chr(ord("０") + int(digit)) for digit in code[3:])
    assert (await page.verify(1, typed, name="Minji")).status == 200


async def test_bad_name_leaves_the_code_unused(gate: Gate) -> None:
    page = gate.page()
    await page.ask_code(1)
    code = gate.sender.codes[e164_of(1)]
    for bad in ("", "   ", "\u200b", "x" * 41):
        response = await page.verify(1, code, name=bad)
        assert (response.status, await code_of(response)) == (422, "bad_name")
    assert (await page.verify(1, code, name="Minji")).status == 200


async def test_known_number_needs_no_name_and_keeps_its_own(gate: Gate) -> None:
    page = gate.page()
    await page.sign_in(1, "Minji")
    again = gate.page()
    await again.sign_in(1, "")
    assert again.me is not None
    assert again.me == page.me


async def test_answer_to_a_code_request_does_not_tell_whether_a_number_is_known(
    gate: Gate,
) -> None:
    await gate.page().sign_in(1, "Minji")
    known, unknown = await gate.page().ask_code(1), await gate.page().ask_code(2)
    assert known.status == unknown.status == 200
    assert await known.read() == await unknown.read()
    wrong_known = await gate.page().verify(1, wrong(gate.sender.codes[e164_of(1)]))
    wrong_unknown = await gate.page().verify(2, wrong(gate.sender.codes[e164_of(2)]))
    assert await wrong_known.read() == await wrong_unknown.read()


async def test_what_is_no_phone_number_is_refused(gate: Gate) -> None:
    for typed in ("12", "010-1234", "hello", "010-2000-0001 ext. 5", "+82 10 2000 0001;ext=3"):
        body = {"number": typed, "region": "KR"}
        response = await gate.page().post("/api/sign-in/code", body)
        assert (response.status, await code_of(response)) == (422, "bad_number"), typed
    assert gate.sender.sent == 0


async def test_full_width_and_arabic_digits_name_the_same_person(gate: Gate) -> None:
    await gate.page().sign_in(1, "Minji")
    plain = number_of(1)
    for zero in ("０", "٠"):
        typed = "".join(chr(ord(zero) + int(c)) if c.isdigit() else c for c in plain)
        response = await gate.page().post("/api/sign-in/code", {"number": typed, "region": "KR"})
        assert response.status == 200
    assert set(gate.sender.codes) == {e164_of(1)}


async def test_a_number_gets_ten_codes_a_day(gate: Gate) -> None:
    page = gate.page()
    for _ in range(CODES_PER_NUMBER_A_DAY):
        assert (await page.ask_code(1)).status == 200
    refused = await page.ask_code(1)
    assert (refused.status, await code_of(refused)) == (429, "code_too_often")
    assert (await page.ask_code(2)).status == 200
    gate.clock.advance(24 * 3600 * 1000)
    assert (await page.ask_code(1)).status == 200


async def test_an_address_gets_thirty_codes_an_hour(gate: Gate) -> None:
    page = gate.page()
    for index in range(CODES_PER_ADDRESS_AN_HOUR):
        assert (await page.ask_code(index)).status == 200
    refused = await page.ask_code(99)
    assert (refused.status, await code_of(refused)) == (429, "code_too_often")
    gate.clock.advance(3600 * 1000)
    assert (await page.ask_code(99)).status == 200


async def test_code_that_could_not_be_sent_is_not_counted_against_the_number(gate: Gate) -> None:
    page = gate.page()
    gate.sender.broken = True
    for _ in range(CODES_PER_NUMBER_A_DAY):
        response = await page.ask_code(1)
        assert (response.status, await code_of(response)) == (502, "code_not_sent")
    gate.sender.broken = False
    assert (await page.ask_code(1)).status == 200


async def test_founders_link_makes_one_admin_and_no_second(gate: Gate) -> None:
    token = await gate.house.people.founder_link_token()
    founder = gate.page()
    await founder.sign_in(0, "Founder", founder_token=token)
    assert founder.me is not None
    assert (founder.me.membership, founder.me.is_admin) == ("member", True)
    late = gate.page()
    await late.ask_code(1)
    code = gate.sender.codes[e164_of(1)]
    assert token is not None
    response = await late.verify(1, code, name="Late", founderToken=token)
    assert (response.status, await code_of(response)) == (401, "bad_founder_link")
    assert await gate.house.people.founder_link_token() is None
    # The code was not used up, and the newcomer comes in as everybody else does.
    assert (await late.verify(1, code, name="Late")).status == 200


async def test_newer_founders_link_replaces_the_older_one(gate: Gate) -> None:
    old = await gate.house.people.founder_link_token()
    new = await gate.house.people.founder_link_token()
    page = gate.page()
    await page.ask_code(0)
    code = gate.sender.codes[e164_of(0)]
    assert old is not None
    assert new is not None
    assert (await page.verify(0, code, name="F", founderToken=old)).status == 401
    assert (await page.verify(0, code, name="F", founderToken=new)).status == 200


async def test_newcomer_who_waits_may_become_the_founder(gate: Gate) -> None:
    page = gate.page()
    await page.sign_in(0, "Founder")
    await page.connect()
    other = gate.page()
    await other.sign_in(0, "", founder_token=await gate.house.people.founder_link_token())
    admitted = await page.event(wire.Admitted)
    assert (admitted.me.membership, admitted.me.is_admin) == ("member", True)


async def test_signing_in_again_ends_the_older_session_of_the_browser(gate: Gate) -> None:
    page = gate.page()
    await page.sign_in(1, "Minji")
    old = page.http.cookie_jar.filter_cookies(URL(gate.base))["masil"].value
    await page.sign_in(1, "")
    response = await gate.page().http.get(
        gate.base + "/api/session", headers={"Cookie": f"masil={old}"}
    )
    assert response.status == 204


async def test_signing_out_ends_the_session_and_its_socket(gate: Gate) -> None:
    page = await gate.founder()
    response = await page.post("/api/sign-out", b"")
    assert response.status == 204
    error = await page.event(wire.Error)
    assert (error.id, error.code.value) == (None, "not_signed_in")
    await page.closed()
    assert (await page.http.get(gate.base + "/api/session")).status == 204


async def test_malformed_request_is_refused(gate: Gate) -> None:
    page = gate.page()
    cases: list[tuple[bytes, dict[str, str], tuple[int, str]]] = [
        (b"{", {}, (400, "bad_message")),
        (b"[]", {}, (400, "bad_message")),
        (b'{"number":"","region":"KR"}', {}, (400, "bad_message")),
        (b'{"number":"010","region":"kr"}', {}, (400, "bad_message")),
        (b'{"number":"010","region":"KR","more":1}', {}, (400, "bad_message")),
        (b"{}", {"Content-Type": "text/plain"}, (400, "bad_message")),
        (b"{}", {"Origin": "https://evil.example"}, (403, "bad_origin")),
        (b"{}", {"Origin": "null"}, (403, "bad_origin")),
        (b'{"number":"' + b"1" * 70_000 + b'"}', {}, (413, "message_too_large")),
    ]
    for body, headers, expected in cases:
        response = await page.post("/api/sign-in/code", body, **headers)
        assert (response.status, await code_of(response)) == expected


async def test_foreign_page_cannot_sign_anybody_out(gate: Gate) -> None:
    page = await gate.founder()
    response = await page.post("/api/sign-out", b"", Origin="https://evil.example")
    assert (response.status, await code_of(response)) == (403, "bad_origin")
    assert (await page.http.get(gate.base + "/api/session")).status == 200


async def test_endless_chunked_body_is_cut_at_the_limit(gate: Gate) -> None:
    async def chunks() -> object:
        for _ in range(20):
            yield b"1" * 8192

    response = await gate.page().http.post(
        gate.base + "/api/sign-in/code",
        data=chunks(),
        headers={"Content-Type": "application/json"},
    )
    assert (response.status, await code_of(response)) == (413, "message_too_large")


async def test_locked_database_is_told_and_changes_nothing(gate: Gate) -> None:
    page: Page = gate.page()
    async with gate.locked_database():
        response = await page.ask_code(1)
        assert (response.status, await code_of(response)) == (503, "unavailable")
    assert gate.sender.sent == 0
    assert (await page.ask_code(1)).status == 200
