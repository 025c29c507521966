"""The database, part by part. Never what is said, nor a number that could be read back."""

from __future__ import annotations

from collections.abc import Sequence, Set
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from server.domain.ban import Ban
from server.domain.bucket import Draw
from server.domain.contact import ContactsKept
from server.domain.entry import Entry
from server.domain.ids import (
    ContactHash,
    ContactId,
    CredentialId,
    InviteId,
    KnockId,
    MemberId,
    NumberHash,
    ReportId,
    ScheduledId,
)
from server.domain.invite import Invite
from server.domain.kept import Kept
from server.domain.knock import Knock
from server.domain.member import Member
from server.domain.passkey import Passkey
from server.domain.push import PushSubscription
from server.domain.receipt import Receipt
from server.domain.report import Report
from server.domain.room import Room
from server.domain.schedule import Scheduled
from server.domain.session import Session
from server.domain.sign_in import SignInCode


class MemberStore(Protocol):
    """People and their sessions."""

    async def member(self, member_id: MemberId) -> Member | None:
        """By id."""

    async def member_by_number(self, number_hash: NumberHash) -> Member | None:
        """By the hash of the own number."""

    async def newcomers(self, number_hashes: Sequence[NumberHash]) -> Sequence[Member]:
        """Those who still wait and have one of these numbers. Any number of hashes may be asked."""

    async def save_member(self, member: Member) -> None:
        """Insert or update."""

    async def erase_member(self, member_id: MemberId) -> None:
        """Delete the person and all that hangs on him: sessions, contacts, knock, seats."""

    async def member_ids(self) -> Sequence[MemberId]:
        """Everybody with membership `member`; whom a newcomer's number is matched against."""


class SessionStore(Protocol):
    """Sign-in sessions and codes; tokens and codes are kept as hashes only."""

    async def save_session(
        self, token_hash: bytes, member_id: MemberId, now_ms: int, device: str = ""
    ) -> None:
        """A new session; its id is `session_id_of` the hash."""

    async def session_member(self, token_hash: bytes, used_since_ms: int = 0) -> Member | None:
        """Whose session it is, unless it was last used before that time."""

    async def sessions_of(self, member_id: MemberId) -> Sequence[Session]:
        """A person's sessions, the newest first."""

    async def see_sessions(
        self, token_hashes: Sequence[bytes], now_ms: int, if_before_ms: int
    ) -> bool:
        """Note that they are used; those seen since `if_before_ms` are left as they are.

        Returns whether there was anything to note.
        """

    async def delete_session(self, token_hash: bytes) -> None:
        """Sign out; what hangs on the session, such as pushes there, goes with it."""

    async def delete_sessions_unused_since(self, before_ms: int) -> int:
        """Delete those that are over; returns how many."""

    async def sign_in_code(self, number_hash: NumberHash) -> SignInCode | None:
        """The newest code sent to a number."""

    async def save_sign_in_code(self, code: SignInCode) -> None:
        """Insert or replace; one per number."""


class CounterStore(Protocol):
    """Small counters that a restart must not reset, and single-use links."""

    async def add_to_counter(self, key: bytes, window_start_ms: int, amount: int) -> int:
        """Add to a counter of a window and return its new value; older windows are dropped."""

    async def save_founder_link(self, token_hash: bytes) -> None:
        """The one valid founder's link; replaces any older one."""

    async def use_founder_link(self, token_hash: bytes) -> bool:
        """True exactly once for the valid link."""


class ContactStore(Protocol):
    """Uploaded contacts as keyed hashes, and knocks."""

    async def add_contacts(
        self, member_id: MemberId, hashes: Sequence[ContactHash], now_ms: int, expires_at_ms: int
    ) -> int:
        """Keep them; known ones get the new expiry. Returns how many the member has now."""

    async def count_contacts(self, member_id: MemberId) -> int:
        """How many are kept for the member."""

    async def contacts_kept(self, member_id: MemberId) -> ContactsKept:
        """How many are kept for the member, and until when."""

    async def forget_contacts(self, member_id: MemberId) -> None:
        """Delete all contacts of the member."""

    async def holders(self, hashes: Sequence[ContactHash]) -> Sequence[tuple[MemberId, ContactId]]:
        """Which members hold any of these hashes. Any number of hashes may be asked."""

    async def may_be_asked(
        self, newcomer_id: MemberId, members: Sequence[MemberId]
    ) -> Set[MemberId]:
        """Those of some people who may be asked about a newcomer.

        They are members, want to be asked, and neither they nor he has blocked the other.
        """

    async def delete_expired_contacts(self, now_ms: int) -> int:
        """Delete contacts past their expiry; returns how many."""


