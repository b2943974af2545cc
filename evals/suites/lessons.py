"""What intents are learnt from: written examples, and how many of each intent are used."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A message and the intents it has; none for one that has nothing to do with any of them."""

    text: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The examples a classifier is made from. `shots`: of each intent, unless a run asks for another number; None: all.

    Compared by identity: the cases of a fold share one.
    """

    examples: tuple[Example, ...]
    shots: int | None = None

    @property
    def labels(self) -> frozenset[str]:
        return frozenset(label for example in self.examples for label in example.labels)

    @property
    def several(self) -> bool:
        """Whether a message can have several intents."""
        return any(len(example.labels) > 1 for example in self.examples)

    def drawn(self, shots: int | None, seed: int) -> list[Example]:
        """The examples, at most `shots` of each set of labels, in their order. The same for the same seed.

        What is drawn of one intent does not depend on which others there are.
        """
        most = self.shots if shots is None else shots
        if most is None:
            return list(self.examples)
        by_labels: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for place, example in enumerate(self.examples):
            by_labels[example.labels].append(place)
        kept = {
            place
            for labels, places in by_labels.items()
            for place in random.Random(f"{seed}:{'|'.join(labels)}").sample(places, min(most, len(places)))
        }
        return [example for place, example in enumerate(self.examples) if place in kept]
