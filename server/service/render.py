"""What a page may see of the domain: domain objects → protocol views. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from protocol import signalling as wire
from server.domain.contact import ContactsKept
from server.domain.ids import MemberId
from server.domain.knock import Asked, Knock
from server.domain.member import Member
from server.domain.profile import Profile
from server.domain.room import Participant, Role, Room
from server.domain.room_log import LogEntry
from server.ports import EngineChanged, RoomTopic, TrendingTopic

CARD_TOPICS = 4


def me(member: Member) -> wire.Me:
    """A person for himself."""
    return wire.Me(
        member_id=member.member_id,
        name=member.name,
        membership=member.membership.value,
        is_admin=member.is_admin,
    )


def person(member: Member) -> wire.PersonView:
    """A person in a list."""
    return wire.PersonView(member_id=member.member_id, name=member.name)


def profile(seen: Profile) -> wire.ProfileView:
    """A member for one other member."""
    return wire.ProfileView(
        member_id=seen.member.member_id,
        name=seen.member.name,
        bio=seen.member.bio,
        let_in_by=person(seen.admitter) if seen.admitter else None,
        following=seen.following,
        follows_you=seen.follows_viewer,
    )


def own_profile(id_: int, seen: Profile) -> wire.OwnProfile:
    """A member for himself: what he tells, and what he chose."""
    return wire.OwnProfile(
        id=id_,
        name=seen.member.name,
        bio=seen.member.bio,
        let_in_by=person(seen.admitter) if seen.admitter else None,
        shows_admitter=seen.member.shows_admitter,
        shown_as_admitter=seen.member.shown_as_admitter,
    )


def participant(seat: Participant) -> wire.ParticipantView:
    """A seat for everybody in the room."""
    return wire.ParticipantView(
        member_id=seat.member_id,
        name=seat.name,
        role=seat.role.value,
        muted=seat.muted,
        hand_raised_at_ms=seat.hand_raised_at_ms,
        invited=seat.invited,
        consented=seat.consent is not None,
        connected=seat.away_since_ms is None,
        csrc=seat.csrc,
        held=seat.held,
        unmute_asked_at_ms=seat.unmute_asked_at_ms,
    )


def topics(heard: Sequence[RoomTopic]) -> list[wire.TopicView]:
    """Topics, heaviest first."""
    return [
        wire.TopicView(
            term=t.term,
            weight=t.weight,
            speakers=t.speakers,
            topic_id=t.topic_id,
            colour=t.colour,
        )
        for t in heard
    ]


def trending(topics: Sequence[TrendingTopic]) -> wire.Trending:
    """What several rooms talk about, for members."""
    return wire.Trending(
        topics=[wire.TrendingView(term=t.term, rooms=t.rooms, speakers=t.speakers) for t in topics]
    )


def room(live: Room, heard: Sequence[RoomTopic], viewer: MemberId) -> wire.RoomView:
    """A room for one of those inside."""
    is_moderator = live.role_of(viewer) is Role.MODERATOR
    return wire.RoomView(
        room_id=live.room_id,
        title=live.title,
        revision=live.revision,
        opened_at_ms=live.opened_at_ms,
        captions_on=live.captions_on,
        participants=[participant(p) for p in live.participants.values()],
        topics=topics(heard),
        kind=live.kind.value,
        locked=live.locked,
        banned=len(live.banned),
        hostless=live.succession is not None,
        asked=live.succession.offered if live.succession else None,
        captions_kept_min=live.captions_kept_min,
        hidden_words=list(live.hidden_words) if is_moderator else [],
    )


def room_changed(live: Room, revision: int) -> wire.RoomChanged:
    """What changed of the room itself, for those inside."""
    return wire.RoomChanged(
        room_id=live.room_id,
        revision=revision,
        title=live.title,
        captions_on=live.captions_on,
        kind=live.kind.value,
        locked=live.locked,
        banned=len(live.banned),
        hostless=live.succession is not None,
        asked=live.succession.offered if live.succession else None,
        captions_kept_min=live.captions_kept_min,
    )


def card(live: Room, heard: Sequence[RoomTopic]) -> wire.RoomCard:
    """A room for the hallway."""
    stage = live.stage()
    return wire.RoomCard(
        room_id=live.room_id,
        title=live.title,
        opened_at_ms=live.opened_at_ms,
        stage=[wire.PersonView(member_id=p.member_id, name=p.name) for p in stage],
        listeners=len(live.participants) - len(stage),
        captions_on=live.captions_on,
        topics=topics(heard[:CARD_TOPICS]),
        kind=live.kind.value,
        locked=live.locked,
    )


def knock(at_door: Knock, newcomer: Member, asked: Asked) -> wire.KnockView:
    """A newcomer for one of the members who hold his number."""
    return wire.KnockView(
        knock_id=at_door.knock_id,
        name=newcomer.name,
        contact_id=asked.contact_id,
        knocked_at_ms=at_door.knocked_at_ms,
    )


def contacts(kept: ContactsKept, member: Member) -> wire.ContactsView:
    """A member's contacts for himself."""
    return wire.ContactsView(
        kept=kept.count,
        first_expires_at_ms=kept.first_expires_at_ms,
        last_expires_at_ms=kept.last_expires_at_ms,
        asks_me=member.asks_me,
    )


def room_log(
    entries: Sequence[LogEntry], names: Mapping[MemberId, str] | None = None
) -> list[wire.RoomLogEntry]:
    """A log of a room, with the names of then; or of today, where somebody gone is nobody."""

    def person_of(entry: LogEntry) -> wire.PersonView | None:
        if entry.member_id is None:
            return None
        name = entry.name if names is None else names.get(entry.member_id)
        return None if name is None else wire.PersonView(member_id=entry.member_id, name=name)

    return [
        wire.RoomLogEntry(at_ms=entry.at_ms, what=entry.what.value, person=person_of(entry))
        for entry in entries
    ]


def engine(state: EngineChanged) -> wire.CaptionsEngine:
    """The captions engine for everybody."""
    return wire.CaptionsEngine(
        state=state.state,
        detail=state.detail,
        progress=state.progress,
        device=state.device,
        languages=list(state.languages),
    )
