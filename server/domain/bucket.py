"""Token buckets: how often something may be done, with a burst and a steady pace.

Owns the arithmetic only. Time comes in as an argument; where buckets are kept is the store's. A
bucket that nobody has drawn from for `refill_ms` is full, so it need not be kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_ROUNDING = 1e-9
"""A token that took its whole time to come must not be missed by a rounding of floats."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What a full bucket holds, and how long an empty one takes to be full again."""

    tokens: int
    refill_ms: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many tokens there were when it was drawn from last."""

    tokens: float
    filled_at_ms: int


@dataclass(frozen=True, slots=True)
class Draw:
    """One token from the first of these buckets that has one.

    Several buckets of one token each hold a stricter promise than one of several tokens: never
    more than that many in *any* `refill_ms`, as each token comes back alone.
    """

    name: str
    """Of the limit: for logs and counters, so never a number or an address."""
    keys: tuple[bytes, ...]
    rate: Rate


class BucketEmptyError(Exception):
    """A limit is reached; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def take(bucket: Bucket | None, rate: Rate, now_ms: int) -> Bucket | None:
    """Take one token; None where there is none. A bucket that is not kept (None) is full.

    A clock that was set back fills nothing, and blocks nothing until it has caught up.
    """
    tokens = float(rate.tokens)
    if bucket is not None:
        elapsed_ms = max(0, now_ms - bucket.filled_at_ms)
        tokens = min(tokens, bucket.tokens + elapsed_ms * rate.tokens / rate.refill_ms)
    if tokens < 1 - _ROUNDING:
        return None
    return Bucket(max(0.0, tokens - 1), now_ms)


def draw(draws: Sequence[Draw], kept: Mapping[bytes, Bucket], now_ms: int) -> dict[bytes, Bucket]:
    """Take a token for every draw, or none at all. Returns the buckets that changed.

    Raises:
        BucketEmptyError: of the first limit that is reached.
    """
    changed: dict[bytes, Bucket] = {}
    for each in draws:
        for key in each.keys:
            left = take(changed.get(key, kept.get(key)), each.rate, now_ms)
            if left is not None:
                changed[key] = left
                break
        else:
            raise BucketEmptyError(each.name)
    return changed
