"""Sentences that a model may write over evidence, honest ones and lies, and the files they are read from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.answers.verification.verifier import Standard, Verifier
from tests.answers.verification.store import Stocked

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """reason: the code that a lie is refused with, "" where any will do."""

    asked: str
    language: str
    about: tuple[str, ...]
    evidence: tuple[str, ...]
    sentence: str
    honest: bool
    reason: str = ""

    def standard(self, store: Stocked, verifier: Verifier) -> Standard:
        return verifier.over(
            store.evidence(self.evidence, self.language, self.about),
            asked=self.asked,
            products=[store.product(number) for number in self.about],
        )


def cases(name: str) -> list[Case]:
    """All cases of a file."""
    blocks = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return [case for block in blocks for case in _of(block)]


def _of(block: dict[str, Any]) -> list[Case]:
    shared = (block["asked"], block.get("lang", "zh"), tuple(block.get("about", ())), tuple(block["evidence"]))
    honest = [Case(*shared, sentence, True) for sentence in block["honest"]]
    lies = [lie if isinstance(lie, list) else ["", lie] for lie in block["lies"]]
    return honest + [Case(*shared, sentence, False, reason) for reason, sentence in lies]
