"""Invitations: given, used once, taken back, out of date."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.domain import invite as rules
from server.domain.errors import (
    InviteExpiredError,
    InviteRevokedError,
    InviteUsedError,
    NoInvitesLeftError,
)
from server.domain.ids import InviteId, MemberId
from server.domain.invite import Invite, InviteState

NOW_MS = 1_000_000
OPEN = Invite(InviteId("1"), b"hash", MemberId("host"), False, NOW_MS, NOW_MS + 100)
USED = replace(OPEN, used_by=MemberId("guest"), used_at_ms=NOW_MS + 1)
REVOKED = replace(OPEN, revoked_at_ms=NOW_MS + 1)
LATER_MS = NOW_MS + 100


def test_an_open_invitation_lets_one_person_in() -> None:
    used = rules.redeem(OPEN, MemberId("guest"), NOW_MS + 1)
    assert used == USED
    assert used.state(NOW_MS + 2) is InviteState.USED


@pytest.mark.parametrize(
    ("invite", "at_ms", "refusal"),
    [
        (USED, NOW_MS + 2, InviteUsedError),
        (USED, LATER_MS, InviteUsedError),
        (REVOKED, NOW_MS + 2, InviteRevokedError),
        (OPEN, LATER_MS, InviteExpiredError),
    ],
)
def test_one_that_is_over_says_why(invite: Invite, at_ms: int, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        rules.redeem(invite, MemberId("another"), at_ms)


def test_a_member_gives_as_many_as_he_has() -> None:
    assert rules.left([], 1, NOW_MS) == 1
    assert rules.left([OPEN], 1, NOW_MS) == 0
    with pytest.raises(NoInvitesLeftError):
        rules.invite(OPEN, [USED], 1, NOW_MS)
    assert rules.invite(OPEN, [USED], 2, NOW_MS) is OPEN
    assert rules.left([OPEN] * 50, None, NOW_MS) is None


def test_one_that_expired_or_was_taken_back_was_not_given() -> None:
    assert rules.left([REVOKED], 1, NOW_MS) == 1
    assert rules.left([OPEN], 1, LATER_MS) == 1
    assert rules.left([USED], 1, LATER_MS) == 0


def test_taking_back_stops_an_open_one_and_leaves_others_as_they_are() -> None:
    assert rules.revoke(OPEN, NOW_MS + 1) == REVOKED
    assert rules.revoke(REVOKED, NOW_MS + 5) == REVOKED
    assert rules.revoke(OPEN, LATER_MS) == OPEN
    with pytest.raises(InviteUsedError):
        rules.revoke(USED, NOW_MS + 5)
