"""How sessions begin, move and end."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Iterator
from dataclasses import replace

from server.config import Settings
from server.domain.ids import MediaId
from server.media.embedded.receivers import GcmReceiver
from server.media.embedded.session import Session
from server.media.embedded.worker import Worker
from server.ports import MediaUpChanged, SeatConnected, SeatLost
from tests.fakes.rtc import RtcPeer
from tests.media.conftest import QUICK, House, seat


async def test_client_hello_before_the_answer_is_not_lost(house: House) -> None:
    peer = RtcPeer(await house.link.open_seat(seat("a")))
    connecting = asyncio.create_task(peer.connect())
    await house.counted("stun_in", 1)
    await peer.until(lambda: peer.dtls.state == "connecting")
    before = asyncio.get_running_loop().time()
    await house.link.answer_seat(MediaId("a"), peer.answer())
    await connecting
    assert asyncio.get_running_loop().time() - before < 0.9  # DTLS would retransmit after 1 s
    await peer.close()


async def test_a_browser_that_never_comes_is_reported(settings: Settings) -> None:
    async with House(settings, timing=replace(QUICK, connect_s=0.2)) as house:
        await house.link.open_seat(seat("a"))
        await house.saw(lambda: SeatLost(MediaId("a"), "never_connected") in house.seen)


async def test_consent_expires_without_checks(settings: Settings) -> None:
    async with House(settings, timing=replace(QUICK, consent_s=0.5)) as house:
        a = await house.enter(seat("a"))
        a.checking = False
        await house.saw(lambda: SeatLost(MediaId("a"), "consent_expired") in house.seen)
        a.speak(1)
        await house.counted("dropped_source", 1)


async def test_a_browser_that_closes_is_noticed_at_once(house: House) -> None:
    a = await house.enter(seat("a"))
    await a.dtls.stop()
    await house.saw(lambda: SeatLost(MediaId("a"), "dtls_closed") in house.seen)


async def test_another_certificate_than_the_answer_named_is_refused(house: House) -> None:
    peer = RtcPeer(await house.link.open_seat(seat("a")))
    answer = peer.answer()
    digest = answer.partition("a=fingerprint:sha-256 ")[2].partition("\r\n")[0]
    forged = ":".join(["00"] * 32)
    await house.link.answer_seat(MediaId("a"), answer.replace(digest, forged))
    await peer.connect()
    await house.saw(lambda: SeatLost(MediaId("a"), "dtls_failed") in house.seen)
    assert SeatConnected(MediaId("a")) not in house.seen
    await peer.close()


async def test_the_browser_is_told_when_its_seat_is_closed(house: House) -> None:
    a = await house.enter(seat("a"))
    await house.link.close_seat(MediaId("a"))
    await a.until(lambda: a.dtls.state == "closed" or not a._pipe.queue.empty())
    assert a.dtls._task is not None
    await asyncio.wait([a.dtls._task], timeout=2)
    assert a.dtls.state == "closed"


async def test_a_seat_closed_in_the_middle_of_the_handshake_leaves_nothing(house: House) -> None:
    peer = RtcPeer(await house.link.open_seat(seat("a")))
    await house.link.answer_seat(MediaId("a"), peer.answer())
    peer.start_checks()
    await house.counted("stun_in", 1)
    await house.link.close_seat(MediaId("a"))
    await house.count("stun_in")
    await house.counted("dropped_stun", 1)
    engine = house.worker.engine
    left = (engine._sessions, engine._rooms, engine._tasks, engine._ending)
    assert not any(left)
    assert house.seen == [MediaUpChanged(False), MediaUpChanged(True)]
    await peer.close(say_so=False)


async def test_a_session_follows_its_browser_to_another_address(house: House) -> None:
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2))
    b.checking = False
    b.move()
    answered = b.checks_answered
    b.send_raw(b.check(nominate=True))
    await b.until(lambda: b.checks_answered > answered)
    b.checking = True
    a.speak(1, b"at the new place")
    b.speak(1, b"from the new place")
    assert (await b.hears(1))[0].payload == b"at the new place"
    assert (await a.hears(1))[0].payload == b"from the new place"


async def test_an_unproven_or_not_nominated_address_is_not_followed(house: House) -> None:
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2))
    b.checking = False
    old = b.socket.dup()
    b.move()
    answered = b.checks_answered
    b.send_raw(b.check(password="guessed"))
    b.send_raw(b.check(nominate=False))
    await house.counted("dropped_stun", 1)
    await b.until(lambda: b.checks_answered > answered)
    a.speak(1)
    await house.counted("rtp_forwarded", 1)
    assert b.heard == []
    with old:
        assert any(data[0] >= 128 for data in _waiting(old))


def _waiting(sock: socket.socket) -> Iterator[bytes]:
    while True:
        try:
            yield sock.recv(2048)
        except BlockingIOError:
            return


async def test_repeated_commands_change_nothing(house: House) -> None:
    offer = await house.link.open_seat(seat("a"))
    assert await house.link.open_seat(seat("a")) == offer
    peer = RtcPeer(offer)
    await house.link.answer_seat(MediaId("a"), peer.answer())
    await house.link.answer_seat(MediaId("a"), peer.answer())
    await peer.connect()
    await house.saw(lambda: SeatConnected(MediaId("a")) in house.seen)
    await house.link.close_seat(MediaId("a"))
    await house.link.close_seat(MediaId("a"))
    await house.link.set_seat(seat("a"))
    await peer.close()


async def test_a_gate_that_goes_takes_its_sessions_along(house: House) -> None:
    a = await house.enter(seat("a"))
    await house.link.close()
    await house.link.start()
    await house.saw(lambda: house.seen[-2:] == [MediaUpChanged(False), MediaUpChanged(True)])
    a.speak(1)
    await house.counted("dropped_source", 1)


async def test_the_worker_dies_and_comes_back_empty(settings: Settings) -> None:
    async with House(settings) as house:
        await house.enter(seat("a"))
        await house._stack.aclose()
        await house.saw(lambda: house.seen[-1] == MediaUpChanged(False))
        async with Worker(settings, QUICK):
            await house.saw(lambda: house.seen[-1] == MediaUpChanged(True))
            again = await house.enter(seat("a2"))
            assert again.dtls.state == "connected"


def kept() -> int:
    """How many sessions and sets of sending keys are in memory."""
    return sum(isinstance(each, Session | GcmReceiver) for each in gc.get_objects())


async def test_what_was_kept_of_a_session_is_gone_with_it(house: House) -> None:
    """Its keys at once, not when Python looks for garbage next, which stops all voices."""
    listeners = [await house.enter(seat(f"l{n}", role="listener")) for n in range(3)]
    speaker = await house.enter(seat("s", csrc=2))
    speaker.speak(1)
    await listeners[2].hears(1)
    gc.collect()
    gc.disable()
    try:
        before = kept()
        await house.link.close_seat(MediaId("l0"))
        await listeners[1].dtls.stop()
        async with asyncio.timeout(5):
            while kept() > before - 2 * 2:  # noqa: ASYNC110  nothing tells when memory is freed
                await asyncio.sleep(0.01)
    finally:
        gc.enable()