class KnockStore(Protocol):
    """Newcomers at the door."""

    async def knock(self, knock_id: KnockId) -> Knock | None:
        """By id."""

    async def knock_of(self, newcomer_id: MemberId) -> Knock | None:
        """The waiting knock of a newcomer."""

    async def save_knock(self, knock: Knock) -> None:
        """Insert or update, the asked members included."""

    async def waiting_knocks(self, member_id: MemberId) -> Sequence[tuple[Knock, Member]]:
        """Knocks that should alert this member now, oldest first, each with its newcomer.

        None while he does not want to be asked, nor those of newcomers apart from him.
        """

    async def stale_knocks(self, before_ms: int) -> Sequence[Knock]:
        """Waiting knocks older than that."""


class RoomStore(Protocol):
    """Rooms, seats and roles; never a word of what is said."""

    async def save_room(self, room: Room) -> None:
        """Insert or update one room with its participants."""

    async def live_rooms(self) -> Sequence[Room]:
        """All rooms that have not ended, for a gate that starts."""


class AdministrationStore(Protocol):
    """The house's order: who lives here, who was banned, what was reported, which jobs ran."""

    async def members_named(
        self, part: str, after: MemberId | None, count: int
    ) -> Sequence[Member]:
        """Members and banned people by a part of their name, oldest accounts first."""

    async def admins(self) -> Sequence[MemberId]:
        """Everybody with the admin's role."""

    async def save_ban(self, ban: Ban) -> None:
        """Insert or update."""

    async def ban_of(self, number_hash: NumberHash) -> Ban | None:
        """Whether this number may not come in."""

    async def delete_ban(self, number_hash: NumberHash) -> None:
        """This number may come in again."""

    async def put_out(self, member_id: MemberId) -> None:
        """Delete what lets a banned person in or reaches him; his name and his entry stay."""

    async def save_report(self, report: Report) -> None:
        """Insert or update."""

    async def report(self, report_id: ReportId) -> Report | None:
        """By id."""

    async def reports(self, *, closed: bool) -> Sequence[Report]:
        """Open or closed ones, newest first, 200 at most."""

    async def count_open_reports(self) -> int:
        """How many wait for an admin."""

    async def save_job_run(self, job: str, ran_at_ms: int, affected: int) -> None:
        """Keep when a job ran last, and on how much."""

    async def job_runs(self) -> Sequence[tuple[str, int, int]]:
        """(job, when it ran last, how much it affected), by name."""


class InviteStore(Protocol):
    """Invitations; tokens are kept as hashes only, addresses not at all."""

    async def save_invite(self, invite: Invite) -> None:
        """Insert or update; use `claim_invite` to use one."""

    async def claim_invite(self, used: Invite) -> bool:
        """Save an invitation as used; True exactly once, however many try at the same moment."""

    async def invite(self, invite_id: InviteId) -> Invite | None:
        """By id."""

    async def invite_by_token(self, token_hash: bytes) -> Invite | None:
        """By the hash of its token."""

    async def invites_of(self, inviter_id: MemberId) -> Sequence[Invite]:
        """All that a member ever gave, newest first."""


class EntryStore(Protocol):
    """How members came in."""

    async def save_entry(self, entry: Entry) -> None:
        """Insert or update how a member came in."""

    async def entry_of(self, member_id: MemberId) -> Entry | None:
        """How a member came in."""


class BucketStore(Protocol):
    """Token buckets that a restart must not fill."""

    async def draw(self, draws: Sequence[Draw], now_ms: int) -> frozenset[bytes]:
        """Take a token for every draw, or none at all; returns the buckets that gave one.

        Draws at the same time never share a token. Call it once in a transaction at most: two
        that draw from the same buckets in different orders would wait for each other.

        Raises:
            BucketEmptyError: a limit is reached; nothing was changed.
        """

    async def fill_buckets(self, keys: Sequence[bytes]) -> None:
        """Make these full again."""

    async def forget_buckets(self, before_ms: int) -> int:
        """Drop those that nobody has drawn from since then; returns how many."""


class PushStore(Protocol):
    """Browsers that may be pushed to. However a session ends, its browser is forgotten."""

    async def save_push_subscription(self, subscription: PushSubscription) -> None:
        """Keep it, in place of what its session had and of what was kept for its endpoint."""

    async def push_subscriptions(self, member_id: MemberId) -> Sequence[PushSubscription]:
        """Those of a person, oldest first."""

    async def push_subscribers(self) -> Sequence[MemberId]:
        """Everybody who has one."""

    async def delete_push_subscriptions(self, session_hash: bytes) -> None:
        """Push to the browser of this session no more."""

    async def delete_push_endpoint(self, endpoint: str) -> None:
        """Nothing arrives at this endpoint any more."""


class ProfileStore(Protocol):
    """What members tell about themselves."""

    async def save_profile(self, member: Member) -> None:
        """Update what a member tells about himself and chose; nothing else of him."""


