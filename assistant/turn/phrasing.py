"""How a language model is put to wording answers."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answers.generative import Generative


@dataclass(frozen=True, slots=True)
class Phrasing:
    """floor: from which probability on that it answers, evidence is put to a model where none is likely enough to be
    given as it stands. most: pieces of evidence for a question."""

    generative: Generative
    floor: float = 0.15
    most: int = 5
