"""Choosing the text that answers: what a selector must do to be measured, and the assistant's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from assistant.answers.answering import Answering
from assistant.answers.ranking import Ranker
from assistant.bootstrap import application
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
from assistant.settings import Settings
from evals.suites.snippet_files import Snippet, SnippetKind
from evals.target import Target

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
async def assistant_selection(target: Target) -> AsyncIterator[Selector]:
    """The assistant's ranking of evidence."""
    async with application(Settings(data_dir=target.data_dir)) as app:
        quantities = Quantities()
        answering = Answering(Ranker.load(quantities), quantities, lambda _: None)
        yield _AssistantSelector(app.embedder, QuestionReader(quantities), answering)


@dataclass(frozen=True, slots=True)
class _AssistantSelector:
    embedder: Embedder
    reader: QuestionReader
    answering: Answering

    async def select(self, question: str, title: str, snippets: Sequence[Snippet]) -> Selection:
        tag = language.detect(question, _ENGLISH).tag
        asked = (await self.embedder.embed_queries([question]))[0]
        vectors = await self.embedder.embed_passages([f"{snippet.name} {snippet.text}".strip() for snippet in snippets])
        candidates = [
            _candidate(str(place), snippet, tag, float(vector @ asked))
            for place, (snippet, vector) in enumerate(zip(snippets, vectors, strict=True))
        ]
        ranked = self.answering.ranker.rank(self.reader.read(fold(question)), candidates, tag, known=fold(title))
        order = tuple(int(item.candidate.entry.id) for item in ranked)
        return Selection(order, ranked[0].probability, self.answering.believes(ranked[0]))


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
