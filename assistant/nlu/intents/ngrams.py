"""Character and word n-grams of a text as a hashed sparse vector, for Chinese and Latin script alike."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

import numpy as np
import regex
from scipy.sparse import csr_matrix

_TOKEN = regex.compile(r"\p{Han}+|[[\p{L}\p{N}\p{M}]--\p{Han}]+", regex.V1)
_HAN = regex.compile(r"\p{Han}")
_WORDS, _CHARACTERS = 0, 1  # seeds of the two kinds of n-grams, which never share a slot by kind


def hashed(texts: Sequence[str], *, bits: int, weight: float) -> csr_matrix:
    """Shape (len(texts), 2**bits), float32: each kind of n-grams of a text has length `weight` (signed feature hashing:
    Weinberger et al. 2009)."""
    size = 1 << bits
    columns: list[int] = []
    values: list[float] = []
    rows = [0]
    for text in texts:
        for seed, grams in ((_WORDS, set(_words(text))), (_CHARACTERS, set(_pieces(text)))):
            share = weight / np.sqrt(len(grams)) if grams else 0.0
            for gram in grams:
                code = zlib.crc32(gram.encode("utf-8", "surrogatepass"), seed)
                columns.append(code % size)
                values.append(share if code >> 31 else -share)
        rows.append(len(columns))
    matrix = csr_matrix(
        (np.array(values, np.float32), np.array(columns, np.int32), np.array(rows, np.int64)), shape=(len(texts), size)
    )
    matrix.sum_duplicates()
    return matrix


def _words(text: str) -> Iterator[str]:
    """Characters and pairs of Chinese; words and pairs of words elsewhere."""
    before = ""
    for match in _TOKEN.finditer(text):
        token = match.group()
        if _HAN.match(token):
            yield from _of_length(token, 1, 2)
            before = ""
            continue
        yield token
        if before:
            yield f"{before} {token}"
        before = token


def _pieces(text: str) -> Iterator[str]:
    """Two and three characters of Chinese; two to four of a word with its edges."""
    for match in _TOKEN.finditer(text):
        token = match.group()
        yield from _of_length(token, 2, 3) if _HAN.match(token) else _of_length(f" {token} ", 2, 4)


def _of_length(text: str, shortest: int, longest: int) -> Iterator[str]:
    for length in range(shortest, longest + 1):
        yield from (text[start : start + length] for start in range(len(text) - length + 1))
