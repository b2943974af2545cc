"""Evaluations: runs of a suite against a store, started over the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from assistant.domain.ids import EvaluationId, StoreId
from assistant.domain.jobs import JobState


@dataclass(frozen=True, slots=True)
class Options:
    """runs: how often each case runs. limit: how many cases, picked by `seed`; None for all. concurrency: at once."""

    runs: int = 1
    limit: int | None = None
    seed: int = 0
    concurrency: int = 1


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be evaluated: the cases in `lines` (JSON Lines), or those of `folder`, which came with the store."""

    suite: str
    options: Options = Options()
    lines: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """done, total: runs of cases. figures: those so far, by name; of a finished one the final ones.

    folder: "" where the cases were sent along. error: why it failed, for people.
    """

    id: EvaluationId
    store_id: StoreId
    suite: str
    options: Options
    folder: str
    created_at: datetime
    state: JobState
    done: int = 0
    total: int = 0
    figures: Mapping[str, float] = field(default_factory=dict)
    error: str = ""
