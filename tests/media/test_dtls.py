"""The contract with aiortc's private parts that dtls.py relies on, and with a stock aiortc peer."""

from __future__ import annotations

import asyncio
import inspect
import itertools

import av
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamTrack
from aiortc.rtcdtlstransport import RTCDtlsTransport

from server.config import Settings
from server.domain.ids import MediaId
from server.media.embedded.dtls import Certificate, DtlsServer, Pace
from server.media.embedded.udp import own_addresses
from tests.media.conftest import House, seat


def test_the_private_parts_are_where_we_expect_them() -> None:
    source = inspect.getsource(RTCDtlsTransport)
    for name in ("self._srtp_profiles", "self._ssl", "self._task", "self._role"):
        assert name in source
    used = {
        part.split("(")[0].split(")")[0].split(" ")[0].split("\n")[0].strip(",.:")
        for part in source.split("self.transport.")[1:]
    }
    assert used <= {"role", "_recv", "_send"}


async def test_the_queue_before_the_handshake_is_bounded() -> None:
    server = DtlsServer(Certificate(), lambda _: None)
    taken = list(itertools.takewhile(lambda _: server.feed(b"\x16"), range(1000)))
    assert len(taken) == 32
    await server.close()


async def test_stock_aiortc_peers_hear_each_other(settings: Settings) -> None:
    """RTCPeerConnection takes our offer as it is, sends and decodes what comes back."""
    if own_addresses(with_ipv6=False) == ["127.0.0.1"]:
        pytest.skip("aioice gathers no loopback address, and this machine has no other")
    everywhere = settings.model_copy(update={"media_host": "0.0.0.0"})
    async with House(everywhere) as house:
        listener = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        speaker = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        tracks: list[MediaStreamTrack] = []
        listener.on("track", tracks.append)
        try:
            await _join(house, listener, "l", csrc=1, role="listener")
            await _join(house, speaker, "s", csrc=2, role="speaker")
            assert len(tracks) == 2
            frame = await _first_sound(tracks)
            assert frame.sample_rate == 48_000
            assert await house.count("dropped_auth") == 0
        finally:
            await speaker.close()
            await listener.close()


async def _first_sound(tracks: list[MediaStreamTrack]) -> av.AudioFrame:
    """The first frame that any of the slots decodes."""
    waiting = [asyncio.ensure_future(track.recv()) for track in tracks]
    done, pending = await asyncio.wait(waiting, timeout=5, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.wait(pending)
    frame = next(iter(done)).result()
    assert isinstance(frame, av.AudioFrame)
    return frame


async def _join(
    house: House, connection: RTCPeerConnection, name: str, *, csrc: int, role: str
) -> None:
    offer = await house.link.open_seat(seat(name, csrc=csrc, role=role))
    await connection.setRemoteDescription(RTCSessionDescription(sdp=offer, type="offer"))
    if role == "speaker":
        connection.getTransceivers()[0].sender.replaceTrack(AudioStreamTrack())
        connection.getTransceivers()[0].direction = "sendonly"
    await connection.setLocalDescription(await connection.createAnswer())
    await house.link.answer_seat(MediaId(name), connection.localDescription.sdp)
    await house.saw(lambda: any(getattr(e, "media_id", "") == name for e in house.seen))


async def test_of_many_handshakes_one_step_is_done_in_a_turn_of_the_loop() -> None:
    pace, turns, steps = Pace(), 0, list[int]()

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def step() -> None:
        await pace.turn()
        steps.append(turns)

    counting = asyncio.create_task(count_turns())
    await asyncio.gather(*(step() for _ in range(20)))
    counting.cancel()
    assert len(set(steps)) == len(steps) == 20
