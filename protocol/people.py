"""Who people are, as they are shown to themselves and to each other.

And what one person does about another: follow, block, report. Who let whom in is told in the one
reply about one person, never in a list.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from protocol.wire import Id, Message, Token, View

Membership = Literal["waiting", "member", "banned"]
ReportReason = Literal["harassment", "hate", "spam", "impersonation", "danger", "other"]
PeopleList = Literal["following", "followers", "blocked"]
Name = Annotated[str, Meta(max_length=200)]
Bio = Annotated[str, Meta(max_length=800)]
Statement = Annotated[str, Meta(max_length=4_000)]

PEOPLE_A_PAGE = 100


class Me(View, frozen=True):
    """The person who is signed in."""

    member_id: str
    name: str
    membership: Membership
    is_admin: bool


class PersonView(View, frozen=True):
    """A person on a stage, in the hallway."""

    member_id: str
    name: str


class ProfileView(View, frozen=True):
    """A member as one other member sees him."""

    member_id: str
    name: str
    bio: str
    """One paragraph of at most 160 characters, or nothing."""
    let_in_by: PersonView | None
    """Who let him in; `null` where either of the two does not want it told, or nobody did."""
    following: bool
    """Whether the asker follows him."""
    follows_you: bool


class GetProfile(Message, frozen=True):
    """One member's profile; of nobody where there is a block, either way. Reply: `profile`."""

    id: Id
    member_id: Token


class GetOwnProfile(Message, frozen=True):
    """What one has told about oneself, and one's choices. Reply: `own_profile`."""

    id: Id


class UpdateProfile(Message, frozen=True):
    """A new name and a new bio; the seat in a room follows. Reply: `ok`."""

    id: Id
    name: Name
    bio: Bio


class SetPreferences(Message, frozen=True):
    """Whether "let in by" is told. Reply: `ok`."""

    id: Id
    shows_admitter: bool
    """On the own profile: by whom one was let in."""
    shown_as_admitter: bool
    """On the profiles of those whom one has let in: one's own name."""


class Follow(Message, frozen=True):
    """Follow a member, or stop following. He finds it in his list; no alert. Reply: `ok`."""

    id: Id
    member_id: Token
    following: bool


class Block(Message, frozen=True):
    """Block a member, or lift the block. He is not told; follows end both ways. Reply: `ok`."""

    id: Id
    member_id: Token
    blocked: bool


class ListPeople(Message, frozen=True):
    """Whom one follows, who follows one, whom one has blocked; newest first.

    Reply: `people_listed`.
    """

    id: Id
    which: PeopleList
    after: Token | None = None
    """The last `memberId` of the page before."""


class ReportMember(Message, frozen=True):
    """Tell the admins about a member, who is not told. Reply: `ok`."""

    id: Id
    member_id: Token
    reason: ReportReason
    statement: Statement
    """What happened, at most 1,000 characters; may be empty."""
    in_room: bool
    """Whether it is about the room in which the reporter is now."""
    with_log: bool = False
    """With `inRoom`: send what happened there along, exactly as `room_log` showed it last."""


class Profile(Message, frozen=True):
    """Reply to `get_profile`."""

    id: Id
    profile: ProfileView


class OwnProfile(Message, frozen=True):
    """Reply to `get_own_profile`."""

    id: Id
    name: str
    bio: str
    let_in_by: PersonView | None
    """As the own profile tells it to others now."""
    shows_admitter: bool
    shown_as_admitter: bool


class PeopleListed(Message, frozen=True):
    """Reply to `list_people`: names only."""

    id: Id
    people: list[PersonView]
    more: bool
    """There are more: ask again with `after`."""


class MeChanged(Message, frozen=True):
    """To the person himself, on all his devices: who he is here has changed."""

    me: Me


PeopleCommand = (
    GetProfile
    | GetOwnProfile
    | UpdateProfile
    | SetPreferences
    | Follow
    | Block
    | ListPeople
    | ReportMember
)
PeopleReply = Profile | OwnProfile | PeopleListed
PeopleEvent = MeChanged
