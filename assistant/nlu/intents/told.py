"""What a message was taken for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """likely: probability by intent. none: the probability that it is none of them. chosen: what to take it for, the
    likeliest first; nothing where that is best taken as none of the intents."""

    likely: Mapping[str, float]
    none: float
    chosen: tuple[str, ...]


def together(told: Iterable[Told]) -> Told:
    """Of a message that was read in parts: an intent is as likely as in the part where it is likeliest."""
    parts = list(told)
    likely = {name: max(part.likely[name] for part in parts) for name in parts[0].likely}
    chosen = {name for part in parts for name in part.chosen}
    return Told(likely, min(part.none for part in parts), tuple(sorted(chosen, key=lambda name: -likely[name])))
