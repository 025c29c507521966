"""One synthetic member: what he can do in the house, with aiortc in place of a browser's WebRTC."""

from __future__ import annotations

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaBlackhole
from aiortc.mediastreams import MediaStreamTrack

from demo.caller import Caller, RefusedError
from demo.house import DemoHouse
from demo.scenes import Line, Role
from demo.speech import Samples, SpeechTrack, synthesise
from protocol import signalling as wire
from protocol.errors import ErrorCode

_PASSING = frozenset({ErrorCode.RATE_LIMITED, ErrorCode.CHAT_OFF, ErrorCode.CAPTIONS_UNAVAILABLE})
"""Refusals with which an evening goes on."""


class Guest:
    """A person with a name, a number and perhaps a voice."""

    def __init__(self, role: Role, house: DemoHouse) -> None:
        self.role = role
        self.caller = Caller(house)
        self._microphone = SpeechTrack()
        self._peer: RTCPeerConnection | None = None
        self._ears = MediaBlackhole()
        self._said: dict[str, Samples] = {}

    async def join(self, room_id: str) -> None:
        """Enter a room; whoever has a voice connects it, the others only look on."""
        joined = await self.caller.ask(wire.JoinRoom, room_id=room_id)
        if self.role.voice is not None and joined.sdp is not None:
            await self._connect(joined.media_id, joined.sdp)

    async def _connect(self, media_id: str, offer: str) -> None:
        peer = self._peer = RTCPeerConnection()

        @peer.on("track")
        def listen(track: MediaStreamTrack) -> None:
            self._ears.addTrack(track)

        await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        peer.addTrack(self._microphone)
        await peer.setLocalDescription(await peer.createAnswer())
        await self.caller.ask(wire.AnswerMedia, media_id=media_id, sdp=peer.localDescription.sdp)
        await self._ears.start()

    async def prepare(self, line: Line) -> None:
        """Have the words ready before they are due."""
        voice = self.role.voice
        if voice is not None and line.text not in self._said:
            self._said[line.text] = await synthesise(line.text, voice)

    async def say(self, line: Line, *, typed: bool) -> None:
        """Speak a line, and write it as a turn, too, where nothing turns voices into text."""
        await self.prepare(line)
        if typed:
            await self.attempt(wire.WriteLine, text=line.text, turn=True)
        await self._microphone.say(self._said[line.text])

    async def attempt(self, kind: type[wire.ClientMessage], **fields: object) -> None:
        """Do what may be refused for a while."""
        try:
            await self.caller.ask(kind, **fields)
        except RefusedError as refused:
            if refused.code not in _PASSING:
                raise

    async def close(self) -> None:
        """Go home."""
        self._microphone.stop()
        await self._ears.stop()
        if self._peer is not None:
            await self._peer.close()
        await self.caller.close()
