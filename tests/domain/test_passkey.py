"""A passkey's counter: it goes on, or there may be a copy."""

from __future__ import annotations

import pytest

from server.domain.errors import PasskeyClonedError
from server.domain.ids import CredentialId, MemberId
from server.domain.passkey import Passkey, use


def passkey(sign_count: int) -> Passkey:
    return Passkey(CredentialId(b"key"), MemberId("m"), b"public", sign_count, "", 1)


def test_a_counter_that_goes_on_is_kept_with_the_time() -> None:
    used = use(passkey(4), 9, 1_000)
    assert (used.sign_count, used.last_used_at_ms) == (9, 1_000)


@pytest.mark.parametrize(("before", "now"), [(4, 4), (4, 3), (4, 0), (1, 1)])
def test_a_counter_that_stands_or_goes_back_is_refused(before: int, now: int) -> None:
    with pytest.raises(PasskeyClonedError):
        use(passkey(before), now, 1_000)


def test_an_authenticator_that_does_not_count_is_taken() -> None:
    assert use(passkey(0), 0, 1_000).sign_count == 0
