"""Numbers as people type them."""

from __future__ import annotations

import pytest

from server.domain.errors import BadNumberError
from server.service.numbers import e164


@pytest.mark.parametrize(
    "typed",
    [
        "010-1234-5678",
        "(010) 1234 5678",
        "+82 10 1234 5678",
        "0082 10 1234 5678".replace("0082", "00182"),
        "０１０－１２３４－５６７８",
        "٠١٠١٢٣٤٥٦٧٨",
        "010\u200b1234\u200b5678",
        "tel:+82-10-1234-5678",
    ],
)
def test_one_number_has_one_form(typed: str) -> None:
    assert e164(typed, "KR") == "+821012345678"


@pytest.mark.parametrize(
    "typed",
    ["", "1", "112", "hello", "010-1234-5678 ext 5", "010-1234-5678;ext=3", "+999 123", "9" * 64],
)
def test_what_cannot_be_called_is_refused(typed: str) -> None:
    with pytest.raises(BadNumberError):
        e164(typed, "KR")


def test_the_country_counts_only_without_a_country_code() -> None:
    assert e164("020 7946 0018", "GB") == "+442079460018"
    assert e164("+44 20 7946 0018", "KR") == "+442079460018"
    with pytest.raises(BadNumberError):
        e164("020 7946 0018", "ZZ")
