"""`python -m analysis.fetch SIZE`: download a model into `state_dir`/models, whole or not at all.

Runs as a child of the gate, since the process that hears voices cannot write files. Standard
output is for programs: lines of JSON, {"progress": 0.42} and at last {"done": true} or
{"error": "…"}.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from analysis.config import Settings
from analysis.transcriber import ModelUnavailableError
from analysis.whisper import REQUIRED_FILES, check_model_dir

FILES = (*REQUIRED_FILES, "preprocessor_config.json", "vocabulary.*")
POLL_S = 0.5
REQUEST_TIMEOUT_S = 10.0
CONNECT_TIMEOUT_S = 30.0


class FetchError(Exception):
    """The model could not be downloaded; the message is for people."""


def repository(size: str) -> str:
    """Return where a size is published.

    Raises:
        FetchError: there is no such size.
    """
    from faster_whisper import utils  # slow to import

    found: str | None = utils._MODELS.get(size)  # private: pinned, and tested
    if found is None:
        raise FetchError(f"there is no model of the name {size}")
    return found


async def fetch(size: str, models_dir: Path) -> None:
    """Download one model, saying how far it is.

    Raises:
        FetchError: it could not be downloaded.
    """
    if os.environ.get("HF_HUB_OFFLINE", "") in ("1", "true", "TRUE", "yes", "on"):
        raise FetchError("could not be downloaded: the hub is switched off (HF_HUB_OFFLINE)")
    repo = repository(size)
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            total = await asyncio.to_thread(_size_of, repo)
    except TimeoutError:
        raise FetchError("could not be downloaded: the model hub does not answer") from None
    with tempfile.TemporaryDirectory(dir=models_dir, prefix=".fetching-") as directory:
        partial = Path(directory) / "model"
        download = asyncio.create_task(asyncio.to_thread(_download, repo, partial))
        while not (await asyncio.wait([download], timeout=POLL_S))[0]:
            say({"progress": round(min(0.99, _bytes_in(partial) / max(1, total)), 3)})
        download.result()
        try:
            check_model_dir(partial)
        except ModelUnavailableError as error:
            raise FetchError(f"could not be downloaded: {error}") from None
        shutil.rmtree(partial / ".cache", ignore_errors=True)
        target = models_dir / size
        shutil.rmtree(target, ignore_errors=True)
        partial.rename(target)


def say(line: dict[str, object]) -> None:
    """Write one line of JSON for the gate."""
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _size_of(repo: str) -> int:
    import httpx2
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    try:
        info = HfApi().model_info(repo, timeout=REQUEST_TIMEOUT_S, files_metadata=True)
    except (httpx2.HTTPError, HfHubHTTPError, OSError) as error:
        raise FetchError("could not be downloaded: the model hub cannot be reached") from error
    return sum(file.size or 0 for file in info.siblings or ())


def _download(repo: str, target: Path) -> None:
    import httpx2
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError

    try:
        snapshot_download(
            repo, local_dir=target, allow_patterns=list(FILES), etag_timeout=REQUEST_TIMEOUT_S
        )
    except (httpx2.HTTPError, HfHubHTTPError, OSError) as error:
        raise FetchError("could not be downloaded: the connection to the hub broke") from error


def _bytes_in(directory: Path) -> int:
    total = 0
    for path in directory.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue  # renamed between listing and asking: counted under its new name next time
    return total


def main(arguments: list[str]) -> int:
    """Run the command; returns its exit code."""
    if len(arguments) != 1:
        say({"error": "usage: python -m analysis.fetch SIZE"})
        return 2
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_XET", "1")  # else bytes arrive where they are not counted
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        models_dir = Settings().models_dir()
        models_dir.mkdir(parents=True, exist_ok=True)
        asyncio.run(fetch(arguments[0], models_dir))
    except FetchError as error:
        say({"error": str(error)})
        return 1
    except OSError as error:
        say({"error": f"could not be stored: {error.strerror or 'the disk refused'}"})
        return 1
    say({"done": True})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
