"""The operator's commands about people: `masil members`, `ban`, `unban`, `admin`, `reports` ….

Owns how lists look in a terminal; whoever runs these may do all that an admin may.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer

from protocol import admin as wire
from protocol import signalling
from protocol.reporting import RoomLogEntry
from server.config import Settings
from server.start import StartError
from server.supervisor import EXIT_CANNOT_START

app = typer.Typer(no_args_is_help=True, add_completion=False)
EXIT_REFUSED = 1
_ID = 1
"""One command a connection, so every id may be the same."""
MemberArgument = Annotated[str, typer.Argument(help="The member's id, as `members` lists it.")]


@app.command()
def members(
    name: Annotated[str, typer.Argument(help="A part of the name; none lists everybody.")] = "",
) -> None:
    """List members and banned people, oldest accounts first."""
    after: str | None = None
    while True:
        listed = _ask(wire.ListMembers(id=_ID, query=name[:80], after=after))
        if not isinstance(listed, wire.MembersListed):
            raise typer.Exit(EXIT_REFUSED)
        for row in listed.members:
            typer.echo(_member_line(row))
        if not listed.more:
            return
        after = listed.members[-1].member_id


@app.command()
def ban(
    member_id: MemberArgument,
    reason: Annotated[str, typer.Option(help="For the other admins.")] = "",
) -> None:
    """Put somebody out for good: signed out everywhere, out of every room, within a second."""
    _do(wire.BanMember(id=_ID, member_id=member_id, reason=reason))


@app.command()
def unban(member_id: MemberArgument) -> None:
    """Let somebody come back."""
    _do(wire.UnbanMember(id=_ID, member_id=member_id))


@app.command()
def invite() -> None:
    """Print an invitation link that lets one person in, in the name of the first admin."""
    given = _ask(wire.GiveInvite(id=_ID))
    if not isinstance(given, wire.InviteGiven):
        raise typer.Exit(EXIT_REFUSED)
    typer.echo(f"{given.link}  (good until {_day(given.expires_at_ms)})")


@app.command()
def admin(
    member_id: MemberArgument,
    remove: Annotated[bool, typer.Option(help="Take the role instead of giving it.")] = False,
) -> None:
    """Give somebody the admin's role, or take it."""
    _do(wire.SetAdmin(id=_ID, member_id=member_id, is_admin=not remove))


@app.command()
def reports(
    closed: Annotated[bool, typer.Option(help="Those that were dealt with.")] = False,
) -> None:
    """List what members told about others, newest first."""
    listed = _ask(wire.ListReports(id=_ID, closed=closed))
    if not isinstance(listed, wire.ReportsListed):
        raise typer.Exit(EXIT_REFUSED)
    for report in listed.reports:
        by = report.reporter.name if report.reporter else "somebody who has left"
        who = f"{report.reported.name} ({report.reported.member_id})"
        about = f"a room of {who}" if report.whole_room else who
        typer.echo(f"{report.report_id}  {_day(report.created_at_ms)}  {report.reason.upper()}")
        typer.echo(f"    about {about}, by {by}")
        if report.statement:
            typer.echo(f"    {report.statement}")
        for event in report.events:
            typer.echo(f"      {_moment(event.at_ms)}  {_happened(event)}")


@app.command()
def close_report(
    report_id: Annotated[str, typer.Argument(help="As `reports` lists it.")],
) -> None:
    """A report was dealt with."""
    _do(wire.CloseReport(id=_ID, report_id=report_id))


@app.command()
def export_user(member_id: MemberArgument) -> None:
    """Print all that is kept about somebody, as JSON, to be handed to him."""
    told = _ask(wire.ExportMember(id=_ID, member_id=member_id))
    if not isinstance(told, wire.MemberExported):
        raise typer.Exit(EXIT_REFUSED)
    typer.echo(msgspec.json.format(msgspec.json.encode(told.account), indent=2))


@app.command()
def erase_user(
    member_id: MemberArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask once more.")] = False,
) -> None:
    """Erase somebody at once: account, contacts, invitations, sessions, seat. A ban stays."""
    if not yes:
        typer.confirm("This cannot be taken back. Erase this account?", abort=True)
    _do(wire.EraseMember(id=_ID, member_id=member_id))


@app.command()
def doctor() -> None:
    """Look at settings, files and database; exit code 1 where something must be mended."""
    from server.bootstrap.doctor import examine
    from server.cli import read_settings
    from server.clock import SystemClock

    findings = asyncio.run(examine(read_settings(), SystemClock().now_ms()))
    for finding in findings:
        typer.echo(f"{finding.level:<5} {finding.about:<12} {finding.text}")
    if any(finding.level == "fail" for finding in findings):
        raise typer.Exit(EXIT_REFUSED)


def _ask(command: wire.AdminCommand) -> signalling.ServerMessage:
    """The reply; a refusal is told on standard error and ends the program."""
    from server.bootstrap.operator import ask
    from server.cli import read_settings
    from server.logging_setup import set_up_logging

    settings: Settings = read_settings()
    set_up_logging(settings.log_format)
    try:
        reply = asyncio.run(ask(settings, command))
    except StartError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_CANNOT_START) from error
    if isinstance(reply, signalling.Error):
        typer.echo(reply.message, err=True)
        raise typer.Exit(EXIT_REFUSED)
    return reply


def _do(command: wire.AdminCommand) -> None:
    _ask(command)
    typer.echo("Done.")


def _member_line(row: wire.MemberRow) -> str:
    state = "banned" if row.membership == "banned" else "admin" if row.is_admin else "member"
    return f"{row.member_id}  {state:<7} {_day(row.created_at_ms)}  {row.name}"


HAPPENED: dict[str, str] = {
    "host_here": "{who} is host",
    "speaker_here": "{who} is on stage",
    "joined": "{who} came in",
    "left": "{who} left",
    "removed": "{who} was removed",
    "banned": "{who} was banned from the room",
    "on_stage": "{who} came on stage",
    "in_audience": "{who} went to the audience",
    "made_moderator": "{who} became host",
    "moderator_no_more": "{who} is host no more",
    "muted": "{who} turned the microphone off",
    "muted_by_host": "{who} was muted by a host",
    "unmuted": "{who} turned the microphone on",
    "captions_on": "captions were turned on",
    "captions_off": "captions were turned off",
    "locked": "the room was locked",
    "unlocked": "the room was unlocked",
}
"""What a log of a room says in a terminal, by what happened."""


def _happened(entry: RoomLogEntry) -> str:
    who = entry.person.name if entry.person else "somebody who has left"
    return HAPPENED[entry.what].format(who=who)


def _moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _day(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d")
