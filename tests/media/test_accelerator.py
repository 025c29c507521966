"""The C loop by itself: how it is built and found, and what it does where something is wrong."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from server.media.embedded.accelerator import (
    LIBRARY,
    SOURCE,
    Accelerator,
    AcceleratorMissingError,
    ffi,
    load_accelerator,
)
from server.media.embedded.fanout import STRIDE
from server.media.embedded.receivers import TAG_BYTES
from server.media.embedded.rtp import OUT_HEADER_BYTES
from tests.media.sealing import (
    accelerator,
    audience,
    make_keys,
    make_packet,
    make_receiver,
    open_ears,
    seal,
)

BUILD = SOURCE.with_name("build.sh")
needs_cc = pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")


@pytest.fixture
def loop() -> Accelerator:
    made = accelerator("native")
    assert made is not None
    return made


def build(source: Path, into: Path) -> None:
    shutil.copy(BUILD, source.parent)
    subprocess.run([source.parent / "build.sh", into], check=True, timeout=60)


def test_nobody_gets_what_openssl_refused_to_seal(loop: Accelerator) -> None:
    """Not the plaintext in its place, and the others get theirs."""
    receivers = [make_receiver(make_keys(seed=n)) for n in range(1, 6)]
    finish, calls = loop.evp.final, 0

    @ffi.callback("int(void *, uint8_t *, int *)")  # type: ignore[untyped-decorator]
    def refuse_the_third(context: Any, out: Any, written: Any) -> int:
        nonlocal calls
        calls += 1
        return 0 if calls == 3 else int(finish(context, out, written))

    loop.evp.final = refuse_the_third
    with open_ears(receivers, loop) as ears:
        ears.fanout.send(make_packet(5), audience(receivers))
        assert [ears.heard(n) is not None for n in range(5)] == [True, True, False, True, True]
        assert (ears.counters.rtp_forwarded, ears.counters.dropped_send) == (4, 1)


@pytest.mark.parametrize(("more", "arrives"), [(0, True), (1, False), (1 << 20, False)])
def test_a_packet_larger_than_the_buffers_goes_to_nobody(
    loop: Accelerator, more: int, arrives: bool
) -> None:
    keys = make_keys()
    receiver, twin = make_receiver(keys), make_receiver(keys)
    payload = bytes(STRIDE - OUT_HEADER_BYTES - TAG_BYTES + more)
    with open_ears([receiver], loop) as ears:
        packet = make_packet(5, payload)
        ears.fanout.send(packet, audience([receiver]))
        assert ears.counters.rtp_forwarded == arrives
        assert ears.counters.dropped_send == (not arrives)
        assert ears.heard(0) == (seal(twin, packet) if arrives else None)


def test_an_address_longer_than_any_is_no_address(loop: Accelerator) -> None:
    receivers = [make_receiver(make_keys(seed=n)) for n in (1, 2)]
    with open_ears(receivers, loop) as ears:
        receivers[0].sockaddr += bytes(13)  # 29 in all
        ears.fanout.send(make_packet(5), audience(receivers))
        assert (ears.heard(0), ears.heard(1) is None) == (None, False)
        assert (ears.counters.rtp_forwarded, ears.counters.dropped_send) == (1, 1)


def test_a_key_of_another_length_is_refused(loop: Accelerator) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        loop.context(b"short")


def test_what_was_never_built_is_named(tmp_path: Path) -> None:
    with pytest.raises(AcceleratorMissingError, match=r"tools/native\.sh"):
        load_accelerator(tmp_path / "fan_out.so")


def test_what_is_no_library_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "fan_out.so"
    text.write_text("not a library", "utf-8")
    with pytest.raises(AcceleratorMissingError):
        load_accelerator(text)


@needs_cc
def test_what_was_built_of_another_source_is_refused(tmp_path: Path) -> None:
    """Its functions may take other arguments."""
    source = tmp_path / SOURCE.name
    source.write_text(SOURCE.read_text("utf-8") + "\n", "utf-8")
    build(source, tmp_path / "other.so")
    with pytest.raises(AcceleratorMissingError, match="another source"):
        load_accelerator(tmp_path / "other.so")
    shutil.copy(SOURCE, source)
    build(source, tmp_path / "same.so")
    load_accelerator(tmp_path / "same.so")


@needs_cc
def test_it_is_built_anew_only_where_the_source_changed(tmp_path: Path) -> None:
    source, library = tmp_path / SOURCE.name, tmp_path / LIBRARY.name
    shutil.copy(SOURCE, source)
    build(source, library)
    first = library.stat()
    build(source, library)
    assert library.stat().st_mtime_ns == first.st_mtime_ns
    source.write_text(SOURCE.read_text("utf-8") + "\n", "utf-8")
    build(source, library)
    # Another file in its place: whoever runs the old one goes on running it.
    assert library.stat().st_ino != first.st_ino
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "build.sh",
        "fan_out.c",
        "fan_out.so",
    ]


@needs_cc
def test_the_compiler_has_nothing_to_say_about_it(tmp_path: Path) -> None:
    warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]
    command = ["cc", "-std=c11", "-O2", *warnings, '-DSOURCE_DIGEST=""', "-c", str(SOURCE)]
    done = subprocess.run(
        [*command, "-o", str(tmp_path / "fan_out.o")], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
