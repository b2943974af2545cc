"""What every embedder does to text before, and to vectors after, the model."""

from __future__ import annotations

import numpy as np

from assistant.domain.ports import Vectors


def clean(text: str, limit: int) -> str:
    """The first `limit` characters without NUL (it would end the text in C) and lone surrogates (no UTF-8 for them).

    Blank text becomes one space: some engines and endpoints refuse the empty string.
    """
    printable = text[:limit].replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return printable if printable.strip() else " "


def unit_length(vectors: Vectors) -> Vectors:
    """The rows scaled to length 1; a row of zeros stays as it is."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)


def release(version: str) -> str:
    """The part of a version within which results stay the same: "5.1.2" -> "5", and "0.3.1" -> "0.3"."""
    major, _, rest = version.partition(".")
    return f"0.{rest.partition('.')[0]}" if major == "0" and rest else major
