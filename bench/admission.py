"""`python -m bench.admission`: how long it takes to find who holds a newcomer's number.

One keyed hash a member, then an indexed question to the database; medians over many newcomers, on
SQLite, with 10,000 members of whom 50 hold the number.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

from server.domain.contact import contact_hash
from server.domain.ids import MemberId, NumberHash
from server.domain.member import Member, Membership
from server.service.admission import Admission
from server.service.hub import Hub
from server.store.sql import SqlStore
from tests.fakes.clock import FakeClock

MEMBERS = 10_000
HOLDERS = 50
ROUNDS = 31
PEPPER = b"p" * 32
NUMBER = "+821012345678"
RESULTS = Path(__file__).parent / "results" / "admission.json"


async def measure() -> dict[str, float]:
    """Milliseconds of the whole matching, and of its hashing alone."""
    with tempfile.TemporaryDirectory() as directory:
        store = SqlStore(f"sqlite+aiosqlite:///{directory}/masil.sqlite3")
        await store.open()
        await fill(store)
        clock = FakeClock()
        admission = Admission(store, clock, Hub(), PEPPER)
        whole, hashing = [], []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            holders = await admission.holders_of(NUMBER)
            whole.append(1000 * (time.perf_counter() - began))
            assert len(holders) == HOLDERS
            began = time.thread_time()
            for n in range(MEMBERS):
                contact_hash(PEPPER, MemberId(f"member-{n}"), NUMBER)
            hashing.append(1000 * (time.thread_time() - began))
        await store.close()
    return {
        "members": MEMBERS,
        "matching_ms": round(statistics.median(whole), 1),
        "hashing_ms": round(statistics.median(hashing), 1),
    }


async def fill(store: SqlStore) -> None:
    """Members with two hundred contacts each would only make the file larger: the index is used."""
    async with store.transaction():
        for n in range(MEMBERS):
            digest = NumberHash(n.to_bytes(32, "big"))
            member = MemberId(f"member-{n}")
            await store.save_member(Member(member, digest, "M", Membership.MEMBER, False, n))
        for n in range(MEMBERS):
            held = [f"+8210{n:04}{other:04}" for other in range(10)]
            if n % (MEMBERS // HOLDERS) == 0:
                held.append(NUMBER)
            member = MemberId(f"member-{n}")
            hashes = [contact_hash(PEPPER, member, number) for number in held]
            await store.add_contacts(member, hashes, 0, 2**40)


def main() -> None:
    """Measure, print and store."""
    found = asyncio.run(measure())
    print(json.dumps(found))
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
