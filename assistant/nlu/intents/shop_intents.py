"""The intents of shoppers: how likely each is for what was said."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import as_file, files

import numpy as np
import regex

from assistant.domain.folding import fold
from assistant.domain.ports import Embedder
from assistant.domain.understanding import Intent
from assistant.nlu.intents.definitions import IntentDefinition, check, lessons, load, load_patterns
from assistant.nlu.intents.kept_models import KeptModels
from assistant.nlu.intents.kept_vectors import KeptVectors
from assistant.nlu.intents.linear import LinearModel
from assistant.nlu.intents.regression import Floats

MODEL = "shop.npz"
VECTORS = "shop_vectors.npz"

_NOT_SPOKEN = regex.compile(r"[\p{P}\p{S}\p{M}\s]+")
_OWN_COUNTS = 3  # times an example that a store adds counts beside those that come with the assistant
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

    async def taught(
        self, definitions: Sequence[IntentDefinition], embedder: Embedder, *, kept: KeptModels | None = None
    ) -> ShopIntents:
        """Other definitions, fitted on their examples with this embedder: a store's, as `merged` makes them.

        Takes a few seconds of one processor in a thread, unless `kept` has the model; examples that come with the
        assistant are not embedded again. Raises ValueError for definitions that do not hold together.
        """
        check(definitions)
        known = set(lessons(self.definitions))
        if set(lessons(definitions)) == known:
            return replace(self, definitions=tuple(definitions))  # only where they lead has changed
        pairs = [
            (fold(text), intent)
            for text, intent in lessons(definitions)
            for _ in range(1 if (text, intent) in known else _OWN_COUNTS)
        ]
        model = await asyncio.to_thread(kept.find, pairs, embedder.name) if kept else None
        if model is None:
            model = await _fitted(pairs, embedder, self.model if self.model.embedder == embedder.name else None)
            if kept:
                await asyncio.to_thread(kept.keep, pairs, model)
        return replace(self, definitions=tuple(definitions), model=model)

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


async def _fitted(pairs: Sequence[tuple[str, str]], embedder: Embedder, start: LinearModel | None) -> LinearModel:
    """`pairs` of folded texts and intents."""
    texts = [text for text, _ in pairs]
    with as_file(files(__package__) / VECTORS) as path:
        shipped = await asyncio.to_thread(KeptVectors.load, path)
    vectors = dict(shipped.find(texts)) if shipped.embedder == embedder.name else {}
    if fresh := [text for text in dict.fromkeys(texts) if text not in vectors]:
        vectors.update(zip(fresh, await embedder.embed_queries(fresh), strict=True))
    rows = np.stack([vectors[text] for text in texts])
    intents = [intent for _, intent in pairs]
    return await asyncio.to_thread(LinearModel.fit, texts, intents, rows, embedder.name, start=start)


def _matches(pattern: regex.Pattern[str], text: str) -> bool:
    try:
        return pattern.fullmatch(text, timeout=_PATTERN_TIME_LIMIT_S) is not None
    except TimeoutError:
        return False
