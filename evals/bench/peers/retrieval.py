"""Product search beside vectors alone, words alone, and an ensemble of both."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

from evals.bench.peers.bench import Bench
from evals.bench.peers.contest import ASSISTANT, LEGEND, Contest, named
from evals.bench.peers.searchers import K1, B, Subject, bm25, chroma, ensemble
from evals.bench.section import Section, figure, percentile
from evals.cases import Case, content_of
from evals.subjects import parts
from evals.suites.retrieval import PLACES, Retrieval
from evals.suites.retrieval_files import RetrievalCase

_DEEPER = 50
_SHOWN = {"mrr_at_10": "MRR@10", "recall_at_10": "recall@10", "ndcg_at_10": "nDCG@10"}


async def measure(bench: Bench) -> Section:
    cases = bench.data.queries()
    contest = Contest(Retrieval(), cases, bench.target(), frozenset(_SHOWN))
    bench.say(f"{ASSISTANT} searches")
    await contest.enter(ASSISTANT, Retrieval())
    for name, subject in _peers().items():
        bench.say(f"{name} searches")
        await contest.enter(name, Retrieval(subject))
    embedder, times = await _embedding(bench, cases)
    alone = ("embedding a query, alone", *("–" for _ in _SHOWN), *(figure(percentile(times, at)) for at in (0.5, 0.95)))
    return Section(
        name="peers-retrieval",
        title="Peers: product search",
        about=(
            f"Multi-CPR, e-commerce, reduced: {len(cases)} queries over {_documents(cases):,} titles of products. One "
            f"embedder for all, {embedder}. Chroma runs in this process: cosine, everything else as it comes. BM25 "
            f"is {named('rank-bm25', 'rank-bm25')}: once as it comes, with what stands between blanks for terms; else "
            "over characters and pairs of neighbouring characters, as in storebot's own index, with the best of four "
            f"settings tried for it on these queries (k1 = {K1:g}, b = {B:g}; with its own the MRR@10 is 0.01 lower). "
            "LangChain's ensemble fuses Chroma and BM25 over characters with the weights that it comes with, "
            f"{PLACES} documents of each, and once {_DEEPER}. Milliseconds are those of a query, its embedding "
            f"included. {LEGEND}"
        ),
        tables=(contest.table(_SHOWN, more=[alone]),),
        data={"embedder": embedder, "embedding_p50_ms": percentile(times, 0.5), **contest.data()},
    )


def _peers() -> dict[str, Subject]:
    bm25_name = named("LangChain BM25Retriever", "langchain-community")
    ensemble_name = named("LangChain EnsembleRetriever", "langchain-classic")
    return {
        named("Chroma", "chromadb"): chroma(places=PLACES),
        f"{bm25_name}, characters": bm25(places=PLACES),
        f"{bm25_name}, between blanks": bm25(places=PLACES, whitespace=True),
        f"{ensemble_name}, {PLACES} each": ensemble(depth=PLACES),
        f"{ensemble_name}, {_DEEPER} each": ensemble(depth=_DEEPER),
    }


async def _embedding(bench: Bench, cases: Sequence[Case]) -> tuple[str, list[float]]:
    """The embedder's name, and the milliseconds that it takes for each query when there is nothing else to do."""
    times = []
    async with parts.opened(bench.target()) as app:
        for case in cases:
            started = perf_counter()
            await app.embedder.embed_queries([content_of(case, RetrievalCase).text])
            times.append((perf_counter() - started) * 1000)
        return app.embedder.name, times


def _documents(cases: Sequence[Case]) -> int:
    collections = {content_of(case, RetrievalCase).collection for case in cases}
    return sum(len(collection.documents) for collection in collections)
