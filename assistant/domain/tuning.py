"""What a store has of its own beside its knowledge: intents that it adds, and how sure evidence must be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A text that people wrote. name: as reports show it ("intents/tasting.yaml")."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Tuning:
    """intents: YAML files of definitions, in the order of their names. calibration: what was fitted to the store's own
    rated answers; "" where there is none."""

    intents: tuple[WrittenFile, ...] = ()
    calibration: str = ""
