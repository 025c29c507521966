from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from analysis import config, fetch
from analysis.model import engine_at_rest
from analysis.transcriber import ModelUnavailableError
from analysis.whisper import REQUIRED_FILES, WhisperTranscriber
from server.config import Settings as GateSettings


def settings(**values: object) -> config.Settings:
    return config.Settings(**values)  # type: ignore[arg-type]


def test_both_processes_have_the_same_defaults(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # where there is no .env
    for name in [name for name in os.environ if name.startswith("MASIL_")]:
        monkeypatch.delenv(name)
    ours, gates = config.Settings(), GateSettings()
    shared = config.Settings.model_fields.keys() & GateSettings.model_fields.keys()
    assert "whisper_model" in shared
    assert {name: getattr(ours, name) for name in shared} == {
        name: getattr(gates, name) for name in shared
    }
    assert ours.resolved_analysis_url() == gates.resolved_analysis_url()


def test_a_whole_model_of_a_size_is_found_where_fetch_puts_it(tmp_path: Path) -> None:
    model = tmp_path / "models" / "tiny"
    model.mkdir(parents=True)
    here = settings(state_dir=tmp_path, whisper_model="tiny")
    for name in REQUIRED_FILES:
        assert engine_at_rest(here).state == "missing"
        (model / name).touch()
    assert engine_at_rest(here).state == "ready"


def test_a_directory_that_is_not_there_is_unavailable_and_not_fetched(tmp_path: Path) -> None:
    engine = engine_at_rest(settings(whisper_model=str(tmp_path / "nowhere")))
    assert (engine.state, engine.fetch) == ("unavailable", None)


@pytest.mark.model
def test_every_size_of_the_library_has_a_repository() -> None:
    from faster_whisper import available_models

    assert all("/" in fetch.repository(size) for size in available_models())


def test_a_directory_without_tokenizer_is_refused_before_anything_could_ask_the_hub(
    tmp_path: Path,
) -> None:
    (tmp_path / "config.json").touch()
    (tmp_path / "model.bin").touch()
    engine = engine_at_rest(settings(whisper_model=str(tmp_path)))
    assert (engine.state, engine.detail) == (
        "unavailable",
        "the model directory lacks tokenizer.json",
    )
    with pytest.raises(ModelUnavailableError, match=r"lacks tokenizer\.json"):
        WhisperTranscriber(tmp_path, "cpu", 1)


def test_a_fetch_without_the_hub_fails_with_one_line_of_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("MASIL_STATE_DIR", str(tmp_path))
    assert fetch.main(["tiny"]) == 1
    assert "could not be downloaded" in json.loads(capsys.readouterr().out)["error"]
    assert list((tmp_path / "models").iterdir()) == []


def test_a_fetch_of_nothing_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch.main([]) == 2
    assert "usage" in json.loads(capsys.readouterr().out)["error"]
