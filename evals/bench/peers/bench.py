"""What the parts are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evals.bench.peers.data import PublicData
from evals.target import Target


@dataclass(frozen=True, slots=True)
class Bench:
    """data_dir: of all applications that are opened: what was embedded once stays embedded. say: tells of progress."""

    data: PublicData
    data_dir: Path
    say: Callable[[str], None]

    def target(self, store: str | None = None) -> Target:
        return Target(store, self.data_dir)
