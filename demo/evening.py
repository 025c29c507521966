"""An evening in the demo house: people come in, open rooms, and talk until somebody stops it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

from demo.guest import Guest
from demo.house import DemoHouse
from demo.scenes import SCENES, Line, Scene
from protocol import signalling as wire

PAUSE_S = 0.6
"""Between two turns."""


@asynccontextmanager
async def evening(house: DemoHouse) -> AsyncIterator[list[Play]]:
    """Let everybody in and into the rooms; they go home at the end."""
    plays = [Play(scene, [Guest(role, house) for role in scene.people]) for scene in SCENES]
    guests = [guest for play in plays for guest in play.guests]
    try:
        await _let_in(guests, house)
        for play in plays:
            await play.open()
        await plays[0].speakers[0].caller.engine_there()
        # All at once: a house without a model finds out soon after the first one that it has none.
        await asyncio.gather(*(consent for play in plays for consent in play.consents()))
        yield plays
    finally:
        await asyncio.gather(*(guest.close() for guest in guests), return_exceptions=True)


async def _let_in(guests: list[Guest], house: DemoHouse) -> None:
    """The first one founds the house; she holds the others' numbers and lets them in."""
    founder, *others = guests
    await founder.caller.sign_in(founder.role.number, founder.role.name, house.founder_token)
    await founder.caller.connect()
    numbers = [guest.role.number for guest in others]
    await founder.caller.ask(wire.AddContacts, numbers=numbers, region="KR")
    for guest in others:
        await guest.caller.sign_in(guest.role.number, guest.role.name)
        knock = await founder.caller.event(wire.Knocked)
        await founder.caller.ask(wire.Admit, knock_id=knock.knock.knock_id)
        await guest.caller.connect()


async def invitation(founder: Guest, house: DemoHouse) -> str:
    """A link that makes whoever opens it a member: the founder's own invitation."""
    created = await founder.caller.ask(wire.CreateInvite)
    return f"{house.url}/invite#{created.token}"


class Play:
    """One scene and its people; the first of them is the host, the last one listens."""

    def __init__(self, scene: Scene, guests: list[Guest]) -> None:
        self.scene = scene
        self.guests = guests

    async def open(self) -> None:
        """Open the room with captions; whoever has a voice comes on stage and is heard."""
        host, *others = self.guests
        room_id = (await host.caller.ask(wire.OpenRoom, title=self.scene.title)).room_id
        await host.join(room_id)
        for guest in others:
            await guest.join(room_id)
            if guest.role.voice is not None:
                await guest.caller.ask(wire.RaiseHand, raised=True)
                await host.caller.ask(wire.InviteToStage, member_id=guest.caller.member_id)
        await host.caller.ask(wire.SwitchCaptions, on=True)
        for guest in self.speakers:
            await guest.caller.ask(wire.Mute, muted=False)

    def consents(self) -> list[Coroutine[None, None, None]]:
        """Everybody who has a voice lets his words be turned into text."""
        language = self.scene.language
        return [
            guest.attempt(wire.Consent, granted=True, language=language) for guest in self.speakers
        ]

    @property
    def speakers(self) -> list[Guest]:
        """Those who have a voice."""
        return [guest for guest in self.guests if guest.role.voice is not None]

    async def perform(self, *, typed: bool) -> None:
        """Talk, from the first line to the last and again; ends when it is cancelled."""
        listener = self.guests[-1]
        turns = 0
        while True:
            for line in self.scene.lines:
                await self.guests[line.who].say(line, typed=typed)
                await self._take(listener, line)
                await asyncio.sleep(PAUSE_S)
                turns += 1
                if turns % len(self.scene.lines) == len(self.scene.lines) // 2:
                    await listener.attempt(wire.RaiseHand, raised=True)
            await listener.attempt(wire.RaiseHand, raised=False)

    @staticmethod
    async def _take(listener: Guest, line: Line) -> None:
        if line.reaction is not None:
            await listener.attempt(wire.React, reaction=line.reaction)
        if line.chat is not None:
            await listener.attempt(wire.WriteLine, text=line.chat)
