"""What a thief learns from the database file: no number without the pepper; all of them with it.

All 10⁸ Korean mobile numbers (010-xxxx-xxxx) take a core some minutes to try against one hash. Here
10⁵ of them are tried against a real file, once as a thief would without the pepper and once, as the
positive control, with it.
"""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from server.domain.contact import contact_hash, number_hash
from server.domain.ids import MemberId
from server.domain.member import Member, Membership
from server.store.sql import SqlStore

PEPPER = bytes(range(32))
SPACE = 100_000
HELD = 200
HOLDER = MemberId("holder")


def number(index: int) -> str:
    """One of the reduced space, spread over the whole."""
    return f"+8210{index * 997 % 100_000_000:08}"


async def a_house(directory: Path) -> Path:
    """A database file in which one member holds 200 numbers and has one of his own."""
    file = directory / "masil.sqlite3"
    store = SqlStore(f"sqlite+aiosqlite:///{file}")
    await store.open()
    own = number_hash(PEPPER, number(1))
    await store.save_member(Member(HOLDER, own, "Holder", Membership.MEMBER, False, 0))
    hashes = [contact_hash(PEPPER, HOLDER, number(index)) for index in range(HELD)]
    await store.add_contacts(HOLDER, hashes, 0, 2**50)
    await store.close()
    return file


def stolen(file: Path) -> set[bytes]:
    """Every value of every table that may be a hash."""
    with sqlite3.connect(file) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master")]
        rows = [
            value
            for table in tables
            if not table.startswith(("sqlite_", "ix_", "uq_", "pk_"))
            for row in database.execute(f"SELECT * FROM {table}")
            for value in row
        ]
    return {value for value in rows if isinstance(value, bytes)}


def recovered(kept: set[bytes], guesses: Iterable[Callable[[str], bytes]]) -> int:
    """How many numbers of the space some way of hashing finds."""
    return sum(any(guess(number(index)) in kept for guess in guesses) for index in range(SPACE))


def keyless(e164: str) -> list[bytes]:
    """What a thief can compute: plain and salted hashes, and HMACs under keys of the file."""
    text = e164.encode()
    member = HOLDER.encode()
    return [
        hashlib.sha256(text).digest(),
        hashlib.sha256(member + text).digest(),
        hmac.digest(member, text, hashlib.sha256),
        hmac.digest(b"", b"n\0" + text, hashlib.sha256),
        hmac.digest(bytes(32), b"c\0" + member + b"\0" + text, hashlib.sha256),
    ]


async def test_no_number_comes_back_without_the_pepper_and_all_do_with_it(tmp_path: Path) -> None:
    kept = stolen(await a_house(tmp_path))
    assert len(kept) == HELD + 1
    without = [lambda e164, way=way: keyless(e164)[way] for way in range(5)]
    assert recovered(kept, without) == 0
    with_it = [
        lambda e164: number_hash(PEPPER, e164),
        lambda e164: contact_hash(PEPPER, HOLDER, e164),
    ]
    assert recovered(kept, with_it) == HELD


async def test_the_file_holds_no_digits_of_a_number(tmp_path: Path) -> None:
    file = await a_house(tmp_path)
    content = b"".join(part.read_bytes() for part in file.parent.glob("masil.sqlite3*"))
    for index in range(HELD):
        assert number(index)[1:].encode() not in content
        assert number(index)[5:].encode() not in content
