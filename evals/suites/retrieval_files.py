"""The files of the suite `retrieval`: queries.jsonl, docs.jsonl, and qrels.tsv, which says what is relevant to what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field

from evals.cases import Case, Place
from evals.suites.rows import Faults, RowFormat

QUERIES, DOCUMENTS, RELEVANCE = "queries.jsonl", "docs.jsonl", "qrels.tsv"
_TITLE = 60  # characters of a text that stand for the title it does not have
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Document:
    did: str
    title: str = ""
    text: str = ""


@dataclass(frozen=True, eq=False)
class Collection:
    """What is searched. Compared by identity: all cases of a folder share one."""

    documents: tuple[Document, ...]

    def title(self, did: str) -> str:
        """What people know a document by."""
        return self._titles[did]

    @cached_property
    def _titles(self) -> dict[str, str]:
        return {document.did: document.title or document.text[:_TITLE] for document in self.documents}


@dataclass(frozen=True, slots=True)
class RetrievalCase:
    """grades: of the judged documents by id, 0 for one that is not relevant; at least one is."""

    text: str
    grades: Mapping[str, int]
    collection: Collection


@dataclass(frozen=True, slots=True)
class _Query:
    qid: str
    text: str


def _query_faults(row: _Query) -> Iterator[str]:
    if not row.qid.strip():
        yield "qid is empty"
    if not row.text.strip():
        yield "text is empty"


def _document_faults(row: Document) -> Iterator[str]:
    if not row.did.strip():
        yield "did is empty"
    if not f"{row.title}{row.text}".strip():
        yield "it has neither title nor text"


@dataclass(frozen=True, slots=True)
class _Judgement:
    qid: str
    did: str
    grade: Annotated[int, Field(ge=0)]


_QUERIES = RowFormat(_Query, faults=_query_faults)
_DOCUMENTS = RowFormat(Document, faults=_document_faults)
_JUDGEMENTS = RowFormat(_Judgement, ("qid", "did", "grade"), bare=True)


def read_retrieval(data: Path) -> list[Case]:
    """The cases of a folder: the queries that `qrels.tsv` speaks of. Raises MalformedSuite."""
    faults = Faults()
    for name in (QUERIES, DOCUMENTS, RELEVANCE):
        if not (data / name).is_file():
            faults.add(
                Place(str(data), 0), f"{name} is missing; give the folder of {QUERIES}, {DOCUMENTS}, {RELEVANCE}"
            )
    faults.refuse()
    queries = _by_id(_QUERIES.read(data / QUERIES, faults), lambda query: query.qid, faults)
    documents = _by_id(_DOCUMENTS.read(data / DOCUMENTS, faults), lambda document: document.did, faults)
    grades: dict[str, dict[str, int]] = {}
    for place, judged in _JUDGEMENTS.read(data / RELEVANCE, faults):
        if judged.qid not in queries:
            faults.add(place, f"{QUERIES} has no query {judged.qid}")
        if judged.did not in documents:
            faults.add(place, f"{DOCUMENTS} has no document {judged.did}")
        if judged.did in grades.setdefault(judged.qid, {}):
            faults.add(place, f"the document {judged.did} is judged twice for the query {judged.qid}")
        grades[judged.qid][judged.did] = judged.grade
    collection = Collection(tuple(document for _, document in documents.values()))
    cases = []
    for qid, (place, query) in queries.items():
        if any(grades.get(qid, {}).values()):
            cases.append(Case(qid, place, RetrievalCase(query.text, grades[qid], collection)))
        elif qid in grades:
            faults.add(place, f"{RELEVANCE} has no relevant document for the query {qid}")
    if not cases and not faults.found:
        faults.add(Place(RELEVANCE, 0), "it holds no judgement")
    faults.refuse()
    return cases


def _by_id(
    rows: Sequence[tuple[Place, Row]], id_of: Callable[[Row], str], faults: Faults
) -> dict[str, tuple[Place, Row]]:
    found: dict[str, tuple[Place, Row]] = {}
    for place, row in rows:
        if (known := found.get(id_of(row))) is not None:
            faults.add(place, f"the id {id_of(row)} is taken by {known[0]}")
        else:
            found[id_of(row)] = (place, row)
    return found
