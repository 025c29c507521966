"""Who a person is to the house: a newcomer who waits, or a member."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from server.domain.errors import BadNameError, NotAdminError, NotAdmittedError
from server.domain.ids import MemberId, NumberHash

NAME_MAX_CHARS = 40


class Membership(Enum):
    """Matrix calls these `knock`, `join` and `ban`."""

    WAITING = "waiting"
    MEMBER = "member"
    BANNED = "banned"


@dataclass(frozen=True, slots=True)
class Member:
    """A person with a verified number."""

    member_id: MemberId
    number_hash: NumberHash
    name: str
    membership: Membership
    is_admin: bool
    created_at_ms: int
    bio: str = ""
    asks_me: bool = True
    """Whether he wants to be asked about newcomers whose number he holds."""
    shows_admitter: bool = True
    """Whether his profile tells members who let him in."""
    shown_as_admitter: bool = True
    """Whether the profiles of those whom he let in may name him."""


def clean_paragraph(raw: str) -> str:
    """One line of plain text: white space collapsed, control and format characters dropped."""
    return " ".join("".join(c if c.isprintable() else " " for c in raw).split())


def clean_name(raw: str) -> str:
    """Collapse white space and drop control and format characters.

    Raises:
        BadNameError: nothing is left, or more than 40 characters.
    """
    name = clean_paragraph(raw)
    if not 0 < len(name) <= NAME_MAX_CHARS:
        raise BadNameError
    return name


def require_member(member: Member) -> None:
    """Let only members pass.

    Raises:
        NotAdmittedError: the person still waits.
    """
    if member.membership is not Membership.MEMBER:
        raise NotAdmittedError


def is_admin(member: Member) -> bool:
    """Whether he may keep order in the house."""
    return member.membership is Membership.MEMBER and member.is_admin


def require_admin(member: Member) -> None:
    """Let only admins of the house pass.

    Raises:
        NotAdminError
    """
    if not is_admin(member):
        raise NotAdminError
