"""What MASIL_FANOUT asks for is what seals voices."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.bootstrap.media import choose_fanout
from server.config import Settings
from server.media.link import MediaLink
from server.ports import MediaUpChanged
from server.start import StartError
from tests.media.sealing import accelerator
from tests.server_process.running import Running


def start(directory: Path, choice: str) -> Running:
    variables = {
        "MASIL_STATE_DIR": str(directory),
        "MASIL_MEDIA_HOST": "127.0.0.1",
        "MASIL_MEDIA_PORT": "0",
        "MASIL_FANOUT": choice,
    }
    return Running("-m", "server", "media", environment=variables)


@pytest.mark.parametrize(
    ("choice", "chosen"), [("auto", "native"), ("native", "native"), ("python", "python")]
)
async def test_the_log_and_a_counter_tell_which_fanout_runs(
    tmp_path: Path, choice: str, chosen: str
) -> None:
    accelerator(chosen)  # skips where it cannot be built
    running = start(tmp_path, choice)
    link = MediaLink(tmp_path / "run" / "media.sock")
    try:
        assert f"fanout={chosen}" in running.line_with("media ready")
        await link.start()
        async for event in link.events():
            if event == MediaUpChanged(True):
                break
        assert (await link.counters())["native_fanout"] == (chosen == "native")
    finally:
        await link.close()
        running.stop()


def test_without_the_c_loop_it_is_python(tmp_path: Path) -> None:
    assert choose_fanout(Settings(fanout="auto"), tmp_path / "fan_out.so") is None


def test_asking_for_a_c_loop_that_is_not_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"MASIL_FANOUT=native.*tools/native\.sh"):
        choose_fanout(Settings(fanout="native"), tmp_path / "fan_out.so")
