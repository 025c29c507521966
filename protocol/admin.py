"""Admins ⇄ gate: members, bans, reports. The page of an admin and the operator's CLI speak it.

The page sends these over `/ws`; the CLI over the gate's Unix socket `run/admin.sock`, one JSON
message a line, where the mode of the socket is the only key.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from protocol.account import AccountExport
from protocol.people import Membership, PersonView, ReportReason
from protocol.reporting import RoomLogEntry
from protocol.wire import Id, Message, Token, View

Query = Annotated[str, Meta(max_length=80)]

MEMBERS_A_PAGE = 50


class MemberRow(View, frozen=True):
    """A person for the admins. Who let him in is not in any list."""

    member_id: str
    name: str
    membership: Membership
    is_admin: bool
    created_at_ms: int


class ReportView(View, frozen=True):
    """A report for the admins."""

    report_id: str
    reporter: PersonView | None
    """`null` where the reporter has erased his account."""
    reported: MemberRow
    reason: ReportReason
    statement: str
    room_id: str | None
    created_at_ms: int
    closed_at_ms: int | None
    whole_room: bool
    """About a whole room; `reported` is a host of it then."""
    events: list[RoomLogEntry]
    """What happened in the room, where the reporter sent it along; oldest first."""


class ListMembers(Message, frozen=True):
    """People by a part of their name, oldest accounts first. Reply: `members_listed`."""

    id: Id
    query: Query = ""
    after: Token | None = None
    """The last `memberId` of the page before."""


class BanMember(Message, frozen=True):
    """Put somebody out for good: signed out everywhere, out of every room. Reply: `ok`."""

    id: Id
    member_id: Token
    reason: Annotated[str, Meta(max_length=400)] = ""


class UnbanMember(Message, frozen=True):
    """Let somebody come back. Reply: `ok`."""

    id: Id
    member_id: Token


class SetAdmin(Message, frozen=True):
    """Give or take the admin's role; the last one cannot be taken. Reply: `ok`."""

    id: Id
    member_id: Token
    is_admin: bool


class ListReports(Message, frozen=True):
    """Open reports, or those that are closed, newest first. Reply: `reports_listed`."""

    id: Id
    closed: bool = False


class CloseReport(Message, frozen=True):
    """A report was dealt with. Reply: `ok`."""

    id: Id
    report_id: Token


class ExportMember(Message, frozen=True):
    """Everything kept about a person, to be handed to him. Reply: `member_exported`."""

    id: Id
    member_id: Token


class EraseMember(Message, frozen=True):
    """Erase a person at once, as he could himself; an admin loses his role first. Reply: `ok`."""

    id: Id
    member_id: Token


class GiveInvite(Message, frozen=True):
    """For the operator: an invitation in the name of the first admin. Reply: `invite_given`."""

    id: Id


class InviteGiven(Message, frozen=True):
    """Reply to `give_invite`: the link is told this once."""

    id: Id
    link: str
    expires_at_ms: int


class MembersListed(Message, frozen=True):
    """Reply to `list_members`."""

    id: Id
    members: list[MemberRow]
    more: bool
    """There are more: ask again with `after`."""


class ReportsListed(Message, frozen=True):
    """Reply to `list_reports`."""

    id: Id
    reports: list[ReportView]


class ReportsWaiting(Message, frozen=True):
    """To admins: how many reports are open, whenever that changes."""

    count: int


class MemberExported(Message, frozen=True):
    """Reply to `export_member`: the same file that the person would take home."""

    id: Id
    account: AccountExport


AdminCommand = (
    ListMembers
    | BanMember
    | UnbanMember
    | SetAdmin
    | ListReports
    | CloseReport
    | GiveInvite
    | ExportMember
    | EraseMember
)
AdminReply = MembersListed | ReportsListed | InviteGiven | MemberExported
AdminEvent = ReportsWaiting
