"""Blocks over real sockets: both ways, at once, and without a word."""

from __future__ import annotations

from protocol import signalling as wire
from protocol.errors import ErrorCode
from tests.web.gate import Gate
from tests.web.page import Page


async def block(page: Page, other: Page, *, blocked: bool = True) -> None:
    await page.ask(wire.Block, member_id=other.member_id, blocked=blocked)


async def sees(page: Page, *titles: str) -> None:
    """Wait until the hallway of a page shows these rooms and no others."""
    await page.event(
        wire.Hallway, lambda event: sorted(room.title for room in event.rooms) == sorted(titles)
    )


async def welcomed_with(page: Page) -> list[str]:
    """The rooms that somebody sees who comes back."""
    await page.disconnect()
    return [room.title for room in (await page.connect()).rooms]


async def names(page: Page, which: str) -> list[str]:
    return [one.name for one in (await page.ask(wire.ListPeople, which=which)).people]


async def test_rooms_of_each_leave_the_others_hallway_at_once_and_come_back(gate: Gate) -> None:
    ann, bea, cho = await gate.member(1), await gate.member(2), await gate.member(3)
    ann_phone, bea_phone = await gate.device(ann), await gate.device(bea)
    await ann.open_room("Of Ann")
    await bea.open_room("Of Bea")
    for outside in (ann_phone, bea_phone, cho):
        await sees(outside, "Of Ann", "Of Bea")
    await block(ann, bea)
    await sees(ann_phone, "Of Ann")
    await sees(bea_phone, "Of Bea")
    assert await welcomed_with(ann_phone) == ["Of Ann"]
    assert await welcomed_with(bea_phone) == ["Of Bea"]
    assert sorted(await welcomed_with(cho)) == ["Of Ann", "Of Bea"]
    await block(ann, bea, blocked=False)
    await sees(ann_phone, "Of Ann", "Of Bea")
    await sees(bea_phone, "Of Ann", "Of Bea")


async def test_a_room_goes_and_comes_as_the_other_steps_on_its_stage_and_down(gate: Gate) -> None:
    ann, bea, host = await gate.member(1), await gate.member(2), await gate.member(3)
    await block(bea, ann)
    room_id = await host.open_room("Of Cho")
    await bea.join(room_id)
    await sees(ann, "Of Cho")
    await host.ask(wire.InviteToStage, member_id=bea.member_id)
    await bea.ask(wire.AnswerStage, accepted=True)
    await sees(ann)
    await bea.ask(wire.StepDown)
    await sees(ann, "Of Cho")


async def test_who_leaves_a_room_is_shown_no_room_of_the_other(gate: Gate) -> None:
    ann, bea = await gate.member(1), await gate.member(2)
    await block(ann, bea)
    await bea.join(await ann.open_room("Of Ann"))
    await bea.ask(wire.LeaveRoom)
    assert (await bea.event(wire.Hallway)).rooms == []


async def test_a_block_is_not_told_to_anybody(gate: Gate) -> None:
    ann, bea, cho = await gate.member(1), await gate.member(2), await gate.member(3)
    await block(ann, bea)
    await block(ann, bea)
    await block(ann, bea, blocked=False)
    for page in (ann, bea, cho):
        await page.ask(wire.Ping)
        assert page.unread(object) == []  # type: ignore[type-var]


async def test_both_look_like_nobody_to_each_other(gate: Gate) -> None:
    ann, bea = await gate.member(1), await gate.member(2)
    await block(ann, bea)
    for page, other in ((ann, bea), (bea, ann)):
        nobody = await page.refusal(wire.GetProfile, member_id="nobody")
        assert await page.refusal(wire.GetProfile, member_id=other.member_id) is nobody
        follow = await page.refusal(wire.Follow, member_id=other.member_id, following=True)
        assert nobody is follow is ErrorCode.NO_SUCH_MEMBER


