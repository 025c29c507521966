"""The small rules about people: names, numbers as hashes, sign-in codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.contact import contact_hash, contact_id, number_hash
from server.domain.errors import BadNameError, NotAdmittedError
from server.domain.ids import MemberId, NumberHash
from server.domain.member import NAME_MAX_CHARS, clean_name, require_member
from server.domain.sign_in import (
    CODE_LIFETIME_MS,
    CODE_TRIES,
    CodeResult,
    SignInCode,
    new_code,
    try_code,
)
from tests.domain.people import NOW_MS, member, newcomer

NUMBER = "+821012345678"
PEPPER = b"p" * 32


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("  Kim   Minji\n", "Kim Minji"),
        ("김민지", "김민지"),
        ("Min\u202eji", "Min ji"),
        ("x" * NAME_MAX_CHARS, "x" * NAME_MAX_CHARS),
    ],
)
def test_a_name_is_kept_without_what_cannot_be_seen(raw: str, name: str) -> None:
    assert clean_name(raw) == name


@pytest.mark.parametrize("raw", ["", "   ", "\u200b", "x" * (NAME_MAX_CHARS + 1)])
def test_a_name_is_neither_empty_nor_endless(raw: str) -> None:
    with pytest.raises(BadNameError):
        clean_name(raw)


@given(st.text(max_size=60))
def test_cleaning_a_name_twice_is_cleaning_it_once(raw: str) -> None:
    try:
        name = clean_name(raw)
    except BadNameError:
        return
    assert clean_name(name) == name
    assert name.isprintable()


def test_only_members_pass() -> None:
    require_member(member("minji"))
    with pytest.raises(NotAdmittedError):
        require_member(newcomer("jun"))


# ---------------------------------------------------------------- numbers


def test_a_hash_needs_the_pepper_and_hides_the_number() -> None:
    digest = number_hash(PEPPER, NUMBER)
    assert len(digest) == 32
    assert digest == number_hash(PEPPER, NUMBER)
    assert digest != number_hash(b"q" * 32, NUMBER)
    assert NUMBER.encode() not in bytes(digest)


def test_two_members_who_share_a_contact_do_not_show_it() -> None:
    minji, jun = MemberId("minji"), MemberId("jun")
    assert contact_hash(PEPPER, minji, NUMBER) != contact_hash(PEPPER, jun, NUMBER)
    assert contact_hash(PEPPER, minji, NUMBER) == contact_hash(PEPPER, minji, NUMBER)


def test_a_member_with_an_odd_id_takes_nobody_elses_hash() -> None:
    one = contact_hash(PEPPER, MemberId("a"), "+821")
    other = contact_hash(PEPPER, MemberId("a+8"), "21")
    assert one != other
    assert bytes(number_hash(PEPPER, NUMBER)) != contact_hash(PEPPER, MemberId(""), NUMBER)


def test_a_contacts_handle_is_the_first_half_of_its_hash() -> None:
    digest = contact_hash(PEPPER, MemberId("minji"), NUMBER)
    assert contact_id(digest) == digest.hex()[:32]


# ---------------------------------------------------------------- sign-in codes


@pytest.fixture
def code() -> SignInCode:
    return new_code(NumberHash(b"n" * 32), b"right", NOW_MS)


def test_the_right_code_works_once(code: SignInCode) -> None:
    used, result = try_code(code, b"right", NOW_MS)
    assert result is CodeResult.RIGHT
    assert try_code(used, b"right", NOW_MS) == (used, CodeResult.EXPIRED)


def test_five_wrong_tries_exhaust_a_code_even_for_who_knows_it(code: SignInCode) -> None:
    results = []
    for _ in range(CODE_TRIES):
        code, result = try_code(code, b"wrong", NOW_MS)
        results.append(result)
    assert results == [CodeResult.WRONG] * (CODE_TRIES - 1) + [CodeResult.EXHAUSTED]
    assert try_code(code, b"right", NOW_MS) == (code, CodeResult.EXHAUSTED)


def test_the_last_try_may_be_the_right_one(code: SignInCode) -> None:
    for _ in range(CODE_TRIES - 1):
        code, _ = try_code(code, b"wrong", NOW_MS)
    assert try_code(code, b"right", NOW_MS)[1] is CodeResult.RIGHT


def test_a_code_lives_ten_minutes(code: SignInCode) -> None:
    late, in_time = NOW_MS + CODE_LIFETIME_MS, NOW_MS + CODE_LIFETIME_MS - 1
    assert try_code(code, b"right", late) == (code, CodeResult.EXPIRED)
    assert try_code(code, b"right", in_time)[1] is CodeResult.RIGHT


def test_a_code_from_the_future_is_not_trusted(code: SignInCode) -> None:
    assert try_code(code, b"right", NOW_MS - 1) == (code, CodeResult.EXPIRED)
