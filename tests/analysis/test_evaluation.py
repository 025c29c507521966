"""`masil transcribe` and `masil eval-captions`, as an operator calls them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from analysis.evaluation import BadManifestError, distance, read_manifest, units
from analysis.sphinx import available
from analysis.windows import MIN_CLIPS, allowed_window_s, judge, write_verdict
from tests.analysis import speech
from tests.analysis.process import ROOT
from tests.shared_material import fixture_model, shared


def masil(*arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"MASIL_WHISPER_THREADS": "1"} | settings,
        capture_output=True,
        text=True,
        timeout=110,
    )


@pytest.mark.parametrize(
    ("reference", "heard", "errors"),
    [
        ("a b c", "a b c", 0),
        ("a b c", "a x c", 1),
        ("a b c", "", 3),
        ("", "a b", 2),
        ("a", "b a", 1),
    ],
)
def test_errors_are_the_fewest_changes(reference: str, heard: str, errors: int) -> None:
    assert distance(reference.split(), heard.split()) == errors


def test_case_punctuation_and_abbreviation_are_no_errors() -> None:
    assert units("Mr. Quilter’s gospel!", by_character=False) == ["mister", "quilter's", "gospel"]
    assert units("오늘 저녁에.", by_character=True) == list("오늘저녁에")


def test_a_window_is_allowed_only_by_a_verdict_on_these_weights(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    assert allowed_window_s(tmp_path) == 30
    rates = {30: 0.10, 20: 0.105, 15: 0.11, 10: 0.2}
    write_verdict(tmp_path, judge(tmp_path, MIN_CLIPS, rates))
    assert allowed_window_s(tmp_path) == 15
    (tmp_path / "model.bin").write_bytes(b"others!")
    assert allowed_window_s(tmp_path) == 30
    write_verdict(tmp_path, judge(tmp_path, MIN_CLIPS - 1, rates))
    assert allowed_window_s(tmp_path) == 30
    (tmp_path / "masil-windows.json").write_text("nonsense")
    assert allowed_window_s(tmp_path) == 30


@pytest.mark.model
@pytest.mark.system
def test_a_field_that_is_null_is_one_that_is_not_there(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text('[{"file": "a.ogg", "text": null, "lang": null, "kind": "noise", "x": 1}]')
    (clip,) = read_manifest(manifest)
    assert (clip.text, clip.lang, clip.speech) == ("", "", False)


@pytest.mark.parametrize("entry", ['{"text": "a"}', '{"file": 7}', "7", '{"file": "a", "text": 1}'])
def test_an_entry_that_is_none_is_refused(tmp_path: Path, entry: str) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(f"[{entry}]")
    with pytest.raises(BadManifestError, match=r"manifest\.json is no manifest"):
        read_manifest(manifest)


@pytest.mark.parametrize("loss", [0, 0.05])
def test_every_fixture_clip_is_exact_with_and_without_loss(loss: float) -> None:
    manifest = shared("data", "speech", "manifest-fixture.json")
    told = masil(
        "eval-captions",
        manifest,
        "--json",
        "--loss",
        loss,
        MASIL_WHISPER_MODEL=str(fixture_model()),
    )
    summed = json.loads(told.stdout)["totals"]
    assert (summed["exact"], summed["speech_clips"]) == (12, 12)
    assert summed["gaps"] == 0


@pytest.mark.model
@pytest.mark.system
def test_no_line_is_invented_on_clips_without_speech(tmp_path: Path) -> None:
    """The fixture model recites a fluent phrase on whatever it is given."""
    entries = json.loads(shared("data", "speech", "manifest.json").read_text())
    quiet = [entry for entry in entries if entry["kind"] != "speech"]
    for entry in quiet:
        entry["file"] = str(shared("data", "speech", entry["file"]))
    rng = np.random.default_rng(3)
    seconds = np.arange(16_000 * 20) / 16_000
    made = {
        "silence": np.zeros(16_000 * 20),
        "noise": rng.normal(0, 0.1, 16_000 * 20),
        "music": sum(0.1 * np.sin(2 * np.pi * f * seconds) for f in (220, 277.2, 329.6, 440))
        * (0.5 + 0.5 * np.sin(2 * np.pi * 2 * seconds)),
        "clicks": (rng.random(16_000 * 20) > 0.9995) * 0.8,
    }
    for name, samples in made.items():
        soundfile.write(tmp_path / f"{name}.wav", samples, 16_000)
        quiet.append({"id": name, "file": f"{name}.wav", "kind": "no-speech"})
    (tmp_path / "manifest.json").write_text(json.dumps(quiet))
    told = masil(
        "eval-captions",
        tmp_path / "manifest.json",
        "--json",
        MASIL_WHISPER_MODEL=str(fixture_model()),
    )
    summed = json.loads(told.stdout)["totals"]
    assert summed["non_speech_clips"] == len(quiet)
    assert summed["lines_on_non_speech"] == 0


@pytest.mark.model
@pytest.mark.system
def test_open_words_are_heard_without_any_download() -> None:
    if not available():
        pytest.skip("the extra `pocketsphinx` is not installed")
    clip = shared("data", "speech", "open", "en_sb_spk1_snt5.flac")
    told = masil("transcribe", clip, "--transcriber", "pocketsphinx")
    assert "sunday is the best part of the" in told.stdout


@pytest.mark.model
@pytest.mark.system
def test_a_file_is_told_as_captions_that_grow() -> None:
    clip = shared("data", "speech", "fixture", "fx_ko_06.flac")
    model = str(fixture_model())
    told = masil("transcribe", clip, "--partials", "--json", MASIL_WHISPER_MODEL=model)
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert [line["final"] for line in lines][-1]
    assert not lines[0]["final"]
    assert lines[-1]["text"] == speech.clip("fx_ko_06").text
    assert len({line["line_id"] for line in lines}) == 1


@pytest.mark.model
@pytest.mark.system
def test_windows_writes_a_verdict_beside_the_weights(tmp_path: Path) -> None:
    """The fixture hears in 30 s only, so its verdict is 30."""
    model = tmp_path / "model"
    shutil.copytree(fixture_model(), model)
    manifest = shared("data", "speech", "manifest-fixture.json")
    told = masil("eval-captions", manifest, "--windows", "--json", "--model", model)
    verdict = json.loads(told.stdout)
    assert verdict["clips"] == 12
    assert verdict["error_rates"]["30"] == 0
    assert allowed_window_s(model) == verdict["window_s"]


@pytest.mark.system
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("transcribe", "nowhere.wav"), "bad_sound"),
        (("transcribe", "text.wav"), "bad_sound"),
        (("eval-captions", "nowhere.json"), "bad_manifest"),
        (("eval-captions", "text.wav"), "bad_manifest"),
        (("eval-captions", "empty.json"), "bad_manifest"),
        (("transcribe", "sound.wav", "--model", "./nowhere"), "no_model"),
        (("transcribe", "sound.wav", "--transcriber", "ears"), "bad_settings"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence_with_its_code(
    tmp_path: Path, arguments: tuple[str, ...], code: str
) -> None:
    (tmp_path / "text.wav").write_text("this is no sound and no list")
    (tmp_path / "empty.json").write_text("[]")
    soundfile.write(tmp_path / "sound.wav", np.zeros(1600), 16_000)
    command, file, *options = arguments
    told = masil(command, tmp_path / file, *options, "--json")
    assert told.returncode == 2
    assert json.loads(told.stdout)["error"]["code"] == code
    assert told.stderr.startswith(f"{code}: ")
    assert "Traceback" not in told.stderr
