"""What is measured: a store, in process or behind a URL."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Target:
    """store: a store folder or ADAPTER:PATH, imported into `data_dir`; with `url`, the id of a store there.

    key: an API key with the scope `evaluate` for `url`. identity_key: of the store at `url`, which shoppers are signed
    in with; a store in process gets one of its own. data_dir: where stores imported for evaluation stay between
    runs, apart from production data. shots: examples an intent is learnt from, None for as many as the data
    say, or all. seed: of every random choice.
    """

    store: str | None
    data_dir: Path
    url: str | None = None
    key: str | None = field(default=None, repr=False)
    seed: int = 0
    shots: int | None = None
    identity_key: str | None = field(default=None, repr=False)
