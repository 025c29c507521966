"""What a member tells about himself, and what of it another member may see. Pure rules."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace

from server.domain.errors import BadBioError, NoSuchMemberError, WrongStateError
from server.domain.ids import MemberId
from server.domain.member import Member, Membership, clean_name, clean_paragraph

BIO_MAX_CHARS = 160
FOLLOWS_MAX = 5_000
BLOCKS_MAX = 5_000
PROFILES_A_DAY = 500
"""How many profiles of others one member may open: plenty for people, slow for a harvest."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A member as one other member sees him."""

    member: Member
    admitter: Member | None
    following: bool
    """Whether the viewer follows him."""
    follows_viewer: bool


def clean_bio(raw: str) -> str:
    """One paragraph, cleaned like a name; it may be empty.

    Raises:
        BadBioError: more than 160 characters.
    """
    bio = clean_paragraph(raw)
    if len(bio) > BIO_MAX_CHARS:
        raise BadBioError
    return bio


def edit(member: Member, name: str, bio: str) -> Member:
    """A new name and a new bio.

    Raises:
        BadNameError, BadBioError
    """
    return replace(member, name=clean_name(name), bio=clean_bio(bio))


def prefer(member: Member, *, shows_admitter: bool, shown_as_admitter: bool) -> Member:
    """Choose whether "let in by" is told: of oneself, and of those whom one has let in."""
    return replace(member, shows_admitter=shows_admitter, shown_as_admitter=shown_as_admitter)


def seen(person: Member | None, apart: Set[MemberId]) -> Member:
    """The person, where somebody who is apart from `apart` may see him.

    A newcomer, a banned person, an erased one and one behind a block, whichever of the two
    blocked, all look like nobody.

    Raises:
        NoSuchMemberError
    """
    if person is None or not _is_seen(person, apart):
        raise NoSuchMemberError
    return person


def known(person: Member | None) -> Member:
    """The person, where there is somebody who may be blocked and reported; banned people may.

    Raises:
        NoSuchMemberError
    """
    if person is None or person.membership is Membership.WAITING:
        raise NoSuchMemberError
    return person


def named_admitter(person: Member, admitter: Member | None, apart: Set[MemberId]) -> Member | None:
    """Who let the person in, where both allow that it is told and the viewer may see him."""
    if admitter is None or not (person.shows_admitter and admitter.shown_as_admitter):
        return None
    return admitter if _is_seen(admitter, apart) else None


def require_another(actor: MemberId, other: MemberId) -> None:
    """Nobody follows, blocks or reports himself.

    Raises:
        WrongStateError
    """
    if actor == other:
        raise WrongStateError


def _is_seen(person: Member, apart: Set[MemberId]) -> bool:
    return person.membership is Membership.MEMBER and person.member_id not in apart
