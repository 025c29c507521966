"""No nonce is used twice, whatever people do; libsrtp is the receiver."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.media.embedded.accelerator import Accelerator, ffi
from server.media.embedded.audience import Audience
from server.media.embedded.receivers import NONCE_BYTES, CmReceiver, GcmReceiver
from server.media.embedded.rtp import RtpPacket
from server.media.embedded.slots import SlotPacket, SpeakerSlots, Stream, Voice
from tests.media.sealing import (
    CM,
    WAYS,
    Recorder,
    accelerator,
    browser,
    make_keys,
    make_receiver,
    open_ears,
)


class _Witness:
    """Stands between the C loop and OpenSSL, and looks at the nonces that C seals with."""

    def __init__(self, loop: Accelerator) -> None:
        self._nonces: dict[int, list[bytes]] = {}
        opened = loop.evp.init

        @ffi.callback("int(void *, const void *, void *, const uint8_t *, const uint8_t *)")  # type: ignore[untyped-decorator]
        def record(context: Any, cipher: Any, engine: Any, key: Any, nonce: Any) -> int:
            if nonce:
                number = int(ffi.cast("uintptr_t", context))
                self._nonces.setdefault(number, []).append(bytes(ffi.buffer(nonce, NONCE_BYTES)))
            return int(opened(context, cipher, engine, key, nonce))

        self._record = record
        loop.evp.init = record

    def of(self, receiver: GcmReceiver) -> list[bytes]:
        """What this listener's key was used with."""
        return self._nonces.get(int(ffi.cast("uintptr_t", receiver.context or 0)), [])


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


def move(receiver: GcmReceiver | CmReceiver | None, rooms: list[Audience]) -> None:
    """From the audience in which he is to the other one."""
    here = next((n for n, room in enumerate(rooms) if receiver in room), None)
    if receiver is not None and here is not None:
        rooms[here].remove(receiver)
        rooms[1 - here].add(receiver)


@pytest.mark.parametrize("way", WAYS)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    first=st.one_of(st.integers(1, 3 * 65_536), st.integers(65_480, 65_536)),
    joins=st.lists(st.integers(0, 30), max_size=3),
    leaves=st.integers(0, 100),
    moves=st.dictionaries(st.integers(0, 100), st.integers(0, 6), max_size=40),
    plan=STEPS,
)
def test_no_nonce_twice_and_every_listener_decrypts(
    way: str,
    first: int,
    joins: list[int],
    leaves: int,
    moves: dict[int, int],
    plan: list[Step],
) -> None:
    """Whatever senders do, whoever joins and leaves, over wraps and switches of slots.

    Listeners move between two audiences, which get different payloads, as those do who begin to
    lose packets or lose no more.

    The first three listeners are the speakers themselves; the last one is sealed by libsrtp.
    """
    stage = _Stage(first)
    keys = [*(make_keys(seed=20 + n) for n in range(6)), make_keys(CM, 40)]
    recorders = [Recorder(k, 2) for k in keys[:6]]
    listeners = [*recorders, make_receiver(keys[6], 2)]
    clients = [browser(k) for k in keys]
    joined = [0, 0, 0, *[*joins, 0, 0, 0][:3], 0]
    rooms = [Audience(), Audience()]
    loop = accelerator(way)
    witness = _Witness(loop) if loop is not None else None
    heard = 0
    with open_ears(listeners, loop) as ears:
        for at, (who, which, step, pause) in enumerate(plan):
            for receiver, since in zip(listeners, joined, strict=True):
                if since == at:
                    rooms[0].add(receiver)
            if at == leaves:
                for audience in rooms:
                    audience.remove(listeners[5])
            move(listeners[moves[at]] if at in moves else None, rooms)
            packet = stage.take(who, which, step, pause)
            if packet is not None:
                ears.speak(packet, rooms, listeners[who])
                heard += len(ears.check(clients, who) - {6})
        sealed = 0
        for recorder in recorders:
            nonces = recorder.nonces + (witness.of(recorder) if witness is not None else [])
            assert len(nonces) == len(set(nonces))
            sealed += len(nonces)
        assert sealed == heard
