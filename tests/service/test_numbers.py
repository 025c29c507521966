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


@pytest.mark.parametrize(
    "typed",
    [
        "\u202a+82 10\u20111234\u20115678\u202c",
        "010.1234.5678",
        "010 1234 5678\u200e",
        "+82 (0)10 1234 5678",
        "０１０ー１２３４ー５６７８",
        "۰۱۰ ۱۲۳۴ ۵۶۷۸",
        "०१०-१२३४-५६७८",
        "＋８２ １０ １２３４ ５６７８",
    ],
)
def test_what_other_keyboards_and_address_books_add_is_folded(typed: str) -> None:
    assert e164(typed, "KR") == "+821012345678"


@pytest.mark.parametrize(
    "typed",
    ["010-1234-5678 x5", "010-1234-5678#5", "010-1234-5678,,5", "０１０１２３４５６７８ ｅｘｔ ５"],
)
def test_an_extension_is_refused_however_it_is_written(typed: str) -> None:
    with pytest.raises(BadNumberError):
        e164(typed, "KR")
