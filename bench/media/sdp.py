"""As much SDP as light clients need: who they are, whom they answer. Nothing is validated here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

PAYLOAD_TYPE = 111
LEVEL_EXTENSION_ID = 1


@dataclass(frozen=True, slots=True)
class Remote:
    """What a server's description says about how to reach it."""

    ufrag: str
    password: str
    fingerprint_sha256: str
    host: str
    port: int
    mids: tuple[str, ...]
    payload_type: int


@dataclass(frozen=True, slots=True)
class Local:
    """What a client says about itself."""

    ufrag: str
    password: str
    fingerprint_sha256: str
    host: str
    port: int
    ssrc: int


def parse(sdp: str) -> Remote:
    """Read a server's offer or answer; the first IPv4 UDP candidate counts.

    Raises:
        ValueError: a part is missing.
    """
    candidate = _find(r"^a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ", sdp)
    return Remote(
        ufrag=_find(r"^a=ice-ufrag:(\S+)", sdp)[0],
        password=_find(r"^a=ice-pwd:(\S+)", sdp)[0],
        fingerprint_sha256=_find(r"^a=fingerprint:sha-256 (\S+)", sdp)[0].upper(),
        host=candidate[0],
        port=int(candidate[1]),
        mids=tuple(re.findall(r"(?m)^a=mid:(\S+)", sdp)),
        # By its name: RED may stand before it.
        payload_type=int(_find(r"^a=rtpmap:(\d+) opus/48000", sdp)[0]),
    )


def describe(
    local: Local,
    directions: Sequence[tuple[str, str]],
    setup: str,
    payload_type: int = PAYLOAD_TYPE,
) -> str:
    """A description with one audio m-line per (mid, direction), all in one bundle."""
    lines = ["v=0", f"o=- {local.ssrc} 1 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    lines += [
        f"a=group:BUNDLE {' '.join(mid for mid, _ in directions)}",
        "a=msid-semantic: WMS *",
    ]
    for mid, direction in directions:
        lines += [
            f"m=audio {local.port} UDP/TLS/RTP/SAVPF {payload_type}",
            f"c=IN IP4 {local.host}",
            f"a=mid:{mid}",
            f"a={direction}",
            "a=rtcp-mux",
            f"a=ice-ufrag:{local.ufrag}",
            f"a=ice-pwd:{local.password}",
            f"a=fingerprint:sha-256 {local.fingerprint_sha256}",
            f"a=setup:{setup}",
            f"a=rtpmap:{payload_type} opus/48000/2",
            f"a=fmtp:{payload_type} minptime=10;useinbandfec=1",
            f"a=extmap:{LEVEL_EXTENSION_ID} urn:ietf:params:rtp-hdrext:ssrc-audio-level",
        ]
        if direction == "sendonly":
            lines += [
                f"a=msid:voice{local.ssrc} voice{local.ssrc}",
                f"a=ssrc:{local.ssrc} cname:c{local.ssrc}",
            ]
        lines += [
            f"a=candidate:1 1 udp 2130706431 {local.host} {local.port} typ host",
            "a=end-of-candidates",
        ]
    return "\r\n".join(lines) + "\r\n"


def _find(pattern: str, sdp: str) -> tuple[str, ...]:
    match = re.search(pattern, sdp, re.MULTILINE | re.IGNORECASE)
    if match is None:
        raise ValueError(f"no {pattern} in the description")
    return match.groups()
