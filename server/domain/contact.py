"""Contacts without numbers: what is kept of an address book is a keyed hash per entry."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from server.domain.ids import ContactHash, ContactId, MemberId, NumberHash

CONTACTS_MAX = 5_000
CONTACTS_PER_DAY_MAX = 1_000
CONTACT_LIFETIME_MS = 90 * 24 * 3600 * 1000
DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class ContactsKept:
    """How many numbers of a member are kept, and until when; no times where none is."""

    count: int
    first_expires_at_ms: int | None
    last_expires_at_ms: int | None


def number_hash(pepper: bytes, e164: str) -> NumberHash:
    """The key to find a person by his own number: HMAC-SHA-256(pepper, "n" ‖ E.164), 32 bytes."""
    return NumberHash(hmac.digest(pepper, b"n\0" + e164.encode(), hashlib.sha256))


def contact_hash(pepper: bytes, member_id: MemberId, e164: str) -> ContactHash:
    """HMAC-SHA-256(pepper, "c" ‖ member ‖ E.164), 32 bytes.

    Bound to the member, so that a leaked table does not even show which members share a contact.
    """
    message = b"c\0" + member_id.encode() + b"\0" + e164.encode()
    return ContactHash(hmac.digest(pepper, message, hashlib.sha256))


def contact_id(digest: ContactHash) -> ContactId:
    """The handle that the page keeps beside the contact's local name."""
    return ContactId(digest[:16].hex())
