"""What is kept of an evaluation, a folder each.

    <root>/<store>/<evaluation>/
        order.json       what was asked for; a folder without it was never begun
        data/            the cases, as they were when it was started
        journal/         the outcomes so far, while it runs
        progress.json    how far it had come when it was last stopped or ended
        result.json      what came of it

Everything here is blocking.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from assistant.domain.errors import NotFound
from assistant.domain.evaluations import Options, Order
from assistant.domain.ids import EvaluationId, StoreId
from evals.files import replace_file


@dataclass(frozen=True, slots=True)
class Record:
    """total: runs of cases."""

    id: EvaluationId
    store_id: StoreId
    suite: str
    options: Options
    folder: str
    created_at: datetime
    total: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a run has come: `done` runs of cases, and the figures over them."""

    done: int = 0
    figures: Mapping[str, float] = field(default_factory=dict)


_RECORD = TypeAdapter(Record)
_STANDING = TypeAdapter(Standing)


class Records:
    """The evaluations of all stores under one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def place(self, store_id: StoreId, evaluation_id: EvaluationId) -> Path:
        return self._root / store_id / evaluation_id

    def put_data(self, record: Record, order: Order, suite_folder: Path | None) -> Path:
        """Keeps the cases of a new evaluation, and says where: a file, or a copy of the folder they came in."""
        data = self.place(record.store_id, record.id) / "data"
        if suite_folder is not None:
            shutil.copytree(suite_folder, data)
            return data
        data.mkdir(parents=True)
        (data / f"{order.suite}.jsonl").write_text(order.lines, encoding="utf-8")
        return self.data(record)

    def data(self, record: Record) -> Path:
        data = self.place(record.store_id, record.id) / "data"
        return data if record.folder else data / f"{record.suite}.jsonl"

    def write(self, record: Record) -> None:
        """From here on the evaluation is known."""
        replace_file(self._order(record.store_id, record.id), _RECORD.dump_json(record).decode())

    def read(self, store_id: StoreId, evaluation_id: EvaluationId) -> Record:
        """Raises NotFound."""
        try:
            return _RECORD.validate_json(self._order(store_id, evaluation_id).read_bytes())
        except FileNotFoundError as error:
            raise NotFound(f"Store {store_id} has no evaluation {evaluation_id}.", store_id=store_id) from error

    def of_store(self, store_id: StoreId) -> list[Record]:
        """The newest first."""
        orders = (self._root / store_id).glob("*/order.json")
        return sorted((_RECORD.validate_json(order.read_bytes()) for order in orders), key=lambda r: r.id, reverse=True)

    def standing(self, record: Record) -> Standing:
        try:
            return _STANDING.validate_json((self.place(record.store_id, record.id) / "progress.json").read_bytes())
        except FileNotFoundError:
            return Standing()

    def write_standing(self, record: Record, standing: Standing) -> None:
        place = self.place(record.store_id, record.id)
        if place.exists():  # it may have been deleted meanwhile
            replace_file(place / "progress.json", _STANDING.dump_json(standing).decode())

    def result(self, record: Record) -> Path:
        return self.place(record.store_id, record.id) / "result.json"

    def remove_journal(self, record: Record) -> None:
        shutil.rmtree(self.journals(record), ignore_errors=True)

    def journals(self, record: Record) -> Path:
        return self.place(record.store_id, record.id) / "journal"

    def remove(self, store_id: StoreId, evaluation_id: EvaluationId) -> None:
        shutil.rmtree(self.place(store_id, evaluation_id), ignore_errors=True)

    def _order(self, store_id: StoreId, evaluation_id: EvaluationId) -> Path:
        return self.place(store_id, evaluation_id) / "order.json"
