"""Intents taught by examples alone, in numbers or few.

A message has one of the intents or none; or, where some examples have several, any number of them. What was learnt is
checked on examples held out, so that the probabilities are to be believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import regex

from assistant.nlu.intents.linear import inputs_of
from assistant.nlu.intents.one_intent import OneIntent
from assistant.nlu.intents.regression import Floats
from assistant.nlu.intents.several_intents import SeveralIntents
from assistant.nlu.intents.told import Told

_END = regex.compile(r"[。！？!?；;\n…]+|\.(?=\s|$)|[，,](?!\d)")
_WORD = regex.compile(r"\p{Han}|[[\p{L}\p{N}\p{M}']--\p{Han}]+", regex.V1)
_LEAST_WORDS = 3  # of a part that is told by itself; in Chinese, characters


@dataclass(frozen=True, slots=True)
class Lesson:
    """A folded text with the intents it has; without any, it shows what is none of them."""

    text: str
    intents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaughtIntents:
    """mean: of the embeddings of all lessons."""

    mean: Floats
    teller: OneIntent | SeveralIntents

    @classmethod
    def fit(cls, lessons: Sequence[Lesson], vectors: Floats) -> TaughtIntents:
        """Row i of `vectors` is the embedding of the text of lessons[i] as a query. Raises ValueError without intents.

        A message may have several intents if a lesson has. Takes about a second for 500 lessons of 50 intents.
        """
        names = tuple(sorted({name for lesson in lessons for name in lesson.intents}))
        if not names:
            raise ValueError("there is nothing to learn: no lesson has an intent")
        place = {name: column for column, name in enumerate(names)}
        wanted = np.zeros((len(lessons), len(names)), dtype=np.bool_)
        for row, lesson in enumerate(lessons):
            wanted[row, [place[name] for name in lesson.intents]] = True
        mean = vectors.mean(axis=0)
        inputs = inputs_of([lesson.text for lesson in lessons], vectors, mean)
        several = bool((wanted.sum(axis=1) > 1).any())
        return cls(mean, (SeveralIntents if several else OneIntent).fit(names, inputs, wanted))

    @property
    def names(self) -> tuple[str, ...]:
        return self.teller.names

    def parts(self, text: str) -> tuple[str, ...]:
        """What to embed and tell of a folded message: all of it and, where it may have several intents, its parts."""
        if isinstance(self.teller, OneIntent):
            return (text,)
        pieces = [piece.strip() for piece in _END.split(text)]
        long = dict.fromkeys(piece for piece in pieces if len(_WORD.findall(piece)) >= _LEAST_WORDS)
        return (text, *(piece for piece in long if len(long) > 1))

    def tell(self, texts: Sequence[str], vectors: Floats) -> list[Told]:
        """For folded texts, each by itself, with their embeddings as queries."""
        return self.teller.tell(inputs_of(texts, vectors, self.mean))