class FollowStore(Protocol):
    """Who follows whom. Lists hold members only, newest first, from the one after `after` on."""

    async def save_follow(self, follower: MemberId, followee: MemberId, since_ms: int) -> None:
        """Insert; a known one keeps its time."""

    async def delete_follow(self, follower: MemberId, followee: MemberId) -> None:
        """Delete, where there is one."""

    async def follows(self, follower: MemberId, followee: MemberId) -> bool:
        """Whether one follows the other."""

    async def circle_of(self, member_id: MemberId) -> frozenset[MemberId]:
        """Whoever follows a person or is followed by him."""

    async def count_following(self, follower: MemberId) -> int:
        """How many a member follows."""

    async def following(
        self, member_id: MemberId, after: MemberId | None, count: int
    ) -> Sequence[Member]:
        """Whom a member follows."""

    async def followers(
        self, member_id: MemberId, after: MemberId | None, count: int
    ) -> Sequence[Member]:
        """Who follows a member."""


class ScheduleStore(Protocol):
    """Rooms that are planned, who is reminded of them, and secret calendar addresses."""

    async def scheduled(self) -> Sequence[Scheduled]:
        """All that are planned, the soonest first."""

    async def save_scheduled(self, planned: Scheduled) -> None:
        """Insert or update."""

    async def delete_scheduled(self, scheduled_id: ScheduledId) -> None:
        """Delete, with its reminders."""

    async def save_reminder(self, scheduled_id: ScheduledId, member_id: MemberId) -> None:
        """Remind him; once is enough."""

    async def delete_reminder(self, scheduled_id: ScheduledId, member_id: MemberId) -> None:
        """Remind him no more."""

    async def reminders(self) -> Sequence[tuple[ScheduledId, MemberId]]:
        """All of them."""

    async def save_feed(self, member_id: MemberId, token_hash: bytes, now_ms: int) -> None:
        """The one calendar address of a member; it replaces any older one."""

    async def delete_feed(self, member_id: MemberId) -> None:
        """He has none any more."""

    async def feed_since(self, member_id: MemberId) -> int | None:
        """When his calendar address was made; None where he has none."""

    async def feed_owner(self, token_hash: bytes) -> Member | None:
        """Whose calendar address it is."""


class ReceiptStore(Protocol):
    """Consent receipts."""

    async def save_receipts(self, receipts: Sequence[Receipt]) -> None:
        """Insert or update; of members that are gone, nothing."""

    async def receipts_of(self, member_id: MemberId, limit: int) -> Sequence[Receipt]:
        """The newest first."""

    async def close_receipts(self) -> None:
        """Close all that are open with the time at which they were last seen."""

    async def delete_receipts(self, *, granted_before_ms: int) -> None:
        """Forget those that are too old."""


class BlockStore(Protocol):
    """Who has blocked whom."""

    async def save_block(self, blocker: MemberId, blocked: MemberId, since_ms: int) -> None:
        """Insert; a known one keeps its time."""

    async def delete_block(self, blocker: MemberId, blocked: MemberId) -> None:
        """Delete, where there is one."""

    async def count_blocked(self, blocker: MemberId) -> int:
        """How many a member has blocked."""

    async def blocked(
        self, member_id: MemberId, after: MemberId | None, count: int
    ) -> Sequence[Member]:
        """Whom a member has blocked: members only, newest first, from the one after `after` on."""

    async def blocks(self) -> Sequence[tuple[MemberId, MemberId]]:
        """All of them: (who blocked, whom)."""


class PasskeyStore(Protocol):
    """Passkeys: public keys by which members sign in."""

    async def passkey(self, credential_id: CredentialId) -> Passkey | None:
        """By what the authenticator calls it."""

    async def passkeys_of(self, member_id: MemberId) -> Sequence[Passkey]:
        """A person's passkeys, the oldest first."""

    async def add_passkey(self, passkey: Passkey) -> bool:
        """Keep a new one; False where this id is known already."""

    async def use_passkey(self, before: Passkey, after: Passkey) -> bool:
        """Keep its new counter; False where another sign-in was quicker or it is gone."""

    async def delete_passkey(self, credential_id: CredentialId) -> None:
        """Nobody signs in with it any more."""


class KeptStore(Protocol):
    """What the house keeps about a person: all of it told, all of it erased."""

    async def kept_about(self, member_id: MemberId) -> Kept:
        """Every row about a person, by section; nothing of others but what he chose himself."""

    async def forget_traces(self) -> bool:
        """Overwrite what deleted rows left in the database's log; False: try again later."""


class Store(
    MemberStore,
    SessionStore,
    CounterStore,
    ContactStore,
    KnockStore,
    RoomStore,
    InviteStore,
    EntryStore,
    AdministrationStore,
    BucketStore,
    PushStore,
    ProfileStore,
    FollowStore,
    BlockStore,
    ScheduleStore,
    ReceiptStore,
    PasskeyStore,
    KeptStore,
    Protocol,
):
    """The whole database, one implementation for all its parts.

    Every method raises StoreUnavailableError where the database is locked, full or away.
    """

    def transaction(self) -> AbstractAsyncContextManager[None]:
        """Make the calls inside one atomic change; without it each call is its own."""

    async def open(self) -> None:
        """Connect and bring the schema up to date."""

    async def close(self) -> None:
        """Disconnect."""
