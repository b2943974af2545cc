"""Reads published attacks: BIPIA's, which are planted in texts, and CyberSecEval's, which users write."""

from __future__ import annotations

import json
from pathlib import Path

PLANTED = "bipia_text_attack_train.json"
SAID = "cyberseceval_en_dev.jsonl"


class NoAttacks(Exception):
    """A file is missing or of another format; the message says which."""


def planted(folder: Path) -> list[str]:
    """Instructions to be planted. Raises NoAttacks."""
    content = _read(folder / PLANTED)
    try:
        return [text for texts in json.loads(content).values() for text in texts]
    except (ValueError, AttributeError, TypeError) as error:
        raise NoAttacks(f"{folder / PLANTED}: not a map of lists of texts ({error})") from error


def said(folder: Path) -> list[str]:
    """What shoppers write. Raises NoAttacks."""
    try:
        return [json.loads(line)["user_input"] for line in _read(folder / SAID).splitlines() if line.strip()]
    except (ValueError, KeyError, TypeError) as error:
        raise NoAttacks(f"{folder / SAID}: a line is no object with user_input ({error})") from error


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise NoAttacks(f"{file}: {error.strerror}") from error
