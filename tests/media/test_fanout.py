"""The fan-out against libsrtp as the receiver."""

from __future__ import annotations

import socket

import pytest

from server.media.embedded.counters import Counters
from server.media.embedded.fanout import CHUNK, Fanout
from server.media.embedded.receivers import (
    SILENCE,
    in_place_of,
    set_address,
)
from server.media.embedded.srtp import SrtpProfile, outbound
from tests.media.sealing import (
    CM,
    GCM,
    audience,
    browser,
    make_keys,
    make_packet,
    make_receiver,
    open_ears,
    seal,
)


@pytest.mark.parametrize("profile", [GCM, CM])
def test_sealed_packets_are_what_libsrtp_makes_of_them(profile: SrtpProfile) -> None:
    keys = make_keys(profile)
    packet = make_packet(1000, b"a voice")
    assert seal(make_receiver(keys), packet) == outbound(keys).protect(
        packet.header + packet.payload
    )


@pytest.mark.parametrize("profile", [GCM, CM])
def test_a_long_monologue_leaves_the_speaker_in_step(profile: SrtpProfile) -> None:
    """50,000 packets of one's own voice later, the next voice on the slot still decrypts."""
    keys = make_keys(profile)
    receiver, client = make_receiver(keys), browser(keys)
    client.unprotect(seal(receiver, make_packet(100)))
    silences = 0
    for index in range(101, 130_000, 7):
        packet = make_packet(index)
        silence = in_place_of(packet, receiver)
        if silence is not None:
            silences += 1
            assert client.unprotect(seal(receiver, silence)).endswith(SILENCE)
    assert 10 < silences < 20
    assert client.unprotect(seal(receiver, make_packet(130_000))).endswith(b"opus")


def test_everybody_in_the_room_gets_what_sealing_one_by_one_would_give() -> None:
    """Over a wrap, for a late packet from before it, and for one who joins in between."""
    seeds = range(1, 2 * CHUNK + 5)
    receivers = [make_receiver(make_keys(seed=n % 100)) for n in seeds]
    alone = [make_receiver(make_keys(seed=n % 100)) for n in seeds]
    room = audience(receivers[:-1])
    with open_ears(receivers) as ears:
        for index in (65_400, 65_490, 65_535, 65_536, 65_534, 65_537, 65_900):
            if index == 65_490:  # too close before the wrap for him
                room.add(receivers[-1])
            packet = make_packet(index, b"voice %d" % index)
            ears.fanout.send(packet, room, receivers[index % 130])
            for number, twin in enumerate(alone):
                hears = number != index % 130 and (index >= 65_490 or number < len(alone) - 1)
                expected = (seal(twin, packet) or None) if hears else None
                assert ears.heard(number) == expected
        assert seal(alone[-1], make_packet(65_901)), "he did begin, after the wrap"


def test_packets_that_a_speaker_is_spared_do_not_begin_his_count() -> None:
    keys = make_keys()
    speaker = make_receiver(keys)
    others = [make_receiver(make_keys(seed=n)) for n in (2, 3)]
    room = audience([others[0], speaker, others[1]])
    with open_ears([speaker, *others]) as ears:
        ears.fanout.send(make_packet(100), room, speaker)
        assert ears.heard(0) is None
        ears.fanout.send(make_packet(65_536 + 10), room)
        assert browser(keys).unprotect(ears.heard(0) or b"").endswith(b"opus")


@pytest.mark.parametrize("skipped", [0, 1, 70, 96, 97, 148, 149])
def test_one_pass_serves_both_profiles_and_skips_the_speaker(skipped: int) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as inn,
    ):
        inn.bind(("127.0.0.1", 0))
        inn.settimeout(2)
        counters = Counters()
        made = []
        for n in range(150):
            keys = make_keys(CM if n % 3 == 0 else GCM, seed=n % 100)
            receiver = make_receiver(keys)
            set_address(receiver, inn.getsockname())
            made.append((receiver, browser(keys)))
        packet = make_packet(5)
        Fanout(out.fileno(), counters).send(
            packet, audience([r for r, _ in made]), made[skipped][0]
        )
        assert counters.rtp_forwarded == 149
        for n, (_, client) in sorted(enumerate(made), key=lambda entry: entry[0] % 3 == 0):
            if n != skipped:
                assert client.unprotect(inn.recv(2048)) == packet.header + packet.payload


def test_a_bad_address_costs_only_its_own_packet() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as inn,
    ):
        inn.bind(("127.0.0.1", 0))
        counters = Counters()
        made = [make_receiver(make_keys(seed=n)) for n in range(5)]
        for n, receiver in enumerate(made):
            set_address(receiver, ("127.0.0.1", 0) if n == 2 else inn.getsockname())
        Fanout(out.fileno(), counters).send(make_packet(5), audience(made))
        assert (counters.rtp_forwarded, counters.dropped_send) == (4, 1)


def test_sockaddr_of_ipv6_is_what_the_kernel_takes() -> None:
    with (
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as out,
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as inn,
    ):
        try:
            inn.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no IPv6 loopback")
        inn.settimeout(2)
        receiver = make_receiver(make_keys())
        set_address(receiver, inn.getsockname())
        Fanout(out.fileno(), Counters()).send(make_packet(5), audience([receiver]))
        assert len(inn.recv(2048)) > 24
