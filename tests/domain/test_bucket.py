"""Token buckets: bursts, pace, strict days, and all or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.bucket import Bucket, BucketEmptyError, Draw, Rate, draw, take

NOW_MS = 1_764_000_000_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
THREE_AN_HOUR = Rate(3, HOUR_MS)


def test_a_bucket_gives_its_burst_and_then_one_token_after_the_other() -> None:
    bucket: Bucket | None = None
    for _ in range(3):
        bucket = take(bucket, THREE_AN_HOUR, NOW_MS)
        assert bucket is not None
    assert take(bucket, THREE_AN_HOUR, NOW_MS) is None
    assert take(bucket, THREE_AN_HOUR, NOW_MS + HOUR_MS // 3 - 1) is None
    third = take(bucket, THREE_AN_HOUR, NOW_MS + HOUR_MS // 3)
    assert third == Bucket(0.0, NOW_MS + HOUR_MS // 3)


def test_a_bucket_never_holds_more_than_a_full_one() -> None:
    bucket = take(Bucket(0.0, NOW_MS), THREE_AN_HOUR, NOW_MS + 100 * DAY_MS)
    assert bucket is not None
    assert bucket.tokens == 2


def test_a_clock_that_is_set_back_gives_nothing_away() -> None:
    assert take(Bucket(0.0, NOW_MS), THREE_AN_HOUR, NOW_MS - DAY_MS) is None
    left = take(Bucket(2.0, NOW_MS), THREE_AN_HOUR, NOW_MS - DAY_MS)
    assert left == Bucket(1.0, NOW_MS - DAY_MS)


def test_one_empty_bucket_leaves_the_others_as_they_are() -> None:
    draws = [Draw("many", (b"m",), THREE_AN_HOUR), Draw("one", (b"o",), Rate(1, HOUR_MS))]
    kept = draw(draws, {}, NOW_MS)
    assert kept == {b"m": Bucket(2.0, NOW_MS), b"o": Bucket(0.0, NOW_MS)}
    with pytest.raises(BucketEmptyError) as refusal:
        draw(draws, kept, NOW_MS + 1)
    assert refusal.value.name == "one"


def test_a_bucket_that_two_draws_share_is_drawn_from_twice() -> None:
    shared = Draw("twice", (b"s",), Rate(2, HOUR_MS))
    assert draw([shared, shared], {}, NOW_MS) == {b"s": Bucket(0.0, NOW_MS)}
    with pytest.raises(BucketEmptyError):
        draw([shared, shared, shared], {}, NOW_MS)


@given(
    st.lists(st.integers(0, DAY_MS // 3), min_size=15, max_size=120),
    st.integers(1, 6),
)
def test_single_tokens_hold_a_limit_in_any_stretch_of_its_length(
    waits_ms: list[int], slots: int
) -> None:
    limit = Draw("strict", tuple(bytes([i]) for i in range(slots)), Rate(1, DAY_MS))
    kept: dict[bytes, Bucket] = {}
    given_at: list[int] = []
    now_ms = NOW_MS
    for wait_ms in waits_ms:
        now_ms += wait_ms
        try:
            kept |= draw([limit], kept, now_ms)
        except BucketEmptyError:
            # Refused only when as many as allowed were given within the last day.
            assert sum(at_ms > now_ms - DAY_MS for at_ms in given_at) == slots
        else:
            given_at.append(now_ms)
            assert sum(at_ms > now_ms - DAY_MS for at_ms in given_at) <= slots
