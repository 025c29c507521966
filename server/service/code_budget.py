"""Whether one more code may be sent: by number, network and country, and for the whole day.

Owns the limits on sending and what is told of them. Everything is counted in the database under
keyed hashes, so that a restart resets nothing and nothing counted can be read back. Never logs a
number or an address.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import phonenumbers
import structlog

from server.domain.bucket import BucketEmptyError, Draw, Rate
from server.domain.contact import DAY_MS, number_hash
from server.domain.errors import CodeTooOftenError
from server.domain.network import home_of, neighbourhood_of
from server.domain.sign_in import CODES_PER_NUMBER_A_DAY
from server.ports import Clock, Store
from server.service.limits import Limits

HOUR_MS = 3600 * 1000
CODES_PER_ADDRESS_AN_HOUR = 30
CODES_PER_NETWORK_AN_HOUR = 120
CODES_PER_RANGE_A_DAY = 60
RANGE_DIGITS = 3
"""Whoever earns by receiving SMS owns ranges: numbers alike but for these last digits."""
FOREIGN_SHARE = 5
"""Numbers of one foreign country get at most a fifth of the day's codes."""
CODES_A_DAY = 1_000
_WARN_AT = 0.8
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CodeRules:
    """What the operator decides about codes."""

    a_day: int = CODES_A_DAY
    """How many the house sends on one day (UTC), all numbers together: the ceiling of its bill."""
    home_region: str = "KR"
    """The house's own country (ISO 3166), which no share of the day bounds."""
    host: str = "localhost"
    """The host of the house's pages, on which phones fill codes in by themselves."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One code that may be sent now."""

    number_keys: tuple[bytes, ...]
    """What was drawn from the number's own buckets."""


class CodeBudget:
    """Grants codes, one by one."""

    def __init__(
        self, store: Store, clock: Clock, limits: Limits, pepper: bytes, rules: CodeRules
    ) -> None:
        self._store = store
        self._clock = clock
        self._limits = limits
        self._pepper = pepper
        self._rules = rules
        self._home_code = phonenumbers.country_code_for_region(rules.home_region)
        self.refused: Counter[str] = Counter()
        """Refusals since the gate started, by the limit that was reached."""

    async def grant(self, e164: str, address: str) -> Grant:
        """Allow one code to be sent, or refuse it.

        `address` is the network address that asks. A refusal uses up nothing.

        Raises:
            CodeTooOftenError, StoreUnavailableError
        """
        draws = self._draws(e164, address)
        own_keys = next(draw.keys for draw in draws if draw.name == "number")
        try:
            async with self._store.transaction():
                taken = await self._store.draw(draws, self._clock.now_ms())
                await self._count_for_the_day()
        except BucketEmptyError as refusal:
            self._note(refusal.name)
            raise CodeTooOftenError from None
        return Grant(tuple(key for key in own_keys if key in taken))

    async def give_back(self, grant: Grant, *, was_paid: bool) -> None:
        """The code did not reach anybody: it does not count against its number.

        `was_paid`: it may have been sent all the same, so it counts for the day.

        Raises:
            StoreUnavailableError
        """
        async with self._store.transaction():
            await self._store.fill_buckets(grant.number_keys)
            if not was_paid:
                await self._limits.count(b"codes-day", DAY_MS, -1)

    async def tidy(self) -> None:
        """Forget buckets that are full again.

        Raises:
            StoreUnavailableError
        """
        await self._store.forget_buckets(self._clock.now_ms() - DAY_MS)

    async def _count_for_the_day(self) -> None:
        today = await self._limits.count(b"codes-day", DAY_MS, 1)
        if today > self._rules.a_day:
            raise BucketEmptyError("day")
        if today == max(1, int(self._rules.a_day * _WARN_AT)):
            _log.warning("most of the day's codes are sent", sent=today, of=self._rules.a_day)

    def _draws(self, e164: str, address: str) -> list[Draw]:
        # Ten buckets of one token: never more than ten codes in any 24 hours.
        own = tuple(
            self._key("number", number_hash(self._pepper, e164) + bytes([slot]))
            for slot in range(CODES_PER_NUMBER_A_DAY)
        )
        home, around = home_of(address).encode(), neighbourhood_of(address).encode()
        range_of = e164[:-RANGE_DIGITS].encode()
        draws = [
            Draw("number", own, Rate(1, DAY_MS)),
            self._draw("address", home, Rate(CODES_PER_ADDRESS_AN_HOUR, HOUR_MS)),
            self._draw("network", around, Rate(CODES_PER_NETWORK_AN_HOUR, HOUR_MS)),
            self._draw("range", range_of, Rate(CODES_PER_RANGE_A_DAY, DAY_MS)),
        ]
        calling_code = phonenumbers.parse(e164).country_code or 0
        if calling_code != self._home_code:
            share = max(1, self._rules.a_day // FOREIGN_SHARE)
            draws.append(self._draw("country", b"%d" % calling_code, Rate(share, DAY_MS)))
        return draws

    def _draw(self, name: str, what: bytes, rate: Rate) -> Draw:
        return Draw(name, (self._key(name, what),), rate)

    def _key(self, name: str, what: bytes) -> bytes:
        return self._limits.hashed(b"codes-" + name.encode() + b"\0" + what)

    def _note(self, name: str) -> None:
        """Tell the operator, and ever more rarely, so that an attack does not fill the log."""
        self.refused[name] += 1
        count = self.refused[name]
        if count & (count - 1) == 0:
            _log.warning("codes are refused", limit=name, refused=count)
