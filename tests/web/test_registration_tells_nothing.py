"""What a registration answers, and when, is the same whether nobody or fifty hold the number."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import random
import re
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from scipy import stats

from server.domain.contact import contact_hash, number_hash
from server.domain.ids import MemberId
from server.domain.member import Member, Membership
from server.domain.sign_in import new_code
from server.web.steady import steady
from tests.web.gate import PEPPER, Gate
from tests.web.page import Page, e164_of

REGISTRATIONS = 2_000
AT_ONCE = 8
HOLDERS = 50
STEP_S = 0.1
TOLD_APART_S = 0.002
CODE = "123456"
BY_CHANCE = 0.001
"""How often the tests of equal distributions may fail where there is nothing to find."""
pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]


async def settle(gate: Gate, held: range) -> None:
    """Fifty members, each of whom holds these numbers."""
    async with gate.store.transaction():
        for n in range(HOLDERS):
            member = MemberId(f"holder-{n}")
            digest = number_hash(PEPPER, f"+1212555{n:04}")
            await gate.store.save_member(
                Member(member, digest, f"Holder {n}", Membership.MEMBER, False, 0)
            )
            hashes = [contact_hash(PEPPER, member, e164_of(index)) for index in held]
            await gate.store.add_contacts(member, hashes, 0, 2**50)


async def send_codes(gate: Gate, numbers: Iterable[int]) -> None:
    """The code of each number, as if it had been sent: how that is bounded is tested elsewhere."""
    async with gate.store.transaction():
        for index in numbers:
            digest = number_hash(PEPPER, e164_of(index))
            kept = hmac.digest(PEPPER, b"o\0" + digest + CODE.encode(), hashlib.sha256)
            await gate.store.save_sign_in_code(new_code(digest, kept, gate.clock.now_ms()))


async def register(page: Page, index: int) -> tuple[float, str]:
    """How long the answer takes, and what it says but for the id."""
    page.http.cookie_jar.clear()
    began = time.perf_counter()
    response = await page.verify(index, CODE, name="Newcomer")
    took_s = time.perf_counter() - began
    assert response.status == 200
    return took_s, re.sub(r'"memberId":"\w+"', "", await response.text())


async def test_body_and_time_are_the_same_for_none_and_for_fifty_holders(
    tmp_path: Path, fresh_database: Path
) -> None:
    shutil.copy(fresh_database, tmp_path)
    async with Gate(tmp_path, answer_step_s=STEP_S, busy_timeout_ms=30_000) as gate:
        held = range(1_000_000, 1_000_000 + 500 * REGISTRATIONS, 1_000)
        await settle(gate, held)
        mixed = [*held, *(index + 3_000_000 for index in held)]
        random.Random(1).shuffle(mixed)
        await send_codes(gate, mixed)
        numbers = iter(mixed)
        answers: dict[bool, list[tuple[float, str]]] = {True: [], False: []}

        async def visitor() -> None:
            page = gate.page()
            for index in numbers:
                answers[index in held].append(await register(page, index))

        await asyncio.gather(*(visitor() for _ in range(AT_ONCE)))
        assert {len(found) for found in answers.values()} == {REGISTRATIONS // 2}
        asked = await gate.store.waiting_knocks(MemberId("holder-0"))
        assert len(asked) == len(held), "everybody who holds a number is asked before the answer"
    known, unknown = ([took for took, _ in answers[key]] for key in (True, False))
    assert {body for found in answers.values() for _, body in found} == {answers[True][0][1]}
    later = [took + TOLD_APART_S for took in known]
    for test in (stats.ks_2samp, stats.mannwhitneyu):
        assert test(known, unknown).pvalue > BY_CHANCE
        assert test(later, unknown).pvalue < BY_CHANCE, "the test would notice so little"


async def test_a_refusal_comes_at_the_same_time_as_an_answer() -> None:
    began = time.monotonic()
    with pytest.raises(ZeroDivisionError):
        async with steady(0.05):
            raise ZeroDivisionError
    assert time.monotonic() - began >= 0.05
