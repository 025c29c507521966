"""How often something may be done, counted in the database so that a restart resets nothing."""

from __future__ import annotations

import hashlib
import hmac

from server.domain.errors import MasilError
from server.ports import Clock, CounterStore


class Limits:
    """Counters of fixed windows under keyed hashes: what is counted cannot be read back."""

    def __init__(self, store: CounterStore, clock: Clock, pepper: bytes) -> None:
        self._store = store
        self._clock = clock
        self._pepper = pepper

    async def count(self, key: bytes, window_ms: int, amount: int) -> int:
        """Add to a counter and return what it has in the present window.

        Raises:
            StoreUnavailableError
        """
        window_start_ms = self._clock.now_ms() // window_ms * window_ms
        return await self._store.add_to_counter(self.hashed(key), window_start_ms, amount)

    def hashed(self, key: bytes) -> bytes:
        """What stands for a key in the database, 32 bytes."""
        return hmac.digest(self._pepper, b"l\0" + key, hashlib.sha256)

    async def require(
        self,
        key: bytes,
        window_ms: int,
        *,
        amount: int = 1,
        at_most: int,
        refusal: type[MasilError],
    ) -> None:
        """Count, and raise `refusal` where that is more than allowed in a window."""
        if await self.count(key, window_ms, amount) > at_most:
            raise refusal
