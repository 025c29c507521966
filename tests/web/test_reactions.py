"""Reactions over real sockets: a crowd claps, and nobody's page gets more than a few messages."""

from __future__ import annotations

from protocol import signalling as wire
from protocol.errors import ErrorCode
from tests.web.gate import Gate


async def test_a_reaction_is_shown_to_everybody_in_the_room_at_the_face(gate: Gate) -> None:
    host, ann = await gate.founder(), await gate.member(1)
    outside = await gate.member(2)
    await ann.join(await host.open_room())
    await ann.ask(wire.React, reaction="heart")
    for page in (host, ann):
        shown = await page.event(wire.Reactions)
        assert shown.faces == [wire.FaceReaction(member_id=ann.member_id, reaction="heart")]
        assert shown.counts == [wire.ReactionCount(reaction="heart", count=1)]
    assert outside.unread(wire.Reactions) == []


async def test_many_at_one_moment_are_one_message(gate: Gate) -> None:
    host = await gate.founder()
    room_id = await host.open_room()
    crowd = [await gate.member(index) for index in range(1, 21)]
    for page in crowd:
        await page.join(room_id)
    for _ in range(4):
        for page in crowd:
            await page.ask(wire.React, reaction="clap")
    counted = messages = 0
    while counted < 80:
        counted += (await host.event(wire.Reactions)).counts[0].count
        messages += 1
    assert counted == 80
    assert messages < 40  # shown five times a second, however many there are


async def test_four_at_once_and_then_one_a_second(gate: Gate) -> None:
    host, ann = await gate.founder(), await gate.member(1)
    room_id = await host.open_room()
    await ann.join(room_id)
    for _ in range(4):
        await ann.ask(wire.React, reaction="clap")
    assert await ann.refusal(wire.React, reaction="clap") is ErrorCode.RATE_LIMITED
    await host.ask(wire.React, reaction="clap")
    await ann.ask(wire.LeaveRoom)
    await ann.join(room_id)
    gate.clock.advance(1_000)
    await ann.ask(wire.React, reaction="clap")


async def test_outside_of_rooms_nobody_reacts_and_only_what_the_set_has_is_taken(
    gate: Gate,
) -> None:
    host = await gate.founder()
    assert await host.refusal(wire.React, reaction="clap") is ErrorCode.NOT_IN_ROOM
    await host.open_room()
    await host.send('{"type": "react", "id": 900, "reaction": "<b>boo</b>"}')
    refused = await host.reply(900)
    assert isinstance(refused, wire.Error)
    assert refused.code is ErrorCode.BAD_MESSAGE
