"""No nonce is used twice on a branch, whatever its home does; libsrtp is the receiver.

The gate gives a room another name for each home and has all seats renewed. Here it does neither:
homes die and begin anew under the same name, with the same indexes, while the seats stay.
"""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.captions.gate import Permission
from server.media.embedded.branch import BranchRoom
from server.media.embedded.counters import Counters
from server.media.embedded.dtls import Certificate, DtlsServer, Pace
from server.media.embedded.home import HomeRoom
from server.media.embedded.hop import parse_hop
from server.media.embedded.red import RED_PAYLOAD_TYPE, parse_red
from server.media.embedded.room import Room
from server.media.embedded.rtp import LEVEL_SILENCE, RtpPacket, parse_rtp
from server.media.embedded.sdp import Answer
from server.media.embedded.session import Session
from server.media.embedded.slots import SILENCE, SpeakerSlots, Stream, Voice
from server.media.embedded.srtp import SrtpContext
from tests.media.sealing import Ears, Recorder, browser, make_keys, open_ears

HOME, BRANCH, SLOTS = 0, 1, 2
CERTIFICATE = Certificate()
Step = tuple[str, int, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["speak"] * 12 + ["mute", "home dies", "late", "again", "lost", "join"]),
        st.integers(0, 3),  # who: 0 sits at the home, the others on the branch; which message
        st.one_of(  # how far his sequence number moves
            st.just(1), st.integers(-200, 300), st.sampled_from([30_000, -30_000, 32_767, 65_535])
        ),
        st.integers(0, 700),  # milliseconds later
    ),
    max_size=120,
)


class Cascade:
    """A home, a branch, and the messages between them, which a test may delay, repeat or lose."""

    def __init__(self, first_index: int, ears: Ears, receivers: list[Recorder]) -> None:
        self._first_index = first_index
        self._ears = ears
        self.now_ms = 1000
        self.to_branch: list[bytes] = []
        self.passed: list[bytes] = []
        self.branch = BranchRoom("r", HOME, SLOTS, ears.fanout, self._to_home)
        self.home = self._new_home()
        at_home = new_session(self.home, 1, None, red=False)
        self.receivers = receivers
        self.people = [at_home] + [
            new_session(self.branch, 2 + n, receiver, red=n % 2 == 0)
            for n, receiver in enumerate(receivers)
        ]
        self.inside = 3
        for session in self.people[1 : 1 + self.inside]:
            self.branch.add(session)
        self._streams = [Stream() for _ in self.people]
        self._sequences = [0] * len(self.people)

    def take(self, what: str, who: int, step: int, pause: int) -> None:
        self.now_ms += pause
        match what:
            case "speak":
                self._speak(who, step)
            case "mute":
                self._room(who).silence(self.people[who].voice)
            case "home dies":
                self.home = self._new_home()
            case "join" if self.inside < len(self.receivers):
                self.inside += 1
                self.branch.add(self.people[self.inside])
            case _:
                self._disturb(what, step)
        while len(self.to_branch) > who:
            self._deliver(self.to_branch.pop(0))

    def _disturb(self, what: str, step: int) -> None:
        match what:
            case "late" if len(self.to_branch) > 1:
                self.to_branch.append(self.to_branch.pop(0))
            case "lost" if self.to_branch:
                self.to_branch.pop()
            case "again" if self.passed:
                self.to_branch.append(self.passed[-1 - step % len(self.passed)])

    def _speak(self, who: int, step: int) -> None:
        sequence = self._sequences[who] = (self._sequences[who] + step) & 0xFFFF
        packet = RtpPacket(False, 111, sequence, sequence * 960, 50 + who, 20, b"from %d" % who)
        self._room(who).speak(self.people[who], self._streams[who], packet, self.now_ms)

    def _room(self, who: int) -> Room:
        return self.branch if who else self.home

    def _new_home(self) -> HomeRoom:
        slots = SpeakerSlots(SLOTS, self._first_index)
        made = HomeRoom("r", slots, self._ears.fanout, Counters(), self._to_branch)
        made.set_branches([BRANCH])
        return made

    def _to_home(self, worker: int, data: bytes) -> None:
        assert worker == HOME
        assert self.home.on_message(BRANCH, parse_hop(data)[1], self.now_ms)

    def _to_branch(self, worker: int, data: bytes) -> None:
        assert worker == BRANCH
        self.to_branch.append(data)

    def _deliver(self, data: bytes) -> None:
        self.passed.append(data)
        self.branch.on_message(HOME, parse_hop(data)[1], self.now_ms)


def new_session(room: Room, csrc: int, receiver: Recorder | None, *, red: bool) -> Session:
    """Connected, but for the handshake."""
    return Session(
        media_id=f"m{csrc}",
        room=room,
        voice=Voice(csrc),
        permission=Permission(True, False, None),
        ufrag="u",
        password="p",
        dtls=DtlsServer(CERTIFICATE, lambda _: None, Pace()),
        last_check_ms=0,
        answer=Answer((), red=red),
        receiver=receiver,
    )


def listen(ears: Ears, clients: list[SrtpContext]) -> None:
    """Whatever waits at a socket decrypts, and is nobody's own voice.

    Silence is what stands for it, and what comes before a voice that follows another one.
    """
    for number, client in enumerate(clients):
        while (sealed := ears.heard(number)) is not None:
            packet = parse_rtp(plain := client.unprotect(sealed))
            payload = packet.payload
            if packet.payload_type == RED_PAYLOAD_TYPE:
                payload = parse_red(payload)[-1].payload
            csrc = int.from_bytes(plain[12:16], "big")
            opening = packet.level == LEVEL_SILENCE
            silent = opening or csrc == 2 + number
            assert payload == (SILENCE if silent else b"from %d" % (csrc - 1))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    first=st.one_of(st.integers(1, 3 * 65_536), st.integers(65_480, 65_536)),
    plan=STEPS,
)
def test_no_nonce_twice_on_a_branch_over_any_change_of_home(first: int, plan: list[Step]) -> None:
    keys = [make_keys(seed=20 + n) for n in range(5)]
    receivers = [Recorder(k, SLOTS) for k in keys]
    clients = [browser(k) for k in keys]
    with open_ears(receivers, None) as ears:
        cascade = Cascade(first, ears, receivers)
        for step in plan:
            cascade.take(*step)
            listen(ears, clients)
    for receiver in receivers:
        assert len(receiver.nonces) == len(set(receiver.nonces))
