"""The fan-out, in C and in Python, against libsrtp as the receiver."""

from __future__ import annotations

import os
import socket
import struct

import pytest

from server.media.embedded.counters import Counters
from server.media.embedded.fanout import CHUNK
from server.media.embedded.fanout_native import open_fanout
from server.media.embedded.receivers import in_place_of, set_address
from server.media.embedded.slots import SILENCE
from server.media.embedded.srtp import SrtpProfile, outbound
from tests.media.sealing import (
    CM,
    GCM,
    WAYS,
    accelerator,
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


@pytest.mark.parametrize("way", WAYS)
def test_everybody_in_the_room_gets_what_sealing_one_by_one_would_give(way: str) -> None:
    """Over a wrap, for a late packet from before it, and for one who joins in between."""
    seeds = range(1, 2 * CHUNK + 5)
    receivers = [make_receiver(make_keys(seed=n % 100)) for n in seeds]
    alone = [make_receiver(make_keys(seed=n % 100)) for n in seeds]
    room = audience(receivers[:-1])
    with open_ears(receivers, accelerator(way)) as ears:
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


@pytest.mark.parametrize("way", WAYS)
def test_packets_that_a_speaker_is_spared_do_not_begin_his_count(way: str) -> None:
    keys = make_keys()
    speaker = make_receiver(keys)
    others = [make_receiver(make_keys(seed=n)) for n in (2, 3)]
    room = audience([others[0], speaker, others[1]])
    with open_ears([speaker, *others], accelerator(way)) as ears:
        ears.fanout.send(make_packet(100), room, speaker)
        assert ears.heard(0) is None
        ears.fanout.send(make_packet(65_536 + 10), room)
        assert browser(keys).unprotect(ears.heard(0) or b"").endswith(b"opus")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("skipped", [0, 1, 70, 96, 97, 148, 149])
def test_one_pass_serves_both_profiles_and_skips_the_speaker(skipped: int, way: str) -> None:
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
        fanout = open_fanout(out.fileno(), counters, accelerator(way))
        fanout.send(packet, audience([r for r, _ in made]), made[skipped][0])
        assert counters.rtp_forwarded == 149
        for n, (_, client) in sorted(enumerate(made), key=lambda entry: entry[0] % 3 == 0):
            if n != skipped:
                assert client.unprotect(inn.recv(2048)) == packet.header + packet.payload


@pytest.mark.parametrize("way", WAYS)
def test_a_bad_address_costs_only_its_own_packet(way: str) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as inn,
    ):
        inn.bind(("127.0.0.1", 0))
        counters = Counters()
        made = [make_receiver(make_keys(seed=n)) for n in range(5)]
        for n, receiver in enumerate(made):
            set_address(receiver, ("127.0.0.1", 0) if n == 2 else inn.getsockname())
        fanout = open_fanout(out.fileno(), counters, accelerator(way))
        fanout.send(make_packet(5), audience(made))
        assert (counters.rtp_forwarded, counters.dropped_send) == (4, 1)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("bad", [{0}, {63}, {64}, {149}, {62, 63, 64, 65}, set(range(20, 90))])
def test_bad_addresses_leave_everybody_else_his_packet(bad: set[int], way: str) -> None:
    """The kernel stops at each of them, so what it did not get to is handed to it again."""
    receivers = [make_receiver(make_keys(seed=n % 100)) for n in range(150)]
    with open_ears(receivers, accelerator(way)) as ears:
        for n in bad:
            set_address(receivers[n], ("127.0.0.1", 0))
        ears.fanout.send(make_packet(5), audience(receivers))
        assert {n for n in range(150) if ears.heard(n) is None} == bad
        assert (ears.counters.rtp_forwarded, ears.counters.dropped_send) == (
            150 - len(bad),
            len(bad),
        )


