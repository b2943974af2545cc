"""The demo store starts at once: its embeddings come with it."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing

import numpy as np

from tests.turn.conftest import DEMO
from tests.turn.shopper import Shop

_STALE = 0.05  # of the texts, which a first start has the time to embed


def test_nearly_all_texts_of_the_demo_store_have_come_with_their_embeddings(demo: Shop) -> None:
    """If this fails: texts were changed, and `python -m evals.demo_embeddings` is to be run."""
    version = demo.app.versions.published(demo.store_id)
    assert version is not None
    with closing(sqlite3.connect(demo.app.versions.folder(version.scope) / "index.db")) as connection:
        texts = [text for (text,) in connection.execute("SELECT DISTINCT text FROM texts")]
    with np.load(DEMO / "embeddings.npz", allow_pickle=False) as file:
        assert str(file["embedder"]) == demo.app.embedder.name
        known = {key.tobytes() for key in file["keys"]}
    fresh = [text for text in texts if hashlib.sha256(text.encode()).digest() not in known]
    assert len(fresh) <= _STALE * len(texts), fresh
