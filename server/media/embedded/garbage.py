"""When a media process looks through all its memory for garbage: while nobody is heard.

Python's full collection stops everything, for a fifth of a second where 2,000 people are connected
(docs/decisions/0008-hot-path.md). What voices and sessions are made of is freed without it; what
is left for it are a few small objects a session, of libraries. Owns no memory itself.
"""

from __future__ import annotations

import asyncio
import gc

from server.media.embedded.counters import Counters

OFTEN = 10
"""Python's own default: a full collection after so many younger ones, …"""
AT_LATEST = 200
"""… in silence; but after so many in any case, about 14,000 people having come and gone."""


def postpone_full_collections() -> None:
    """For this whole process. What is young is still looked through as Python sees fit."""
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, AT_LATEST)


async def collect_in_silence(counters: Counters, every_s: float = 1.0) -> None:
    """Make up for what was postponed whenever nothing was sent for so long; until cancelled."""
    while True:
        before = counters.rtp_forwarded
        await asyncio.sleep(every_s)
        if counters.rtp_forwarded == before and gc.get_count()[2] >= OFTEN:
            gc.collect()
