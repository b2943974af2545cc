"""A fresh process that opens a store, searches it and prints its memory as JSON.

`python -m evals.bench.memory DATA_DIR STORE [--synthetic]`; with --synthetic the store's vectors are synthetic.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import psutil

from assistant.bootstrap import application
from assistant.domain.evidence import SearchQuery
from assistant.domain.folding import fold
from assistant.domain.ids import StoreId
from evals.bench.corpus import Corpus
from evals.bench.synthetic import SyntheticEmbedder
from evals.bench.workspace import settings

_SEARCHES = 300
_MB = 2**20


async def memory_after_searches(data_dir: Path, store_id: StoreId, *, synthetic: bool) -> dict[str, float]:
    """Megabytes: `resident`, and of that `in_files`."""
    async with application(settings(data_dir), embedder=SyntheticEmbedder() if synthetic else None) as app:
        scope = await app.knowledge.published(store_id)
        questions = Corpus(0).questions(_SEARCHES)
        for question in questions:
            [vector] = await app.embedder.embed_queries([question])
            await app.knowledge.search(scope, SearchQuery(fold(question), tuple(vector.tolist())))
            await app.knowledge.find_products(scope, fold(question))
        used = psutil.Process().memory_info()
        return {"resident": used.rss / _MB, "in_files": used.shared / _MB}


if __name__ == "__main__":
    data_dir, store = sys.argv[1:3]
    measured = asyncio.run(
        memory_after_searches(Path(data_dir), StoreId(store), synthetic="--synthetic" in sys.argv[3:])
    )
    sys.stdout.write(json.dumps(measured))
