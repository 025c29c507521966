"""Every refusal has one code, every code one status and one sentence."""

from __future__ import annotations

from collections.abc import Iterator

from protocol.errors import ErrorCode
from server.domain.errors import MasilError
from server.web.errors import CODE_OF, MESSAGE, code_of, status_of


def every_error(kind: type[MasilError] = MasilError) -> Iterator[type[MasilError]]:
    for child in kind.__subclasses__():
        yield child
        yield from every_error(child)


def test_every_refusal_has_a_code_of_its_own() -> None:
    errors = {kind for kind in every_error() if kind.__module__ == "server.domain.errors"}
    assert set(CODE_OF) == errors
    assert len(set(CODE_OF.values())) == len(errors)
    assert all(code_of(kind()) is CODE_OF[kind] for kind in errors)


def test_every_code_has_a_sentence_and_a_status() -> None:
    assert set(MESSAGE) == set(ErrorCode)
    assert all(text.endswith(".") and len(text) < 80 for text in MESSAGE.values())
    assert all(400 <= status_of(code) < 600 for code in ErrorCode)


def test_codes_are_those_of_the_protocol_and_nothing_of_the_exception_is_told() -> None:
    assert {code.value for code in CODE_OF.values()} <= {code.value for code in ErrorCode}
    assert "secret" not in MESSAGE[code_of(next(iter(CODE_OF))("secret"))]
