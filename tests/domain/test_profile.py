"""What a member tells, and who may see it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.errors import (
    BadBioError,
    BadNameError,
    NoSuchMemberError,
    WrongStateError,
)
from server.domain.ids import MemberId
from server.domain.member import Member, Membership
from server.domain.profile import (
    BIO_MAX_CHARS,
    clean_bio,
    edit,
    known,
    named_admitter,
    prefer,
    require_another,
    seen,
)
from tests.domain.people import member, newcomer

MINA, JUN = member("mina"), member("jun")
NOBODY: frozenset[MemberId] = frozenset()
BANNED = replace(JUN, membership=Membership.BANNED)


def test_a_bio_is_one_clean_paragraph_or_nothing() -> None:
    assert clean_bio("  Soup,\n\n and\tlong walks. \u202e\u200b ") == "Soup, and long walks."
    assert clean_bio(" \n ") == ""


@given(st.text(max_size=300))
def test_a_bio_that_is_kept_has_no_line_breaks_nor_hidden_signs(raw: str) -> None:
    try:
        bio = clean_bio(raw)
    except BadBioError:
        return
    assert len(bio) <= BIO_MAX_CHARS
    assert bio.isprintable()
    assert clean_bio(bio) == bio


def test_a_bio_of_160_characters_fits_and_one_more_does_not() -> None:
    assert clean_bio("가" * 160) == "가" * 160
    with pytest.raises(BadBioError):
        clean_bio("가" * 161)


def test_editing_changes_name_and_bio_and_nothing_else() -> None:
    assert edit(MINA, " Mi  na ", "Soup.") == replace(MINA, name="Mi na", bio="Soup.")
    with pytest.raises(BadNameError):
        edit(MINA, " ", "Soup.")


@pytest.mark.parametrize("person", [None, newcomer("new"), BANNED])
def test_who_is_no_member_looks_like_nobody(person: Member | None) -> None:
    with pytest.raises(NoSuchMemberError):
        seen(person, NOBODY)


def test_who_is_behind_a_block_looks_like_nobody() -> None:
    assert seen(JUN, frozenset({MINA.member_id})) == JUN
    with pytest.raises(NoSuchMemberError):
        seen(JUN, frozenset({JUN.member_id}))


def test_banned_people_may_be_blocked_and_reported_and_newcomers_may_not() -> None:
    assert known(BANNED) == BANNED
    for person in (None, newcomer("new")):
        with pytest.raises(NoSuchMemberError):
            known(person)


def test_who_let_somebody_in_is_told_where_both_allow_it() -> None:
    assert named_admitter(MINA, JUN, NOBODY) == JUN
    silent = prefer(MINA, shows_admitter=False, shown_as_admitter=True)
    assert named_admitter(silent, JUN, NOBODY) is None
    modest = prefer(JUN, shows_admitter=True, shown_as_admitter=False)
    assert named_admitter(MINA, modest, NOBODY) is None


@pytest.mark.parametrize("admitter", [None, BANNED])
def test_an_admitter_who_is_gone_is_not_named(admitter: Member | None) -> None:
    assert named_admitter(MINA, admitter, NOBODY) is None


def test_an_admitter_behind_a_block_is_not_named_to_the_viewer() -> None:
    assert named_admitter(MINA, JUN, frozenset({JUN.member_id})) is None


def test_nobody_does_these_things_to_himself() -> None:
    require_another(MINA.member_id, JUN.member_id)
    with pytest.raises(WrongStateError):
        require_another(MINA.member_id, MINA.member_id)
