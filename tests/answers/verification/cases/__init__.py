"""Sentences that a model may write over evidence, honest ones and lies, and the files they are read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.answers.verification.verifier import Standard, Verifier
from tests.answers.verification.store import Stocked

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """store: "demo" or "lamps". language: of the conversation. about: products in question. evidence: by a few of its
    words."""

    store: str
    asked: str
    language: str
    about: tuple[str, ...]
    evidence: tuple[str, ...]
    sentence: str
    honest: bool

    def standard(self, stores: Mapping[str, Stocked], verifier: Verifier) -> Standard:
        store = stores[self.store]
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
    shared = (
        block.get("store", "demo"),
        block["asked"],
        block.get("lang", "zh"),
        tuple(block.get("about", ())),
        tuple(block["evidence"]),
    )
    honest = [Case(*shared, sentence, True) for sentence in block["honest"]]
    return honest + [Case(*shared, sentence, False) for sentence in block["lies"]]
