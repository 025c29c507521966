"""Limits on members who are let in and misbehave, and on strangers: counted, silent, cheap."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from dataclasses import replace

import pytest
import structlog

from server.config import Settings
from server.media.embedded.rtcp import BEAT
from server.media.embedded.rtp import slot_header
from server.media.embedded.session import CHECKS_A_SECOND, DTLS_A_SECOND, PACKETS_A_SECOND
from server.media.embedded.slots import FIRST_SSRC
from server.media.embedded.srtp import REPLAY_WINDOW
from tests.fakes.rtc import make_rtp, malformed_stun
from tests.media.conftest import QUICK, House, seat

A_SECOND = replace(QUICK, report_s=5.0)
"""Budgets are refilled once a second, as in real life."""


# ---------------------------------------------------------------- rates


async def test_five_thousand_packets_a_second_of_a_member_cost_the_others_nothing(
    settings: Settings,
) -> None:
    async with House(settings, timing=A_SECOND) as house:
        flooder = await house.enter(seat("f"))
        calm = await house.enter(seat("c", csrc=2))
        listener = await house.enter(seat("l", csrc=3, role="listener"))
        flood = [flooder.dtls._tx_srtp.protect(make_rtp(n, 960 * n, b"f")) for n in range(5_000)]
        began = asyncio.get_running_loop().time()
        for turn in range(50):
            for packet in flood[100 * turn : 100 * (turn + 1)]:
                flooder.send_raw(packet)
            calm.speak(turn, b"%d" % turn)
            await asyncio.sleep(0.02)
        await listener.until(lambda: sum(h.csrc == 2 for h in listener.heard) == 50)
        heard = [int(h.payload) for h in listener.heard if h.csrc == 2]
        assert heard == list(range(50))
        forwarded = sum(h.csrc == 1 for h in listener.heard)
        seconds = asyncio.get_running_loop().time() - began
        # One budget at the start, and one for every refilling meanwhile.
        allowed = int(PACKETS_A_SECOND * (seconds + 2))
        assert PACKETS_A_SECOND <= forwarded <= allowed
        assert await house.count("dropped_rate") >= max(1, 4_500 - allowed)
        assert await house.count("dropped_auth") == 0


async def test_a_member_who_floods_checks_is_not_answered_and_keeps_his_session(
    settings: Settings,
) -> None:
    async with House(settings, timing=A_SECOND) as house:
        a = await house.enter(seat("a"))
        b = await house.enter(seat("b", csrc=2))
        a.checking = False
        for _ in range(20):
            for _ in range(CHECKS_A_SECOND // 5):
                a.send_raw(a.check())
            await house.count("stun_in")
        await house.counted("dropped_rate", CHECKS_A_SECOND)
        assert await house.count("stun_in") <= 3 * CHECKS_A_SECOND + 20
        a.speak(1, b"still here")
        assert (await b.hears(1))[0].payload == b"still here"
        checks = b.checks_answered
        await b.until(lambda: b.checks_answered > checks)


async def test_a_member_who_floods_dtls_is_not_listened_to_and_keeps_his_session(
    settings: Settings,
) -> None:
    async with House(settings, timing=A_SECOND) as house:
        a = await house.enter(seat("a"))
        b = await house.enter(seat("b", csrc=2))
        for _ in range(20):
            for _ in range(DTLS_A_SECOND // 5):
                a.send_raw(b"\x17\xfe\xfd" + os.urandom(60))
            await house.count("datagrams_in")
        await house.counted("dropped_rate", DTLS_A_SECOND)
        a.speak(1, b"still here")
        b.speak(1, b"still there")
        assert (await b.hears(1))[0].payload == b"still here"
        assert (await a.hears(1))[0].payload == b"still there"


async def test_a_member_who_floods_reports_is_capped_and_nobody_else_notices(
    settings: Settings,
) -> None:
    """Five thousand RTCP packets in a second, each of which says that all is lost."""
    async with House(settings, timing=A_SECOND) as house:
        flooder = await house.enter(seat("f", role="listener"))
        speaker = await house.enter(seat("s", csrc=2))
        listener = await house.enter(seat("l", csrc=3, role="listener"))
        speaker.speak(0, b"0")
        await flooder.hears(1)
        rtcp = await house.count("rtcp_in")
        for turn in range(1, 51):
            for _ in range(100):
                flooder.report_loss(FIRST_SSRC, 255)
            speaker.speak(turn, b"%d" % turn)
            await asyncio.sleep(0.02)
        heard = await listener.hears(51)
        assert [h.payload for h in heard] == [b"%d" % n for n in range(51)]
        assert await house.count("dropped_rate") > 0
        assert await house.count("rtcp_in") - rtcp < 5_000


async def test_a_packet_older_than_the_replay_window_is_dropped(house: House) -> None:
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2))
    old = a.dtls._tx_srtp.protect(make_rtp(10, 9_600, b"never sent until now"))
    a.speak(10 + REPLAY_WINDOW, b"newest")
    await b.hears(1)
    a.send_raw(old)
    await house.counted("dropped_replay", 1)
    assert [h.payload for h in b.heard] == [b"newest"]


async def test_a_report_that_is_sent_again_is_dropped(house: House) -> None:
    a = await house.enter(seat("a"))
    report = a.dtls._tx_srtp.protect_rtcp(BEAT)
    for _ in range(3):
        a.send_raw(report)
    await house.counted("dropped_replay", 2)


# ---------------------------------------------------------------- strangers


async def test_no_datagram_of_a_stranger_is_worth_a_log_line(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    a = await house.enter(seat("a"))
    before = await house.count("datagrams_in")
    kinds = [
        *malformed_stun(),
        a.check(password="a wrong password, long enough"),
        a.check(ufrag="nobody"),
        b"\x16\xfe\xff" + os.urandom(60),
        b"\x80\x6f" + os.urandom(60),
        b"\x80\xc9" + os.urandom(60),
        b"\x80\x6f" + bytes(1600),
        b"\xff" * 20,
    ]
    with (
        structlog.testing.capture_logs() as events,
        caplog.at_level(logging.DEBUG),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger,
    ):
        for _ in range(20):
            for data in kinds:
                stranger.sendto(data, a.server)
            await house.count("datagrams_in")
        await house.counted("datagrams_in", before + 20 * len(kinds))
    assert events == []
    # asyncio and aioice speak of the test's own peer at this level, never of the worker.
    assert [r for r in caplog.records if r.levelno > logging.DEBUG] == []


# ---------------------------------------------------------------- pretending


async def test_two_members_with_the_same_ssrc_stay_two_voices(house: House) -> None:
    a = await house.enter(seat("a", csrc=11))
    b = await house.enter(seat("b", csrc=12))
    listener = await house.enter(seat("l", csrc=13, role="listener"))
    for n in range(5):
        a.speak(n, b"a", ssrc=5001)
        b.speak(n, b"b", ssrc=5001)
    heard = await listener.hears(10)
    assert {(h.csrc, h.payload) for h in heard} == {(11, b"a"), (12, b"b")}
    assert len({h.ssrc for h in heard}) == 2


async def test_a_member_who_sends_with_the_ssrc_of_a_slot_gets_no_other_slot(house: House) -> None:
    a = await house.enter(seat("a", csrc=11))
    b = await house.enter(seat("b", csrc=12))
    listener = await house.enter(seat("l", csrc=13, role="listener"))
    a.speak(1, b"in the first slot")
    (first,) = await listener.hears(1)
    assert first.ssrc == FIRST_SSRC
    b.speak(1, b"pretends", ssrc=FIRST_SSRC)
    second = (await listener.hears(2))[1]
    assert (second.ssrc, second.csrc) == (FIRST_SSRC + 1, 12)


async def test_a_member_cannot_name_another_as_the_speaker(house: House) -> None:
    forger = await house.enter(seat("a", csrc=11))
    await house.enter(seat("victim", csrc=12))
    listener = await house.enter(seat("l", csrc=13, role="listener"))
    head = slot_header(marker=False, sequence=1, timestamp=0, ssrc=5001, csrc=12, level=30)
    forger.send_plain(head + b"not his voice")
    (heard,) = await listener.hears(1)
    assert (heard.csrc, heard.payload) == (11, b"not his voice")


async def test_a_packet_of_one_member_sent_by_another_is_refused(house: House) -> None:
    a = await house.enter(seat("a", csrc=11))
    b = await house.enter(seat("b", csrc=12))
    b.send_raw(a.dtls._tx_srtp.protect(make_rtp(1, 960, b"stolen")))
    await house.counted("dropped_auth", 1)
    assert await house.count("rtp_forwarded") == 0
