"""Fan-out against libsrtp as the receiver, and the proof that no nonce is used twice."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import pylibsrtp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.media.embedded.audience import Audience
from server.media.embedded.counters import Counters
from server.media.embedded.fanout import CHUNK, STRIDE, Fanout
from server.media.embedded.receivers import (
    SILENCE,
    CmReceiver,
    GcmReceiver,
    in_place_of,
    set_address,
)
from server.media.embedded.rtp import RtpPacket, slot_header
from server.media.embedded.slots import FIRST_SSRC, SlotPacket, SpeakerSlots, Stream, Voice
from server.media.embedded.srtp import SrtpContext, SrtpKeys, SrtpProfile, outbound

GCM: SrtpProfile = "SRTP_AEAD_AES_128_GCM"
CM: SrtpProfile = "SRTP_AES128_CM_SHA1_80"


def make_keys(profile: SrtpProfile = GCM, seed: int = 1) -> SrtpKeys:
    salt = 12 if profile == GCM else 14
    return SrtpKeys(profile, bytes([seed]) * 16, bytes([seed + 100]) * salt, b"r" * 16, b"s" * salt)


def browser(keys: SrtpKeys) -> SrtpContext:
    """What the browser decrypts with: libsrtp, under our sending keys."""
    policy = pylibsrtp.Policy(
        key=keys.local_key + keys.local_salt,
        ssrc_type=pylibsrtp.Policy.SSRC_ANY_INBOUND,
        srtp_profile=(
            pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM
            if keys.is_gcm
            else pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80
        ),
    )
    policy.window_size = 1024
    return cast(SrtpContext, pylibsrtp.Session(policy))


def make_receiver(keys: SrtpKeys, slots: int = 1) -> GcmReceiver | CmReceiver:
    return GcmReceiver(keys, slots) if keys.is_gcm else CmReceiver(outbound(keys), slots)


def make_packet(packet_index: int, payload: bytes = b"opus", slot: int = 0) -> SlotPacket:
    header = slot_header(
        marker=False,
        sequence=packet_index & 0xFFFF,
        timestamp=packet_index * 960 & 0xFFFFFFFF,
        ssrc=FIRST_SSRC + slot,
        csrc=7,
        level=30,
    )
    return SlotPacket(slot, packet_index, FIRST_SSRC + slot, header, payload)


def audience(receivers: Iterable[GcmReceiver | CmReceiver]) -> Audience:
    made = Audience()
    for receiver in receivers:
        made.add(receiver)
    return made


def seal(receiver: GcmReceiver | CmReceiver, packet: SlotPacket) -> bytes:
    out = bytearray(STRIDE)
    return bytes(out[: receiver.seal(packet, memoryview(out))])


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


class _Recorder(GcmReceiver):
    """A listener whose nonces are looked at."""

    __slots__ = ("nonces",)

    def __init__(self, keys: SrtpKeys, slots: int) -> None:
        super().__init__(keys, slots)
        self.nonces: list[bytes] = []
        sealed = self.encrypt_into

        def record(nonce: bytes, data: bytes, head: bytes, out: memoryview) -> int:
            self.nonces.append(bytes(nonce))
            return sealed(nonce, data, head, out)

        self.encrypt_into = record  # type: ignore[assignment]


Step = tuple[int, int, int, int]
STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),  # who sends
        st.integers(0, 3),  # 0 to 2: on which of his streams; 3: he is muted instead
        st.one_of(  # how far his sequence number moves
            st.just(1), st.integers(-200, 300), st.sampled_from([30_000, -30_000, 32_767, 65_535])
        ),
        st.integers(0, 700),  # milliseconds later
    ),
    max_size=120,
)


class _Stage:
    """Three people with three streams each, on two slots."""

    def __init__(self, first: int) -> None:
        self.slots = SpeakerSlots(2, first)
        self.voices = [Voice(n + 1) for n in range(3)]
        self.streams = {(who, n): Stream() for who in range(3) for n in range(3)}
        self.sequences = dict.fromkeys(self.streams, 0)
        self.now_ms = 1000

    def take(self, who: int, which: int, step: int, pause: int) -> SlotPacket | None:
        self.now_ms += pause
        if which == 3:
            self.slots.release(self.voices[who])
            return None
        sequence = self.sequences[who, which] = (self.sequences[who, which] + step) & 0xFFFF
        packet = RtpPacket(False, 111, sequence, sequence * 960, who * 10 + which, 20, b"x")
        slot = self.slots.place(self.voices[who], packet, self.now_ms)
        return slot.rewrite(self.streams[who, which], packet, self.now_ms) if slot else None


class _Ears:
    """A fan-out, and the sockets of those it sends to."""

    def __init__(self, receivers: Sequence[GcmReceiver | CmReceiver]) -> None:
        self.out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.ears = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in receivers]
        for receiver, ear in zip(receivers, self.ears, strict=True):
            ear.bind(("127.0.0.1", 0))
            ear.setblocking(False)
            set_address(receiver, ear.getsockname())
        self.counters = Counters()
        self.fanout = Fanout(self.out.fileno(), self.counters)

    def heard(self, number: int) -> bytes | None:
        """The one packet that waits at a socket; loopback delivers before sending returns."""
        try:
            return self.ears[number].recv(2048)
        except BlockingIOError:
            return None

    def speak(self, packet: SlotPacket, room: Audience, own: GcmReceiver | CmReceiver) -> None:
        """As `Room.forward` does."""
        self.fanout.send(packet, room, own)
        if (silence := in_place_of(packet, own)) is not None:
            self.fanout.send_singly(silence, (own,))

    def check(self, clients: Sequence[SrtpContext], who: int) -> None:
        """Whoever heard something hears this voice; the speaker himself silence at most."""
        for number, client in enumerate(clients):
            if (sealed := self.heard(number)) is not None:
                plain = client.unprotect(sealed)
                assert int.from_bytes(plain[12:16], "big") == who + 1
                assert plain.endswith(SILENCE if number == who else b"x")


@contextmanager
def open_ears(receivers: Sequence[GcmReceiver | CmReceiver]) -> Iterator[_Ears]:
    made = _Ears(receivers)
    try:
        yield made
    finally:
        for one in (made.out, *made.ears):
            one.close()


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    first=st.one_of(st.integers(1, 3 * 65_536), st.integers(65_480, 65_536)),
    joins=st.lists(st.integers(0, 30), max_size=3),
    leaves=st.integers(0, 100),
    plan=STEPS,
)
def test_no_nonce_twice_and_every_listener_decrypts(
    first: int, joins: list[int], leaves: int, plan: list[Step]
) -> None:
    """Whatever senders do, whoever joins and leaves, over wraps and switches of slots.

    The first three listeners are the speakers themselves; the last one is sealed by libsrtp.
    """
    stage = _Stage(first)
    keys = [*(make_keys(seed=20 + n) for n in range(6)), make_keys(CM, 40)]
    listeners = [*(_Recorder(k, 2) for k in keys[:6]), make_receiver(keys[6], 2)]
    clients = [browser(k) for k in keys]
    joined = [0, 0, 0, *[*joins, 0, 0, 0][:3], 0]
    room = Audience()
    with open_ears(listeners) as ears:
        for at, (who, which, step, pause) in enumerate(plan):
            for receiver, since in zip(listeners, joined, strict=True):
                if since == at:
                    room.add(receiver)
            if at == leaves:
                room.remove(listeners[5])
            packet = stage.take(who, which, step, pause)
            if packet is not None:
                ears.speak(packet, room, listeners[who])
                ears.check(clients, who)
    for receiver in listeners[:6]:
        assert isinstance(receiver, _Recorder)
        assert len(receiver.nonces) == len(set(receiver.nonces))


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
