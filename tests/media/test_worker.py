"""The worker as the process it is: confined, killed, restarted, ended."""

from __future__ import annotations

import asyncio
import signal
import stat
import sys

from protocol.media import OpenSession, encoder
from server.config import Settings
from server.domain.errors import MediaUnavailableError
from server.media.embedded.worker import Worker
from server.media.frames import frame
from server.media.link import MediaLink
from server.ports import MediaEngineEvent, MediaUpChanged
from tests.media.conftest import House, seat

_PROGRAM = """
import asyncio, pathlib, resource, sys
from server.config import Settings
from server.media.embedded.worker import run_worker
asyncio.run(run_worker(Settings(
    state_dir=pathlib.Path(sys.argv[1]), media_host="127.0.0.1", media_port=0, slots=2
)))
assert resource.getrlimit(resource.RLIMIT_FSIZE) == (0, 0)
"""


async def _start(settings: Settings) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _PROGRAM,
        str(settings.state_dir),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def _next(events: asyncio.Queue[MediaEngineEvent]) -> MediaEngineEvent:
    async with asyncio.timeout(20):
        return await events.get()


async def test_a_killed_worker_is_told_and_sigterm_ends_another_cleanly(
    settings: Settings,
) -> None:
    """Two real processes, started at the same time because that is what takes long."""
    polite, doomed = await asyncio.gather(
        _start(settings.model_copy(update={"state_dir": settings.state_dir / "polite"})),
        _start(settings),
    )
    link = MediaLink(settings.media_socket())
    events: asyncio.Queue[MediaEngineEvent] = asyncio.Queue(100)

    async def watch() -> None:
        async for event in link.events():
            events.put_nowait(event)

    watching = asyncio.create_task(watch())
    assert await _next(events) == MediaUpChanged(False)
    await link.start()
    assert await _next(events) == MediaUpChanged(True)
    assert stat.S_IMODE(settings.media_socket().stat().st_mode) == 0o600
    assert "a=ice-lite" in await link.open_seat(seat("a"))
    doomed.kill()
    assert await _next(events) == MediaUpChanged(False)
    await doomed.communicate()
    async with Worker(settings):
        assert await _next(events) == MediaUpChanged(True)
        assert (await link.counters())["datagrams_in"] == 0
    assert await _next(events) == MediaUpChanged(False)
    await link.close()
    watching.cancel()
    await asyncio.wait([watching])
    await _ends_cleanly(polite)


async def _ends_cleanly(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    async with asyncio.timeout(20):
        while b"media ready" not in await process.stdout.readline():
            assert process.returncode is None
    process.send_signal(signal.SIGTERM)
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    assert b"media stopped" in output


async def test_calls_without_a_worker_say_so_and_never_hang(settings: Settings) -> None:
    link = MediaLink(settings.media_socket())
    await link.start()
    for call in (link.open_seat(seat("a")), link.counters()):
        try:
            await call
        except MediaUnavailableError:
            continue
        raise AssertionError
    await link.set_seat(seat("a"))
    await link.close_seat(seat("a").media_id)
    await link.close()


async def test_a_gate_that_breaks_the_protocol_is_cut_and_can_come_back(house: House) -> None:
    path = house.link._path
    command = OpenSession(
        request=1,
        media_id="x",
        room_id="r",
        home=None,
        csrc=1,
        role="speaker",
        muted=False,
        tap_id=None,
    )
    for spoilt in (
        b"\xff\xff\xff\xff",
        frame(b"\x81"),
        frame(b"\xc1"),
        frame(encoder.encode(command).replace(b"speaker", b"emperor")),
    ):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(spoilt)
        async with asyncio.timeout(2):
            assert await reader.read() == b""
        writer.close()
    await house.saw(lambda: house.seen[-1] == MediaUpChanged(True))
    assert await house.count("datagrams_in") == 0
