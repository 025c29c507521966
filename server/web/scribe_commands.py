"""What each command about the scribe does: message → service → reply. Decides nothing itself."""

from __future__ import annotations

from typing import assert_never

from protocol import captions as wire
from protocol.signalling import Ok
from server.domain import consent, scribe
from server.service.house import House
from server.service.hub import Connection


class ScribeCommands:
    """Carries out these commands of one connection."""

    def __init__(self, house: House, connection: Connection) -> None:
        self._rooms = house.rooms
        self._wishes = house.scribe_wishes
        self._here = connection
        self._me = connection.member_id

    async def carry_out(self, command: wire.CaptionsCommand) -> wire.CaptionsReply | Ok:
        """Do it and return the reply.

        Raises:
            MasilError: why it was refused.
        """
        match command:
            case wire.Consent():
                await self._rooms.set_consent(self._here, command)
            case wire.ShowTraits(shown=shown):
                await self._rooms.act(
                    self._here, lambda room, _: scribe.show_traits(room, self._me, shown)
                )
            case wire.AskScribeToLeave(asked=asked):
                await self._wishes.ask_to_leave(self._here, asked=asked)
            case wire.AskTopic(id=id_, topic_id=topic_id):
                mentions = await self._wishes.mentions(self._here, topic_id)
                return wire.TopicMentions(id=id_, mentions=mentions)
            case _:
                await self._moderate(command)
        return Ok(id=command.id)

    async def _moderate(
        self, command: wire.SwitchCaptions | wire.KeepScribe | wire.HideWord | wire.KeepCaptions
    ) -> None:
        me, here, act = self._me, self._here, self._rooms.act
        match command:
            case wire.SwitchCaptions(on=on):
                await act(here, lambda room, _: consent.switch_captions(room, me, on))
            case wire.KeepScribe():
                await act(here, lambda room, _: scribe.keep(room, me))
            case wire.HideWord(term=term, hidden=hidden):
                await act(here, lambda room, _: scribe.hide_word(room, me, term, hidden))
            case wire.KeepCaptions(minutes=minutes):
                await act(here, lambda room, _: scribe.keep_captions(room, me, minutes))
            case _:
                assert_never(command)
