"""The result of a run, and its JSON: what `--json` writes and `--baseline` reads (docs/evaluation.md describes it)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter, ValidationError

from assistant.domain.errors import InvalidInput
from evals.cases import Outcome
from evals.files import replace_file

_OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)


@dataclass(frozen=True, slots=True)
class Environment:
    """What a run was made with; two results say something about each other only where this agrees.

    commit: of the program, with a plus where its files differ from it. sources: a hash of the program's files. data,
    store: as they were named, with hashes of what they held ("" where it is not on this machine). concurrency: cases
    at once, which latency depends on. resamples: of the bootstrap. settings: of the assistant in this process, secrets
    left out; none for a server behind `url`. resumed: outcomes that an earlier, interrupted run had left; resumed_from:
    the other programs, by commit, that it was made with. started_at: ISO 8601, UTC. seconds: this run's, without what
    was resumed.
    """

    commit: str
    sources: str
    versions: Mapping[str, str]
    platform: str
    cores: int
    data: str
    data_hash: str
    store: str | None
    store_hash: str
    url: str | None
    seed: int
    runs: int
    limit: int | None
    shots: int | None
    concurrency: int
    case_timeout_s: float
    resamples: int
    settings: Mapping[str, Any]
    started_at: str
    seconds: float
    resumed: int = 0
    resumed_from: tuple[str, ...] = ()
    format: Literal[1] = 1


class _File(BaseModel):
    suite: str
    figures: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    environment: Environment
    cases: list[Outcome]


class MalformedResult(InvalidInput):
    """A file that does not hold the result of a run."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """figures: those that are defined, in order. intervals: 95 %, low and high. outcomes: by case, then run.

    places: "file:line" of each case, by its id.
    """

    suite: str
    figures: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    outcomes: tuple[Outcome, ...]
    environment: Environment
    places: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """The result, one outcome a line."""
        cases = (
            json.dumps(
                {"case_id": data.pop("case_id"), "place": self.places.get(outcome.case_id, ""), **data},
                ensure_ascii=False,
                allow_nan=False,
            )
            for outcome in self.outcomes
            for data in [_OUTCOME.dump_python(outcome, mode="json")]
        )
        parts = {
            "suite": json.dumps(self.suite),
            "figures": json.dumps(dict(self.figures), indent=1, allow_nan=False),
            "intervals": json.dumps(
                {name: list(interval) for name, interval in self.intervals.items()}, allow_nan=False
            ),
            "environment": json.dumps(asdict(self.environment), ensure_ascii=False, indent=1, allow_nan=False),
            "cases": "[\n" + ",\n".join(cases) + "\n]",
        }
        return "{\n" + ",\n".join(f'"{name}": {part}' for name, part in parts.items()) + "\n}\n"

    def write(self, path: Path) -> None:
        """Writes the JSON. Raises OSError."""
        replace_file(path, self.to_json())


def read_result(path: Path) -> RunResult:
    """The result that a file holds. Raises MalformedResult; OSError where it cannot be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise MalformedResult(f"{path} is not JSON: {error}. Give a file that --json has written.") from error
    try:
        read = _File.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        detail = f"{path} does not hold the result of a run: {f'{where}: ' if where else ''}{first['msg']}."
        raise MalformedResult(f"{detail} Give a file that this version's --json has written.") from error
    places = {case["case_id"]: str(case.get("place", "")) for case in data["cases"]}
    return RunResult(read.suite, read.figures, read.intervals, tuple(read.cases), read.environment, places)


def encode(outcome: Outcome) -> bytes:
    """An outcome as one line of JSON, without the newline.

    Raises ValueError for what JSON cannot hold: a number that is not finite among `measured` (None says "not defined"),
    or objects in replies and traces that are no JSON data.
    """
    for name, value in outcome.measured.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"measured {name} is {value}; say None for what is not defined")
    return _OUTCOME.dump_json(outcome)


def decode(line: bytes) -> Outcome:
    """The outcome of a line that `encode` gave. Raises ValueError."""
    return _OUTCOME.validate_json(line)
