"""A moment of reactions: what a crowd showed, at how many faces."""

from __future__ import annotations

from server.domain.ids import MemberId
from server.domain.reaction import FACES_SHOWN, Reaction, gather
from tests.domain.people import HOST, LISTENER, SPEAKER, member, open_room, room_with_speaker

CLAP, HEART = Reaction.CLAP, Reaction.HEART


def test_all_are_counted_and_each_face_shows_the_last_one() -> None:
    shown = [
        (LISTENER.member_id, CLAP),
        (HOST.member_id, CLAP),
        (LISTENER.member_id, HEART),
    ]
    gathered = gather(room_with_speaker(), shown)
    assert gathered
    assert gathered.counts == {CLAP: 2, HEART: 1}
    assert gathered.faces == ((HOST.member_id, CLAP), (LISTENER.member_id, HEART))


def test_a_crowd_shows_at_a_few_faces_and_the_stage_comes_first() -> None:
    crowd = [member(f"m{index}") for index in range(200)]
    room = open_room(*crowd)
    shown = [(person.member_id, CLAP) for person in (*crowd, HOST)]
    gathered = gather(room, shown)
    assert gathered
    assert gathered.counts == {CLAP: 201}
    assert len(gathered.faces) == FACES_SHOWN
    assert gathered.faces[0] == (HOST.member_id, CLAP)


def test_who_has_left_meanwhile_is_not_shown() -> None:
    assert gather(room_with_speaker(), [(MemberId("gone"), CLAP)]) is None
    gathered = gather(room_with_speaker(), [(MemberId("gone"), CLAP), (SPEAKER.member_id, HEART)])
    assert gathered
    assert gathered.counts == {HEART: 1}
