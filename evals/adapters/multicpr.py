"""Multi-CPR (Long et al. 2022), its e-commerce part: what people type to find a product, and titles of products.

The files are in the suite's own format already; gathered from them, a smaller collection keeps it.
"""

from __future__ import annotations

from pathlib import Path

from evals.cases import Case
from evals.suites.retrieval_files import read_retrieval


class MultiCpr:
    suite = "retrieval"

    def read(self, path: Path) -> list[Case]:
        """The cases of the folder with `queries.jsonl`, `docs.jsonl` and `qrels.tsv`. Raises MalformedSuite."""
        return read_retrieval(path)