@pytest.mark.parametrize("way", WAYS)
def test_what_a_full_socket_does_not_take_is_dropped_and_counted(way: str) -> None:
    """A Unix socket, as its queue is full after a few packets; UDP's is not on this machine."""
    name = b"\0masil-%08x" % os.getpid()
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as inn,
    ):
        inn.bind(name)
        inn.setblocking(False)
        out.setblocking(False)
        made = []
        for n in range(CHUNK + 20):
            keys = make_keys(seed=n)
            receiver = make_receiver(keys)
            receiver.sockaddr = struct.pack("=H", socket.AF_UNIX) + name
            made.append((receiver, browser(keys)))
        counters, room = Counters(), audience([r for r, _ in made])
        fanout = open_fanout(out.fileno(), counters, accelerator(way))
        for index in (5, 6):
            before = counters.rtp_forwarded
            packet = make_packet(index)
            fanout.send(packet, room)
            taken = counters.rtp_forwarded - before
            assert 0 < taken < CHUNK
            assert counters.dropped_send + counters.rtp_forwarded == (index - 4) * len(made)
            for _, client in made[:taken]:
                assert client.unprotect(inn.recv(2048)) == packet.header + packet.payload
            with pytest.raises(BlockingIOError):
                inn.recv(2048)


@pytest.mark.parametrize("way", WAYS)
def test_payloads_of_every_length_arrive_whole(way: str) -> None:
    keys = [make_keys(seed=n) for n in range(1, 4)]
    receivers, clients = [make_receiver(k) for k in keys], [browser(k) for k in keys]
    with open_ears(receivers, accelerator(way)) as ears:
        room = audience(receivers)
        for index, length in enumerate((80, 1, 1275, 3, 15, 16, 17, 80, 81, 79, 1100), 10):
            packet = make_packet(index, bytes(n * index & 0xFF for n in range(length)))
            ears.fanout.send(packet, room)
            for number, client in enumerate(clients):
                heard = ears.heard(number)
                assert heard
                assert client.unprotect(heard) == packet.header + packet.payload


@pytest.mark.parametrize("way", WAYS)
def test_who_moves_hears_at_his_new_address_and_in_step(way: str) -> None:
    keys = make_keys()
    receivers, client = [make_receiver(keys), make_receiver(make_keys(seed=2))], browser(keys)
    with open_ears(receivers, accelerator(way)) as ears:
        room = audience(receivers[:1])
        ears.fanout.send(make_packet(65_400), room)
        assert client.unprotect(ears.heard(0) or b"")
        set_address(receivers[0], ears.ears[1].getsockname())
        room.moved()
        ears.fanout.send(make_packet(65_536 + 3), room)
        assert ears.heard(0) is None
        assert client.unprotect(ears.heard(1) or b"").endswith(b"opus")


@pytest.mark.parametrize("way", WAYS)
def test_who_leaves_hears_nothing_more_and_the_others_do(way: str) -> None:
    keys = [make_keys(seed=n) for n in range(1, 71)]
    receivers, clients = [make_receiver(k) for k in keys], [browser(k) for k in keys]
    with open_ears(receivers, accelerator(way)) as ears:
        room = audience(receivers)
        there = set(range(70))
        for index in range(10, 80):
            ears.fanout.send(make_packet(index), room)
            for number, client in enumerate(clients):
                heard = ears.heard(number)
                assert (heard is not None) == (number in there)
                assert heard is None or client.unprotect(heard).endswith(b"opus")
            leaver = index * 37 % 70
            there.discard(leaver)
            room.remove(receivers[leaver])
            # Nothing but the fan-out could keep what he was sealed with.
            receivers[leaver] = make_receiver(keys[leaver])
        ears.fanout.send(make_packet(80), room)
        assert ears.counters.dropped_send == 0


@pytest.mark.parametrize("way", WAYS)
def test_sockaddr_of_ipv6_is_what_the_kernel_takes(way: str) -> None:
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
        fanout = open_fanout(out.fileno(), Counters(), accelerator(way))
        fanout.send(make_packet(5), audience([receiver]))
        assert len(inn.recv(2048)) > 24
