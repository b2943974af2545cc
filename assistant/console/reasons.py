"""Why a message was answered as it was, in words, as a page shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.domain.explanation import Explained


@dataclass(frozen=True, slots=True)
class Row:
    """Something that was found out, and what it is called; "" where it goes on with the row before."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Looked:
    """Evidence that was looked at. likely: the probability that it answers, in words. chosen: the reply rests on it."""

    likely: str
    text: str
    source: str
    signals: str
    taken: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that the message asks. title: "" where it asks one only; said: its words then."""

    title: str
    said: str
    rows: tuple[Row, ...]
    looked: tuple[Looked, ...]
    why: Row


@dataclass(frozen=True, slots=True)
class Reasons:
    """message: what was read from all of it. dropped: what was left out of the reply, each with the reason."""

    message: tuple[Row, ...]
    matters: tuple[Matter, ...]
    dropped: tuple[str, ...]
    looked_title: str


Explainer = Callable[[str, Explained, str], Reasons]
"""The reasons for the reply to a text, in a language ("zh" or "en")."""
