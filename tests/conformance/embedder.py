"""What every implementation of the `Embedder` port does."""

from __future__ import annotations

import asyncio

import numpy as np

from assistant.domain.ports import Embedder

DELIVERY = "How long does delivery take?"
SHIPPING = "How many days until my parcel is delivered?"
FABRIC = "The jacket is made of recycled wool."


class EmbedderSuite:
    """Needs a fixture `embedder`."""

    async def test_vectors_have_the_stated_shape_type_and_unit_length(self, embedder: Embedder) -> None:
        for embed in (embedder.embed_queries, embedder.embed_passages):
            vectors = await embed([DELIVERY, FABRIC, "羊毛外套"])
            assert vectors.shape == (3, embedder.dimension)
            assert vectors.dtype == np.float32
            assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)

    async def test_rows_keep_the_order_of_the_texts_also_in_a_long_list(self, embedder: Embedder) -> None:
        texts = [f"Jacket number {number}, size {number % 7}" for number in range(40)]
        vectors = await embedder.embed_passages(texts)
        for place in (0, 17, 39):
            alone = await embedder.embed_passages([texts[place]])
            assert int(np.argmax(vectors @ alone[0])) == place

    async def test_no_text_gives_no_vector(self, embedder: Embedder) -> None:
        assert (await embedder.embed_queries([])).shape == (0, embedder.dimension)
        assert (await embedder.embed_passages([])).shape == (0, embedder.dimension)

    async def test_what_means_the_same_is_closer_than_what_does_not(self, embedder: Embedder) -> None:
        query = (await embedder.embed_queries([DELIVERY]))[0]
        same, other = await embedder.embed_passages([SHIPPING, FABRIC])
        assert query @ same > query @ other

    async def test_equal_text_gives_equal_vectors(self, embedder: Embedder) -> None:
        first, second = await embedder.embed_queries([DELIVERY]), await embedder.embed_queries([DELIVERY])
        assert np.allclose(first, second, atol=1e-5)

    async def test_concurrent_calls_get_their_own_vectors(self, embedder: Embedder) -> None:
        texts = [f"Question {number}: does it fit a {number} litre pot?" for number in range(12)]
        alone = [await embedder.embed_queries([text]) for text in texts]
        together = await asyncio.gather(*(embedder.embed_queries([text]) for text in texts))
        for one, other in zip(alone, together, strict=True):
            assert np.allclose(one, other, atol=1e-4)

    async def test_odd_text_is_embedded_too(self, embedder: Embedder) -> None:
        odd = ["", "   ", "\0", "before\0after", "half \ud83c of a pair", "👟" * 30, "long " * 3_000]
        vectors = await embedder.embed_queries(odd)
        assert np.isfinite(vectors).all()
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)

    async def test_the_name_says_which_model_it_is_and_does_not_change(self, embedder: Embedder) -> None:
        assert embedder.name == embedder.name
        assert len(embedder.name) > 3
