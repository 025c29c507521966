"""Answers that come at a fixed time, so that how long they took tells nothing.

A newcomer must not learn from the clock whether members hold her number (or a guessed one): asking
fifty of them takes longer than asking nobody. All that is done is done before the answer, which is
then held back to the next full step since the question.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def steady(step_s: float) -> AsyncIterator[None]:
    """Leave at a multiple of `step_s` after entering, also by an exception; 0: leave at once."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        yield
    finally:
        if step_s > 0:
            steps = max(1, math.ceil((loop.time() - began) / step_s))
            await asyncio.sleep(began + steps * step_s - loop.time())
