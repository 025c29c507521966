"""The offer we make and the little we read of its answer (RFC 8866, RFC 8829).

The offer is the same for everybody but for credentials: Opus, which may come wrapped in RED
(preferred, RFC 2198), one set of extension ids, a microphone we receive (mid 0) and fixed slots we
send (mids 1 to K). Client candidates are never used: the browser's checks show where it is. Sans
I/O; never keeps a description.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from server.domain.errors import SdpInvalidError, SdpTooLargeError
from server.media.embedded.red import RED_PAYLOAD_TYPE
from server.media.embedded.rtp import LEVEL_EXTENSION_ID, PAYLOAD_TYPE
from server.media.embedded.slots import FIRST_SSRC

MAX_SDP_BYTES = 64 * 1024
MAX_CANDIDATES = 32
MAX_FINGERPRINTS = 8
_DIGEST_BYTES = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
_HEX_PAIRS = re.compile(r"(?:[0-9A-Fa-f]{2}:)*[0-9A-Fa-f]{2}")
_PRIORITY = 2130706431
"""Host candidate, highest local preference (RFC 8445 §5.1.2)."""


class Fingerprint(NamedTuple):
    """A certificate named by its digest (RFC 8122)."""

    algorithm: str
    value: str
    """Colon-separated hex."""


class Answer(NamedTuple):
    """What is read of an answer."""

    fingerprints: tuple[Fingerprint, ...]
    """The certificates of which DTLS must show one."""
    red: bool
    """Whether every slot may be sent as RED."""


NO_ANSWER = Answer((), red=False)


@dataclass(frozen=True, slots=True)
class OfferParts:
    """What all offers of a worker have in common."""

    addresses: Sequence[str]
    port: int
    fingerprint_sha256: str
    slots: int


def make_offer(parts: OfferParts, ufrag: str, password: str) -> str:
    """The offer for one browser: ICE-lite, BUNDLE, `setup:actpass`."""
    mids = " ".join(str(mid) for mid in range(parts.slots + 1))
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {mids}",
        "a=msid-semantic:WMS *",
    ]
    transport = [
        f"a=ice-ufrag:{ufrag}",
        f"a=ice-pwd:{password}",
        f"a=fingerprint:sha-256 {parts.fingerprint_sha256}",
        "a=setup:actpass",
        "a=rtcp-mux",
        *_candidates(parts),
    ]
    lines += [*_media(parts, 0, "recvonly"), *transport]
    for slot in range(parts.slots):
        lines += [
            *_media(parts, slot + 1, "sendonly"),
            *transport,
            f"a=msid:slot{slot + 1} slot{slot + 1}",
            f"a=ssrc:{FIRST_SSRC + slot} cname:masil",
        ]
    return "\r\n".join(lines) + "\r\n"


def _media(parts: OfferParts, mid: int, direction: str) -> list[str]:
    return [
        f"m=audio {parts.port} UDP/TLS/RTP/SAVPF {RED_PAYLOAD_TYPE} {PAYLOAD_TYPE}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{mid}",
        f"a={direction}",
        f"a=rtpmap:{RED_PAYLOAD_TYPE} red/48000/2",
        f"a=fmtp:{RED_PAYLOAD_TYPE} {PAYLOAD_TYPE}/{PAYLOAD_TYPE}",
        f"a=rtpmap:{PAYLOAD_TYPE} opus/48000/2",
        f"a=fmtp:{PAYLOAD_TYPE} minptime=10;useinbandfec=1;usedtx=1",
        f"a=extmap:{LEVEL_EXTENSION_ID} urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    ]


def _candidates(parts: OfferParts) -> list[str]:
    return [
        *(
            f"a=candidate:{n} 1 udp {_PRIORITY - 256 * n} {address} {parts.port} typ host"
            for n, address in enumerate(parts.addresses)
        ),
        "a=end-of-candidates",
    ]


def check_size(sdp: str) -> None:
    """Refuse what is too large before anything is parsed.

    Raises:
        SdpTooLargeError: more than 64 KiB or more than 32 candidates.
    """
    if len(sdp) > MAX_SDP_BYTES or sdp.count("a=candidate:") > MAX_CANDIDATES:
        raise SdpTooLargeError
    if len(sdp.encode("utf-8", "replace")) > MAX_SDP_BYTES:
        raise SdpTooLargeError


def parse_answer(sdp: str, slots: int) -> Answer:
    """Read the answer to `make_offer`.

    Raises:
        SdpTooLargeError, SdpInvalidError
    """
    check_size(sdp)
    sections = _sections(sdp)
    if len(sections) != slots + 2 or sections[0][0] != "v=0":
        raise SdpInvalidError("not as many m-lines as in the offer")
    microphone = sections[1]
    _require_accepted(microphone[0])
    attributes = [line[2:] for line in (*sections[0], *microphone) if line.startswith("a=")]
    if "setup:active" not in attributes:
        raise SdpInvalidError("the answer must say setup:active")
    if not {"sendonly", "inactive"} & set(attributes):
        raise SdpInvalidError("mid 0 must be answered sendonly or inactive")
    return Answer(_fingerprints(attributes), all(_takes_red(s) for s in sections[2:]))


def _takes_red(section: Sequence[str]) -> bool:
    """Whether an m-line keeps the offer's RED; browsers that do not know it leave it out."""
    return str(RED_PAYLOAD_TYPE) in section[0].split()[3:] and any(
        line.lower().startswith(f"a=rtpmap:{RED_PAYLOAD_TYPE} red/48000") for line in section
    )


def _sections(sdp: str) -> list[list[str]]:
    """Lines of the session part, then of each m-line."""
    sections: list[list[str]] = [[]]
    for line in sdp.splitlines():
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    if not sections[0]:
        raise SdpInvalidError("no session part")
    return sections


def _require_accepted(m_line: str) -> None:
    fields = m_line[2:].split()
    if (
        len(fields) < 4
        or fields[0] != "audio"
        or fields[1] == "0"
        or str(PAYLOAD_TYPE) not in fields[3:]
    ):
        raise SdpInvalidError("mid 0 was not accepted with our payload type")


def _fingerprints(attributes: Sequence[str]) -> tuple[Fingerprint, ...]:
    found: list[Fingerprint] = []
    for attribute in attributes:
        name, _, rest = attribute.partition(":")
        if name != "fingerprint":
            continue
        algorithm, _, value = rest.partition(" ")
        algorithm, value = algorithm.lower(), value.strip()
        if algorithm not in _DIGEST_BYTES:
            continue
        if len(value) != 3 * _DIGEST_BYTES[algorithm] - 1 or not _HEX_PAIRS.fullmatch(value):
            raise SdpInvalidError("a fingerprint of the wrong form")
        found.append(Fingerprint(algorithm, value.upper()))
    if not 0 < len(found) <= MAX_FINGERPRINTS:
        raise SdpInvalidError("no fingerprint we can check, or too many")
    return tuple(found)
