"""Profiles over real sockets: what members tell, who sees it, and who does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain.errors import NoSuchMemberError, ProfilesTooOftenError
from server.domain.ids import MemberId
from server.domain.profile import PROFILES_A_DAY
from tests.web.gate import Gate
from tests.web.page import Page

SCHEMA = Path(__file__).resolve().parents[2] / "protocol" / "schema" / "signalling.json"


async def profile_of(viewer: Page, person: Page) -> wire.ProfileView:
    reply = await viewer.ask(wire.GetProfile, member_id=person.member_id)
    assert isinstance(reply, wire.Profile)
    return reply.profile


async def prefer(page: Page, *, shows: bool = True, shown: bool = True) -> None:
    await page.ask(wire.SetPreferences, shows_admitter=shows, shown_as_admitter=shown)


async def let_in(gate: Gate, host: Page, index: int, name: str) -> Page:
    """A newcomer whom the host lets in."""
    await host.add_contacts(index)
    guest = gate.page()
    await guest.sign_in(index, name)
    await guest.connect()
    await host.admit_next()
    await guest.event(wire.Admitted)
    return guest


async def test_a_member_sees_what_another_tells_and_who_let_him_in(gate: Gate) -> None:
    host, viewer = await gate.founder(), await gate.member(1)
    guest = await let_in(gate, host, 5, "Guest")
    await guest.ask(wire.UpdateProfile, name="Guest", bio="Soup,\n and long walks.")
    assert await profile_of(viewer, guest) == wire.ProfileView(
        member_id=guest.member_id,
        name="Guest",
        bio="Soup, and long walks.",
        let_in_by=wire.PersonView(member_id=host.member_id, name="Founder"),
        following=False,
        follows_you=False,
    )
    assert (await profile_of(viewer, host)).let_in_by is None


async def test_who_let_somebody_in_is_hidden_by_either_of_the_two(gate: Gate) -> None:
    host, viewer = await gate.founder(), await gate.member(1)
    guest = await let_in(gate, host, 5, "Guest")
    await prefer(guest, shows=False)
    assert (await profile_of(viewer, guest)).let_in_by is None
    await prefer(guest)
    assert (await profile_of(viewer, guest)).let_in_by is not None
    await prefer(host, shown=False)
    assert (await profile_of(viewer, guest)).let_in_by is None
    own = await guest.ask(wire.GetOwnProfile)
    assert (own.let_in_by, own.shows_admitter, own.shown_as_admitter) == (None, True, True)


async def test_the_name_of_a_banned_admitter_is_not_told(gate: Gate) -> None:
    admin, host = await gate.founder(), await gate.member(1)
    guest = await let_in(gate, host, 5, "Guest")
    await admin.ask(wire.BanMember, member_id=host.member_id)
    assert (await profile_of(admin, guest)).let_in_by is None


async def test_choices_and_profile_outlast_a_restart(gate: Gate) -> None:
    host = await gate.founder()
    await host.ask(wire.UpdateProfile, name="Founder", bio="Still here.")
    await prefer(host, shows=False, shown=False)
    await host.disconnect()
    await gate.restart()
    await host.connect()
    own = await host.ask(wire.GetOwnProfile)
    assert (own.bio, own.shows_admitter, own.shown_as_admitter) == ("Still here.", False, False)


async def test_a_newcomer_learns_nothing_about_anybody(gate: Gate) -> None:
    host = await gate.founder()
    newcomer = gate.page()
    await newcomer.sign_in(7, "Newcomer")
    await newcomer.connect()
    other = {"member_id": host.member_id}
    refused = [
        await newcomer.refusal(wire.GetProfile, **other),
        await newcomer.refusal(wire.GetOwnProfile),
        await newcomer.refusal(wire.UpdateProfile, name="Host", bio=""),
        await newcomer.refusal(wire.SetPreferences, shows_admitter=True, shown_as_admitter=True),
        await newcomer.refusal(wire.Follow, **other, following=True),
        await newcomer.refusal(wire.Block, **other, blocked=True),
        await newcomer.refusal(wire.ListPeople, which="followers"),
        await newcomer.refusal(
            wire.ReportMember, **other, reason="spam", statement="", in_room=False
        ),
    ]
    assert set(refused) == {ErrorCode.NOT_ADMITTED}


async def test_a_newcomer_a_banned_person_and_an_invented_id_look_the_same(gate: Gate) -> None:
    admin, banned = await gate.founder(), await gate.member(1)
    newcomer = gate.page()
    await newcomer.sign_in(7, "Newcomer")
    await admin.ask(wire.BanMember, member_id=banned.member_id)
    for member_id in (newcomer.member_id, banned.member_id, "nobody"):
        refused = await admin.refusal(wire.GetProfile, member_id=member_id)
        assert refused is ErrorCode.NO_SUCH_MEMBER


async def test_a_new_name_is_seen_at_once_in_the_room_in_the_hallway_and_on_all_devices(
    gate: Gate,
) -> None:
    host, guest, outside = await gate.founder(), await gate.member(1), await gate.member(2)
    room_id = await host.open_room()
    joined = await guest.join(room_id)
    phone = await gate.device(host)
    await host.ask(wire.UpdateProfile, name="  Hana \u202e ", bio="")
    changed = await guest.event(wire.ParticipantChanged)
    assert changed.revision == joined.room.revision + 1
    assert (changed.participant.member_id, changed.participant.name) == (host.member_id, "Hana")
    await outside.event(
        wire.Hallway,
        lambda event: [person.name for room in event.rooms for person in room.stage] == ["Hana"],
    )
    for device in (host, phone):
        assert (await device.event(wire.MeChanged)).me.name == "Hana"
    assert (await guest.ask(wire.SyncRoom)).room.participants[0].name == "Hana"


async def test_a_bad_name_or_bio_changes_nothing(gate: Gate) -> None:
    host = await gate.founder()
    refusal = host.refusal
    assert await refusal(wire.UpdateProfile, name=" \u200b ", bio="x") is ErrorCode.BAD_NAME
    assert await refusal(wire.UpdateProfile, name="n" * 41, bio="x") is ErrorCode.BAD_NAME
    assert await refusal(wire.UpdateProfile, name="Hana", bio="x" * 161) is ErrorCode.BAD_BIO
    own = await host.ask(wire.GetOwnProfile)
    assert (own.name, own.bio) == ("Founder", "")


async def test_a_name_that_could_not_be_saved_is_shown_to_nobody(gate: Gate) -> None:
    host, guest = await gate.founder(), await gate.member(1)
    await guest.join(await host.open_room())
    async with gate.locked_database():
        refused = await host.refusal(wire.UpdateProfile, name="Hana", bio="")
    assert refused is ErrorCode.UNAVAILABLE
    assert guest.unread(wire.ParticipantChanged) == []
    await host.ask(wire.UpdateProfile, name="Hana", bio="")
    assert (await guest.event(wire.ParticipantChanged)).participant.name == "Hana"


async def test_follows_are_found_in_both_lists_as_names_only(gate: Gate) -> None:
    host, guest = await gate.founder(), await gate.member(1)
    await host.ask(wire.Follow, member_id=guest.member_id, following=True)
    await host.ask(wire.Follow, member_id=guest.member_id, following=True)
    assert await names(host, "following") == ["Member 1"]
    assert await names(guest, "followers") == ["Founder"]
    assert await names(guest, "following") == []
    seen, seen_back = await profile_of(host, guest), await profile_of(guest, host)
    assert (seen.following, seen.follows_you) == (True, False)
    assert (seen_back.following, seen_back.follows_you) == (False, True)
    await guest.ask(wire.Ping)
    assert guest.unread(object) == []  # type: ignore[type-var]
    await host.ask(wire.Follow, member_id=guest.member_id, following=False)
    assert await names(guest, "followers") == []


async def test_nobody_follows_himself_or_nobody(gate: Gate) -> None:
    host = await gate.founder()
    own = await host.refusal(wire.Follow, member_id=host.member_id, following=True)
    assert own is ErrorCode.WRONG_STATE
    nobody = await host.refusal(wire.Follow, member_id="nobody", following=True)
    assert nobody is ErrorCode.NO_SUCH_MEMBER


async def test_long_lists_come_a_page_at_a_time(gate: Gate) -> None:
    host = await gate.founder()
    count = wire.PEOPLE_A_PAGE + 3
    async with gate.store.transaction():
        for index in range(1, count + 1):
            member_id = await gate.resident(index)
            since_ms = gate.clock.now_ms() + index
            await gate.store.save_follow(MemberId(host.member_id), member_id, since_ms)
    first = await host.ask(wire.ListPeople, which="following")
    last = first.people[-1].member_id
    second = await host.ask(wire.ListPeople, which="following", after=last)
    assert (len(first.people), first.more) == (wire.PEOPLE_A_PAGE, True)
    assert (len(second.people), second.more) == (3, False)
    assert len({one.member_id for one in [*first.people, *second.people]}) == count


async def test_profiles_cannot_be_harvested(gate: Gate) -> None:
    """Neither those that are there nor the question which ids there are."""
    host = await gate.founder()
    await gate.member(1)
    viewer = await gate.store.member(MemberId(host.member_id))
    assert viewer
    async with gate.store.transaction():  # one commit: what is counted is the same
        for index in range(1, PROFILES_A_DAY + 1):
            try:
                await gate.house.profiles.profile(viewer, MemberId(f"member-{index}"))
            except NoSuchMemberError:
                continue
        with pytest.raises(ProfilesTooOftenError):
            await gate.house.profiles.profile(viewer, MemberId("member-1"))
    assert (await host.ask(wire.GetOwnProfile)).name == "Founder"
    gate.clock.advance(24 * 3600 * 1000)
    assert (await host.ask(wire.GetProfile, member_id="member-1")).profile.name == "Member 1"


def test_who_let_whom_in_is_told_about_one_person_at_a_time_only() -> None:
    """No list, event or card of the wire holds it: whoever asks has to name the person."""
    definitions: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))["$defs"]
    telling = {
        name for name, each in definitions.items() if "letInBy" in each.get("properties", {})
    }
    assert telling == {"ProfileView", "OwnProfile"}
    reference = '{"$ref": "#/$defs/ProfileView"}'
    holders = {name for name, each in definitions.items() if reference in json.dumps(each)}
    assert holders == {"Profile"}
    assert definitions["Profile"]["properties"]["profile"] == json.loads(reference)


async def names(page: Page, which: str) -> list[str]:
    """The names in one of a member's own lists."""
    listed = await page.ask(wire.ListPeople, which=which)
    return [person.name for person in listed.people]
