"""The intents of shoppers: how likely each is for what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import as_file, files

import numpy as np
import regex

from assistant.domain.understanding import Intent
from assistant.nlu.intents.definitions import IntentDefinition, check, load, load_patterns
from assistant.nlu.intents.linear import Floats, LinearModel

MODEL = "shop.npz"

_NOT_SPOKEN = regex.compile(r"[\p{P}\p{S}\p{M}\s]+")
_PATTERN_TIME_LIMIT_S = 0.05  # a pattern that backtracks this long counts as no match


@dataclass(frozen=True, slots=True)
class ShopIntents:
    """definitions: all that can be told. patterns: by intent, what tells it for sure. model: for everything else."""

    definitions: tuple[IntentDefinition, ...]
    patterns: Mapping[str, tuple[regex.Pattern[str], ...]]
    model: LinearModel

    @classmethod
    def load(cls, embedder: str) -> ShopIntents:
        """The intents that come with the assistant, as fitted. With another embedder than the one they were fitted for,
        they are told by their words alone, which tells fewer right."""
        definitions = load()
        check(definitions)
        with as_file(files(__package__) / MODEL) as path:
            model = LinearModel.load(path)
        if missing := set(model.names) ^ {definition.name for definition in definitions}:
            raise ValueError(f"intents/{MODEL} was not fitted on these definitions: {', '.join(sorted(missing))}")
        if model.embedder != embedder:
            model = replace(model, weights=np.zeros_like(model.weights), embedder="")
        return cls(tuple(definitions), load_patterns(), model)

    def by_pattern(self, folded: str) -> Intent | None:
        """The intent whose pattern matches the whole message, punctuation and emoji aside."""
        spoken = _NOT_SPOKEN.sub(" ", folded).strip()
        joined = spoken.replace(" ", "") if not spoken.isascii() else spoken
        for name, patterns in self.patterns.items():
            if any(_matches(pattern, spoken) or _matches(pattern, joined) for pattern in patterns):
                return Intent(name, 0.99)
        return None

    def likely(self, texts: Sequence[str], vectors: Floats) -> list[dict[str, float]]:
        """For each folded text with its embedding, the probability of each intent by name."""
        if not self.model.embedder:
            vectors = np.zeros((len(texts), len(self.model.mean)), dtype=np.float32)
        return self.model.likely(texts, vectors)


def _matches(pattern: regex.Pattern[str], text: str) -> bool:
    try:
        return pattern.fullmatch(text, timeout=_PATTERN_TIME_LIMIT_S) is not None
    except TimeoutError:
        return False
