"""The golden messages are what the code speaks, on every wire and for every type."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema
import msgspec
import pytest

from protocol.analysis import MAX_AUDIO_PAYLOAD_BYTES, AudioHeader
from protocol.generate import schema
from protocol.wires import WIRES, Wire
from tests.protocol.vectors import Vector, read, text, vectors

SCHEMAS = {wire.name: schema(wire) for wire in WIRES}
AUDIO = next(wire for wire in WIRES if wire.name == "analysis")


@cache
def validator(wire_name: str, definition: str) -> jsonschema.Draft202012Validator:
    definitions = SCHEMAS[wire_name]["$defs"]
    return jsonschema.Draft202012Validator({**definitions[definition], "$defs": definitions})


def is_valid(vector: Vector, message: Any) -> bool:
    return bool(validator(vector.wire.name, vector.spoken_as).is_valid(message))


@pytest.mark.parametrize("vector", vectors("valid"), ids=str)
def test_a_valid_message_survives_decoding_and_encoding(vector: Vector) -> None:
    decoded = msgspec.json.decode(text(vector.entry), type=vector.type())
    assert json.loads(msgspec.json.encode(decoded)) == vector.entry
    packed = msgspec.msgpack.encode(decoded)
    assert msgspec.msgpack.decode(packed, type=vector.type()) == decoded
    assert is_valid(vector, vector.entry)


@pytest.mark.parametrize("vector", vectors("abbreviated"), ids=str)
def test_a_field_left_out_takes_its_default(vector: Vector) -> None:
    decoded = msgspec.json.decode(text(vector.entry["text"]), type=vector.type())
    assert json.loads(msgspec.json.encode(decoded)) == vector.entry["means"]
    assert is_valid(vector, vector.entry["text"])


@pytest.mark.parametrize("vector", vectors("invalid"), ids=str)
def test_a_bad_message_is_refused_for_the_stated_reason(vector: Vector) -> None:
    with pytest.raises(msgspec.DecodeError) as refusal:
        msgspec.json.decode(text(vector.entry["text"]), type=vector.type())
    assert vector.entry["fails"] in str(refusal.value)
    if not isinstance(vector.entry["text"], str):
        assert not is_valid(vector, vector.entry["text"])


@pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)
def test_every_message_type_has_a_vector(wire: Wire) -> None:
    valid = read(wire)["valid"]
    for union in wire.unions:
        tags = {cls.__struct_config__.tag for cls in wire.messages(union)}
        if None in tags:
            shown = {name for name in valid if valid[name]}
            assert {cls.__name__ for cls in wire.messages(union)} <= shown
        else:
            assert {entry["type"] for entry in valid[union]} == tags


@pytest.mark.parametrize("frame", read(AUDIO)["audio"], ids=lambda frame: frame["why"])
def test_an_audio_frame_is_header_and_payload(frame: dict[str, Any]) -> None:
    expected = AudioHeader(frame["tapId"], frame["sequence"], frame["timestamp"], frame["level"])
    payload = bytes.fromhex(frame["payloadHex"])
    assert AudioHeader.unpack(bytes.fromhex(frame["hex"])) == (expected, payload)
    assert (expected.pack() + payload).hex() == frame["hex"]


@pytest.mark.parametrize("frame", read(AUDIO)["invalidAudio"], ids=lambda frame: frame["why"])
def test_a_bad_audio_frame_is_refused(frame: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="audio frame"):
        AudioHeader.unpack(bytes.fromhex(frame["hex"]))


def test_an_audio_frame_longer_than_any_opus_packet_is_refused() -> None:
    header = AudioHeader(1, 2, 3, 4).pack()
    AudioHeader.unpack(header + bytes(MAX_AUDIO_PAYLOAD_BYTES))
    with pytest.raises(ValueError, match="impossible size"):
        AudioHeader.unpack(header + bytes(MAX_AUDIO_PAYLOAD_BYTES + 1))
