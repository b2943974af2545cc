"""Stretches of a text that say what something shall be like, and name nothing that is meant itself."""

from __future__ import annotations

import regex

LIKENED = regex.compile(
    r"\b(?:same|similar)\b(?! (?:order|one))[^.;,]{0,20}?\b(?:as|to)\b[^.;,]*"
    r"|\b(?:just )?like the (?:ones?|other)\b[^.;,]*"
    r"|\bthan\b[^.;,]*|(?:跟|和|与|像)[^，,。；;]{1,16}(?:一样|相同|同款)的?"
)
""" "the same kind as those that came in May", "和上次那单一样的"."""


def blanked(pattern: regex.Pattern[str], text: str) -> str:
    """The text with blanks where a pattern matches, every other place as it was."""
    return pattern.sub(lambda match: " " * len(match.group()), text)