async def test_follows_between_the_two_end_and_do_not_come_back(gate: Gate) -> None:
    ann, bea, cho = await gate.member(1), await gate.member(2), await gate.member(3)
    await ann.ask(wire.Follow, member_id=bea.member_id, following=True)
    await bea.ask(wire.Follow, member_id=ann.member_id, following=True)
    await cho.ask(wire.Follow, member_id=bea.member_id, following=True)
    await block(ann, bea)
    await block(ann, bea, blocked=False)
    for page in (ann, bea):
        assert await names(page, "following") == []
    assert await names(ann, "followers") == []
    assert await names(bea, "followers") == ["Member 3"]


async def test_only_the_blocker_lists_a_block_and_lifts_it(gate: Gate) -> None:
    ann, bea = await gate.member(1), await gate.member(2)
    await block(ann, bea)
    assert await names(ann, "blocked") == ["Member 2"]
    assert await names(bea, "blocked") == []
    await block(bea, ann, blocked=False)
    assert await ann.refusal(wire.GetProfile, member_id=bea.member_id) is ErrorCode.NO_SUCH_MEMBER
    await block(ann, bea, blocked=False)
    assert (await bea.ask(wire.GetProfile, member_id=ann.member_id)).profile.name == "Member 1"


async def test_two_blocks_keep_apart_until_both_are_lifted(gate: Gate) -> None:
    ann, bea = await gate.member(1), await gate.member(2)
    await block(ann, bea)
    await block(bea, ann)
    await block(ann, bea, blocked=False)
    assert await ann.refusal(wire.GetProfile, member_id=bea.member_id) is ErrorCode.NO_SUCH_MEMBER
    await block(bea, ann, blocked=False)
    assert (await ann.ask(wire.GetProfile, member_id=bea.member_id)).profile.name == "Member 2"


async def test_who_is_blocked_is_named_to_the_other_as_an_admitter_no_more(gate: Gate) -> None:
    host, viewer = await gate.founder(), await gate.member(1)
    await host.add_contacts(5)
    guest = gate.page()
    await guest.sign_in(5, "Guest")
    await guest.connect()
    await host.admit_next()
    await guest.event(wire.Admitted)
    await block(host, viewer)
    reply = await viewer.ask(wire.GetProfile, member_id=guest.member_id)
    assert reply.profile.let_in_by is None


async def test_blocks_outlast_a_restart(gate: Gate) -> None:
    ann, bea = await gate.member(1), await gate.member(2)
    await block(ann, bea)
    room_id = await ann.open_room("Of Ann")
    for page in (ann, bea):
        await page.disconnect()
    await gate.restart()
    await ann.connect()
    await ann.join(room_id)
    assert (await bea.connect()).rooms == []
    assert await bea.refusal(wire.GetProfile, member_id=ann.member_id) is ErrorCode.NO_SUCH_MEMBER


async def test_a_block_that_could_not_be_saved_is_none(gate: Gate) -> None:
    ann, bea = await gate.member(1), await gate.member(2)
    async with gate.locked_database():
        refused = await ann.refusal(wire.Block, member_id=bea.member_id, blocked=True)
    assert refused is ErrorCode.UNAVAILABLE
    assert gate.house.blocks.apart_from(ann.member_id) == set()  # type: ignore[arg-type]
    assert await names(ann, "blocked") == []


async def test_nobody_blocks_himself_nobody_or_a_newcomer(gate: Gate) -> None:
    ann = await gate.member(1)
    newcomer = gate.page()
    await newcomer.sign_in(7, "Newcomer")
    own = await ann.refusal(wire.Block, member_id=ann.member_id, blocked=True)
    assert own is ErrorCode.WRONG_STATE
    for member_id in ("nobody", newcomer.member_id):
        refused = await ann.refusal(wire.Block, member_id=member_id, blocked=True)
        assert refused is ErrorCode.NO_SUCH_MEMBER
