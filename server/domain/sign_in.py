"""The one-time code that proves a number: six digits, ten minutes, five tries, used once."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from enum import Enum

from server.domain.ids import NumberHash
from server.domain.language import Language

CODE_DIGITS = 6
CODE_LIFETIME_MS = 10 * 60 * 1000
CODE_TRIES = 5
CODES_PER_NUMBER_A_DAY = 10
"""In any 24 hours. So an account can be guessed with a chance of at most 10 · 5 / 10⁶ = 5·10⁻⁵."""
_TEXTS = {
    Language.ENGLISH: "Masil: your code is {code}. Tell it to nobody.",
    Language.KOREAN: "[마실] 인증번호 {code}. 아무에게도 알려 주지 마세요.",
}


@dataclass(frozen=True, slots=True)
class SignInCode:
    """A code that was sent; only its hash is kept."""

    number_hash: NumberHash
    code_hash: bytes
    created_at_ms: int
    tries_left: int
    used: bool = False


class CodeResult(Enum):
    """What a try did; a wrong try must be saved as much as a right one."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"


def new_code(number_hash: NumberHash, code_hash: bytes, now_ms: int) -> SignInCode:
    """A fresh code, which replaces any older one for the number."""
    return SignInCode(number_hash, code_hash, now_ms, CODE_TRIES)


def try_code(code: SignInCode, given_hash: bytes, now_ms: int) -> tuple[SignInCode, CodeResult]:
    """Use up one try. The returned code must be saved before the result is acted on."""
    if code.used or not 0 <= now_ms - code.created_at_ms < CODE_LIFETIME_MS:
        return code, CodeResult.EXPIRED
    if code.tries_left <= 0:
        return code, CodeResult.EXHAUSTED
    tried = replace(code, tries_left=code.tries_left - 1)
    if hmac.compare_digest(code.code_hash, given_hash):
        return replace(tried, used=True), CodeResult.RIGHT
    return tried, CodeResult.EXHAUSTED if tried.tries_left == 0 else CodeResult.WRONG


def void(code: SignInCode) -> SignInCode:
    """A code that did not reach anybody: no try is left, so that it cannot be guessed either."""
    return replace(code, tries_left=0)


def code_text(code: str, language: Language, host: str) -> str:
    """The short message that carries a code.

    Its last line lets phones fill the code in by themselves, on pages of `host` only (WebOTP:
    "origin-bound one-time codes delivered via SMS", https://wicg.github.io/sms-one-time-codes).
    """
    return f"{_TEXTS[language].format(code=code)}\n\n@{host} #{code}"
