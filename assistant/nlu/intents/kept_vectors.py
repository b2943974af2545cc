"""Embeddings of the examples that come with the assistant: a store's own intents are fitted beside them at once.

Four bits a number: on held-out examples a model fitted on them tells as many right as one fitted on the embeddings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.nlu.intents.regression import Floats

_STEPS = 7  # to each side of zero
_REACH = 2.7  # standard deviations of a row; what lies beyond is cut off


@dataclass(frozen=True, slots=True)
class KeptVectors:
    """embedder: whose they are. mean: of all. digests: of the texts, ascending. codes: (texts, dimension / 2), two
    numbers a byte, of the distances to the mean. steps: (texts,), how long one step of a code is."""

    embedder: str
    mean: Floats
    digests: npt.NDArray[np.uint64]
    codes: npt.NDArray[np.uint8]
    steps: npt.NDArray[np.float16]

    @classmethod
    def of(cls, texts: Sequence[str], vectors: Floats, embedder: str) -> KeptVectors:
        """Raises ValueError for vectors with an odd number of columns."""
        if vectors.shape[1] % 2:
            raise ValueError(f"embeddings of {vectors.shape[1]} numbers cannot be kept: two numbers share a byte")
        digests, first = np.unique(_digests(texts), return_index=True)
        mean = vectors.mean(axis=0)
        rest = vectors[first] - mean
        steps = (rest.std(axis=1) * _REACH / _STEPS).astype(np.float16)
        levels = np.clip(np.round(rest / np.maximum(steps[:, None], 1e-6)), -_STEPS, _STEPS) + _STEPS
        codes = levels.astype(np.uint8)
        return cls(embedder, mean, digests, codes[:, ::2] << 4 | codes[:, 1::2], steps)

    def find(self, texts: Sequence[str]) -> Mapping[str, Floats]:
        """Those that are there, by text."""
        if not len(self.digests):
            return {}
        digests = _digests(texts)
        places = np.minimum(np.searchsorted(self.digests, digests), len(self.digests) - 1)
        return {
            text: self._vector(int(place))
            for text, place, digest in zip(texts, places, digests, strict=True)
            if self.digests[place] == digest
        }

    def save(self, path: Path) -> None:
        np.savez(
            path,
            embedder=np.array(self.embedder),
            mean=self.mean,
            digests=self.digests,
            codes=self.codes,
            steps=self.steps,
        )

    @classmethod
    def load(cls, path: Path) -> KeptVectors:
        """Raises ValueError or KeyError for a file that holds no vectors."""
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return cls(str(file["embedder"]), file["mean"], file["digests"], file["codes"], file["steps"])

    def _vector(self, place: int) -> Floats:
        code = self.codes[place]
        levels = np.stack([code >> 4, code & 15], axis=1).reshape(-1).astype(np.float32) - _STEPS
        vector: Floats = (self.mean + levels * np.float32(self.steps[place])).astype(np.float32)
        return vector


def _digests(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    found = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8] for text in texts]
    return np.frombuffer(b"".join(found), dtype="<u8").astype(np.uint64)
