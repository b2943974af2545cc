"""What a language model is told of a message that it shall understand, and the limits within which it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import regex

from assistant.answers.verification.verifier import Verifier
from assistant.domain.commerce import Product
from assistant.domain.models import Prompt
from assistant.nlu.intents import IntentLabels
from assistant.nlu.intents.definitions import IntentDefinition
from assistant.prompts import Block, Datum, Layout, Prompts
from assistant.turn.turn import Turn

_PROMPT = "understand"
_TELLS = 110  # characters of what tells one intent from others
_SENTENCE = regex.compile(r"(?<=[.。:：])\s+")
_LINES = 6  # before the message, that a model is told


@dataclass(frozen=True, slots=True)
class Consulting:
    """prompts: what models are told. verifier: checks what they write of records. seconds: that they may take in all.

    sure: the probability of its intent from which a message goes by the fast reading; sure_to_do: the same where
    something would be done (docs/calibration.md has both). long: from how many characters (Chinese) or words (English)
    on a message is a story whose thread may be lost. parts: from how many clauses on it is of several parts. near: the
    least cosine of what was said and of what it is said to mean.
    """

    prompts: Prompts
    verifier: Verifier = field(default_factory=Verifier)
    seconds: float = 4.0
    sure: float = 0.7
    sure_to_do: float = 0.95
    long: Mapping[str, int] = field(default_factory=lambda: {"zh": 60, "en": 40})
    parts: int = 3
    near: Mapping[str, float] = field(default_factory=lambda: {"zh": 0.84, "en": 0.8})

    def prompt(
        self, turn: Turn, products: Sequence[Product], definitions: Sequence[IntentDefinition], labels: IntentLabels
    ) -> Prompt:
        """What a model is told of a message."""
        assert turn.model is not None
        tag = turn.voice.language.tag
        layout = Layout(self.prompts.get(_PROMPT, tag), turn.model.count)
        values = {
            "shop": turn.voice.store.name.in_language(tag),
            "intents": _intents(definitions, labels, tag),
            "procedures": _procedures(turn),
        }
        shown = [Datum("product", product.title.in_language(tag), {"id": product.id}) for product in products]
        said = [
            Datum("said", line.text, {"by": "shopper" if line.by_shopper else "shop"}) for line in turn.request.before
        ]
        blocks = (
            Block("message", (Datum("message", turn.request.text),)),
            Block("products", tuple(shown)),
            Block("turns", tuple(said[-_LINES:]), last_first=True),
        )
        return layout.lay(values, blocks).prompt


def _intents(definitions: Sequence[IntentDefinition], labels: IntentLabels, tag: str) -> str:
    return "\n".join(f"- {item.name}: {_told(item, labels, tag)}" for item in definitions)


def _told(definition: IntentDefinition, labels: IntentLabels, tag: str) -> str:
    """What an intent is, in a line: as people call it, or as the store that made it up describes it."""
    if definition.name in labels.labels:
        return labels.of(definition.name).in_language(tag)
    return _SENTENCE.split(" ".join(definition.description.split()))[0][:_TELLS]


def _procedures(turn: Turn) -> str:
    desk = turn.desk
    if desk is None or not desk.procedures:
        return "-"
    tag = turn.voice.language.tag
    return "\n".join(
        f"- {item.title.in_language(tag)}" + (f" ({', '.join(item.intents)})" if item.intents else "")
        for item in desk.procedures.values()
    )
