"""The languages that the house speaks outside its pages."""

from __future__ import annotations

from enum import Enum


class Language(Enum):
    """ISO 639-1."""

    ENGLISH = "en"
    KOREAN = "ko"
