"""Choosing the text that answers: what a selector must do to be measured, and the assistant's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from assistant.answers import selection
from assistant.domain.evidence import EvidenceKind
from assistant.domain.folding import fold
from assistant.domain.ports import Embedder
from assistant.nlu.quantities import Quantities
from assistant.nlu.questions import QuestionReader
from evals.subjects import parts
from evals.suites.snippet_files import Snippet, SnippetKind
from evals.target import Target

_ANSWERS_FROM: Final = 0.5  # probability that the first answers
_KINDS: Final = {
    SnippetKind.FACT: EvidenceKind.FACT,
    SnippetKind.FAQ: EvidenceKind.FAQ,
    SnippetKind.PASSAGE: EvidenceKind.PASSAGE,
}


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen.

    order: the places of the snippets in the case, best first; may leave out those that are out of the question.
    confidence: that the first of them answers, 0 to 1. answerable: that any does. answers: whether the first would be
    given to a shopper.
    """

    order: tuple[int, ...]
    confidence: float
    answerable: float
    answers: bool


class Selector(Protocol):
    async def select(self, question: str, title: str, snippets: Sequence[Snippet]) -> Selection:
        """Chooses without looking at the labels."""
        ...


@asynccontextmanager
async def assistant_selection(target: Target, snippets: Sequence[Snippet]) -> AsyncIterator[Selector]:
    """The assistant's selection. As in a store, what may be chosen is embedded beforehand."""
    async with parts.opened(target) as app:
        embedded = await selection.embed([_as_evidence(snippet) for snippet in snippets], app.embedder)
        yield _AssistantSelector(
            app.embedder,
            {each.snippet: each for each in embedded},
            QuestionReader(Quantities()),
            selection.Selector.load(),
        )


@dataclass(frozen=True, slots=True)
class _AssistantSelector:
    embedder: Embedder
    embedded: Mapping[selection.Snippet, selection.Embedded]
    reader: QuestionReader
    selector: selection.Selector

    async def select(self, question: str, title: str, snippets: Sequence[Snippet]) -> Selection:  # noqa: ARG002
        vectors = await self.embedder.embed_queries([question])
        chosen = self.selector.select(
            self.reader.read(fold(question)), vectors[0], [self.embedded[_as_evidence(snippet)] for snippet in snippets]
        )
        confidence = chosen.ranked[0].probability
        order = tuple(item.place for item in chosen.ranked)
        return Selection(order, confidence, chosen.answerable, confidence >= _ANSWERS_FROM)


def _as_evidence(snippet: Snippet) -> selection.Snippet:
    return selection.Snippet(_KINDS[snippet.kind], snippet.text, snippet.name)
