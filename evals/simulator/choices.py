"""Which of several options some words mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from assistant.domain.folding import fold

_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
_WORD = re.compile(r"[a-z0-9][a-z0-9.#-]*")
# What comes after these is what is not meant: "everything except the bed", "不是热水器的那个".
_BUT = re.compile(r"\b(?:except(?: for)?|but not|not|isn't|other than)\b|不是|除了|不要|除开")
_EMPTY = re.compile(
    "(?:the|an?|of|for|with|and|or|in|on|my|me|to|that|this|it|is|ones?|please|whichever)|[那这一]个|[那这一]款|[那一]单|[那款单]一|的[那这是]|个的"
)


def identified(words: str, options: Sequence[str]) -> list[int]:
    """The places of the options that the words mean best: one where it is clear, several where it is not, or none."""
    texts = [fold(option) for option in options]
    wanted, unwanted = _split(fold(words))
    if not (wanted or unwanted):
        return []
    same = [place for place, text in enumerate(texts) if text == wanted]
    within = [place for place, text in enumerate(texts) if wanted and text and (wanted in text or text in wanted)]
    for found in (same, within):
        if len(found) == 1:
            return found
    return _by_words(wanted, unwanted, texts)


def _by_words(wanted: str, unwanted: str, texts: Sequence[str]) -> list[int]:
    held = [_words(text) for text in texts]
    spread = Counter(word for words in held for word in words)
    common = {word for word, count in spread.items() if count == len(texts) > 1}  # which tell nothing apart
    scores = [
        sum(1 / spread[word] for word in _words(wanted) & words - common)
        - sum(1 / spread[word] for word in _words(unwanted) & words - common)
        for words in held
    ]
    best = max(scores, default=0)
    if best > 0:
        return [place for place, score in enumerate(scores) if score > best - 1e-9]
    spared = [place for place, score in enumerate(scores) if score == 0]
    return spared if len(spared) < len(scores) else []


def _split(meant: str) -> tuple[str, str]:
    """What is wanted, and what is not."""
    found = _BUT.search(meant)
    return (meant[: found.start()].strip(), meant[found.end() :].strip()) if found else (meant, "")


def _words(text: str) -> set[str]:
    """Words of Latin script and numbers, and pairs of Chinese characters."""
    words = {word.rstrip(".") for word in _WORD.findall(text)}
    for run in _HAN_RUN.findall(text):
        words |= {run[place : place + 2] for place in range(max(len(run) - 1, 1))}
    return {word for word in words if not _EMPTY.fullmatch(word)}
