"""How well an engine hears clips whose words are known: `masil eval-captions MANIFEST`.

A manifest is a JSON list of clips: `file` (relative to the manifest) and, for speech, `text`;
besides, `id`, `lang` (ISO 639-1) and `kind` (`speech`, or anything else: no speech in it).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import quantiles
from typing import Any

import msgspec

from analysis.listen_file import listen, read_sound
from analysis.transcriber import Transcriber

BY_CHARACTER = frozenset(("ko", "ja", "zh", "th"))
"""Languages judged by characters: where words end is a matter of taste there."""


class BadManifestError(Exception):
    """The manifest cannot be used; the message is for people."""


class Clip(msgspec.Struct, frozen=True):
    """One entry of a manifest."""

    file: str
    text: str = ""
    id: str = ""
    lang: str = ""
    kind: str = "speech"

    @property
    def speech(self) -> bool:
        """Whether somebody speaks in it."""
        return self.kind == "speech" and bool(self.text)


class Judged(msgspec.Struct, frozen=True):
    """What became of one clip."""

    id: str
    kind: str
    reference: str
    text: str
    exact: bool
    """Word for word, with case and punctuation."""
    wer: float | None
    """Word error rate, 0 to 1 and above; None where nobody speaks."""
    cer: float | None
    lines: int
    """Final captions with text."""
    gaps: int
    language: str
    """Heard; empty where nothing was."""
    expected_language: str
    latency_ms: list[int]
    """Of each final line: from the end of speech until it would be shown."""
    skipped: str = ""
    """Why it was not judged."""


def read_manifest(path: Path) -> list[Clip]:
    """Read a manifest.

    Raises:
        BadManifestError: it is not there, is none, or is empty.
    """
    try:
        entries = msgspec.json.decode(path.read_bytes(), type=list[dict[str, Any]])
        # A field that is null is one that is not there.
        given = [{k: v for k, v in entry.items() if v is not None} for entry in entries]
        clips = msgspec.convert(given, list[Clip])
    except OSError as error:
        raise BadManifestError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:  # msgspec's errors are ValueErrors
        raise BadManifestError(f"{path.name} is no manifest: {error}") from error
    if not clips:
        raise BadManifestError(f"{path.name} names no clips")
    return clips


def evaluate(
    clips: Sequence[Clip], directory: Path, transcriber: Transcriber, loss: float, *, pin: bool
) -> Iterator[Judged]:
    """Judge clips one by one.

    Args:
        clips: of a manifest.
        directory: where their files are.
        transcriber: the engine.
        loss: the share of packets that do not arrive.
        pin: tell the engine each clip's language; else it is detected among those of all clips.

    Raises:
        BadSoundError: a file is not there, or no sound.
    """
    known = transcriber.engine.languages
    spoken = tuple(sorted({clip.lang for clip in clips if clip.lang}))
    for clip in clips:
        if clip.speech and known and clip.lang and clip.lang not in known:
            yield _judged(clip, "", 0, 0, "", [], f"the engine knows only {', '.join(known)}")
            continue
        sound = read_sound(directory / clip.file)
        language = (clip.lang or None) if pin else None
        heard = [
            line
            for line in listen(sound, transcriber, language, loss, clip.id or clip.file, spoken)
            if line.final
        ]
        lines = [line for line in heard if line.text]
        yield _judged(
            clip,
            " ".join(line.text for line in lines),
            len(lines),
            sum(line.gap for line in heard),
            lines[0].language if lines else "",
            [line.latency_ms for line in lines],
        )


def totals(judged: Sequence[Judged]) -> dict[str, Any]:
    """Sum up: error rates over all words (characters) of all clips, not the mean of the clips'."""
    speech = [one for one in judged if one.wer is not None and not one.skipped]
    others = [one for one in judged if one.wer is None]
    latencies = [latency for one in speech for latency in one.latency_ms]
    languages = sorted({one.expected_language for one in speech})
    return {
        "clips": len(judged),
        "speech_clips": len(speech),
        "skipped": sum(bool(one.skipped) for one in judged),
        "exact": sum(one.exact for one in speech),
        "wer": error_rate(speech, by_character=False),
        "cer": error_rate(speech, by_character=True),
        "by_language": {
            language: {
                "clips": sum(one.expected_language == language for one in speech),
                "unit": "character" if language in BY_CHARACTER else "word",
                "error_rate": error_rate(
                    [one for one in speech if one.expected_language == language],
                    by_character=language in BY_CHARACTER,
                ),
            }
            for language in languages
        },
        "language_accuracy": _share(
            [one.language == one.expected_language for one in speech if one.expected_language]
        ),
        "non_speech_clips": len(others),
        "lines_on_non_speech": sum(one.lines for one in others),
        "gaps": sum(one.gaps for one in judged),
        "latency_ms": {"p50": _quantile(latencies, 50), "p95": _quantile(latencies, 95)},
    }


def error_rate(judged: Sequence[Judged], *, by_character: bool) -> float | None:
    """Edit distance by length of the references; None without any."""
    errors = length = 0
    for one in judged:
        reference = units(one.reference, by_character=by_character)
        errors += distance(reference, units(one.text, by_character=by_character))
        length += len(reference)
    return round(errors / length, 4) if length else None


def units(text: str, *, by_character: bool) -> list[str]:
    """Words (or characters) as they are compared: without case, punctuation and abbreviation."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("-", " ")
    text = "".join(c if unicodedata.category(c)[0] in "LNM" or c in " '" else " " for c in text)
    words = ["mister" if word == "mr" else word for word in text.split()]
    return list("".join(words)) if by_character else words


def distance(reference: Sequence[str], heard: Sequence[str]) -> int:
    """Levenshtein's: the fewest units put in, left out or replaced."""
    row = list(range(len(heard) + 1))
    for done, unit in enumerate(reference, 1):
        before, row[0] = row[0], done
        for at, other in enumerate(heard, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (unit != other))
    return row[-1]


def _judged(
    clip: Clip,
    text: str,
    lines: int,
    gaps: int,
    language: str,
    latency_ms: list[int],
    skipped: str = "",
) -> Judged:
    rates = [
        distance(units(clip.text, by_character=each), units(text, by_character=each))
        / max(1, len(units(clip.text, by_character=each)))
        for each in (False, True)
    ]
    return Judged(
        id=clip.id or clip.file,
        kind=clip.kind,
        reference=clip.text,
        text=text,
        exact=clip.speech and text == clip.text,
        wer=round(rates[0], 4) if clip.speech else None,
        cer=round(rates[1], 4) if clip.speech else None,
        lines=lines,
        gaps=gaps,
        language=language,
        expected_language=clip.lang,
        latency_ms=latency_ms,
        skipped=skipped,
    )


def _share(found: Sequence[bool]) -> float | None:
    return round(sum(found) / len(found), 4) if found else None


def _quantile(values: Sequence[int], percent: int) -> int | None:
    if not values:
        return None
    if len(values) == 1:
        return values[0]
    return round(quantiles(values, n=100, method="inclusive")[percent - 1])
