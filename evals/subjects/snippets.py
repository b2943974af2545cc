"""Choosing the text that answers: what a selector must do to be measured, and the assistant's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from assistant.answers.ranking import Ranker
from assistant.domain.commerce import Fact, FactGroup, Faq, Passage, Source
from assistant.domain.evidence import Candidate, Entry, EvidenceKind, Signals
from assistant.domain.folding import fold
from assistant.domain.ids import EvidenceId
from assistant.domain.ports import Embedder
from assistant.domain.text import LocalText
from assistant.domain.understanding import Language, Script
from assistant.nlu import language
from assistant.nlu.quantities import Quantities
from assistant.nlu.questions import QuestionReader
from evals.subjects import parts
from evals.suites.snippet_files import Snippet, SnippetKind
from evals.target import Target

_ANSWERS_FROM = 0.5  # probability
_SOURCE = Source("snippets", "snippets.jsonl")
_ENGLISH = Language("en", Script.LATIN)
_KINDS = {
    SnippetKind.FACT: EvidenceKind.FACT,
    SnippetKind.FAQ: EvidenceKind.FAQ,
    SnippetKind.PASSAGE: EvidenceKind.PASSAGE,
}


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen.

    order: the places of the snippets in the case, best first; may leave out those that are out of the question.
    confidence: that the first of them answers, 0 to 1. answers: whether it would be given to a shopper.
    """

    order: tuple[int, ...]
    confidence: float
    answers: bool


class Selector(Protocol):
    async def select(self, question: str, title: str, snippets: Sequence[Snippet]) -> Selection:
        """Chooses without looking at the labels."""
        ...


@asynccontextmanager
async def assistant_selection(target: Target, snippets: Sequence[Snippet]) -> AsyncIterator[Selector]:
    """The assistant's ranking of evidence. As in a store, what may be chosen is embedded beforehand."""
    async with parts.opened(target) as app:
        quantities = Quantities()
        texts = list(dict.fromkeys(map(_embedded, snippets)))
        vectors = dict(zip(texts, await app.embedder.embed_passages(texts), strict=True))
        yield _AssistantSelector(app.embedder, vectors, QuestionReader(quantities), Ranker.load(quantities))


@dataclass(frozen=True, slots=True)
class _AssistantSelector:
    embedder: Embedder
    vectors: Mapping[str, npt.NDArray[np.float32]]
    reader: QuestionReader
    ranker: Ranker

    async def select(self, question: str, title: str, snippets: Sequence[Snippet]) -> Selection:
        tag = language.detect(question, _ENGLISH).tag
        asked = (await self.embedder.embed_queries([question]))[0]
        candidates = [
            _candidate(str(place), snippet, tag, float(self.vectors[_embedded(snippet)] @ asked))
            for place, snippet in enumerate(snippets)
        ]
        ranked = self.ranker.rank(self.reader.read(fold(question)), candidates, tag, known=fold(title))
        order = tuple(int(item.candidate.entry.id) for item in ranked)
        return Selection(order, ranked[0].probability, ranked[0].probability >= _ANSWERS_FROM)


def _embedded(snippet: Snippet) -> str:
    return f"{snippet.name} {snippet.text}".strip()


def _candidate(place: str, snippet: Snippet, tag: str, dense: float) -> Candidate:
    entry_id, text = EvidenceId(place), LocalText.one(tag, snippet.text)
    match snippet.kind:
        case SnippetKind.FACT:
            entry: Entry = Fact(entry_id, LocalText.one(tag, snippet.name), text, FactGroup.ATTRIBUTE, _SOURCE)
        case SnippetKind.FAQ:
            entry = Faq(entry_id, LocalText.one(tag, snippet.name), text, _SOURCE)
        case SnippetKind.PASSAGE:
            entry = Passage(entry_id, snippet.text, tag, _SOURCE)
    return Candidate(entry, _KINDS[snippet.kind], Signals(dense=dense), snippet.text)
