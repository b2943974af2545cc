"""Fits the intents that come with the assistant on their examples: `python -m evals.training`, after changing them.

Takes about five minutes on two cores, most of it to embed the examples; texts embedded before are kept.
"""

from __future__ import annotations

import asyncio
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from assistant.bootstrap import application
from assistant.domain.folding import fold
from assistant.nlu.intents import MODEL, VECTORS, KeptVectors, LinearModel, check, lessons, load
from assistant.settings import Settings

_AT_ONCE = 256


async def fit_intents(settings: Settings, folder: Path) -> LinearModel:
    """Fits with the embedder of the settings, and writes the model and the embeddings of its examples to `folder`."""
    definitions = load()
    check(definitions)
    pairs = [(fold(text), intent) for text, intent in lessons(definitions)]
    texts = [text for text, _ in pairs]
    async with application(settings) as app:
        batches = [
            await app.embedder.embed_queries(texts[start : start + _AT_ONCE])
            for start in range(0, len(texts), _AT_ONCE)
        ]
        name = app.embedder.name
    vectors = np.concatenate(batches)
    model = await asyncio.to_thread(LinearModel.fit, texts, [intent for _, intent in pairs], vectors, name)
    model.save(folder / MODEL)
    KeptVectors.of(texts, vectors, name).save(folder / VECTORS)
    return model


if __name__ == "__main__":
    with as_file(files("assistant.nlu.intents")) as target:
        asyncio.run(fit_intents(Settings(), target))
