"""The whole database in one class; each part's statements are in a file of its own."""

from __future__ import annotations

from server.store.accounts import SqlAccounts
from server.store.administration import SqlAdministration
from server.store.admission import SqlAdmission
from server.store.buckets import SqlBuckets
from server.store.invites import SqlInvites
from server.store.members import SqlMembers
from server.store.profiles import SqlProfiles
from server.store.push import SqlPush
from server.store.receipts import SqlReceipts
from server.store.rooms import SqlRooms
from server.store.schedule import SqlSchedule
from server.store.sessions import SqlSessions


class SqlStore(
    SqlMembers,
    SqlSessions,
    SqlAccounts,
    SqlAdmission,
    SqlRooms,
    SqlInvites,
    SqlAdministration,
    SqlBuckets,
    SqlPush,
    SqlProfiles,
    SqlSchedule,
    SqlReceipts,
):
    """Implements `ports.Store` on the database of a SQLAlchemy URL, which must be async.

    `sqlite+aiosqlite:///PATH` or `postgresql+asyncpg://USER@HOST/NAME`.
    """
