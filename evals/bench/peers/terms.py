"""Text to terms for BM25, prepared for Chinese as the assistant's own index is."""

from __future__ import annotations

import regex

from assistant.domain.folding import fold

_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
_RUN_OR_WORD = regex.compile(rf"(?V1)(?P<run>{_UNSPACED}+)|[[\p{{L}}\p{{N}}]--{_UNSPACED}]+")


def characters_and_pairs(text: str) -> list[str]:
    """Every character and every pair of neighbours of scripts without spaces, whole words of others; folded."""
    terms: list[str] = []
    for found in _RUN_OR_WORD.finditer(fold(text)):
        if run := found["run"]:
            terms.extend(run)
            terms.extend(run[start : start + 2] for start in range(len(run) - 1))
        else:
            terms.append(found[0])
    return terms
