"""Gates: bounds on figures, as a YAML file that people write, and whether a run holds them.

right_answerable: {min: 0.8, at_least_as_baseline: true}
wrong_all: {max: 0.05}
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import yaml

from evals.cases import Place
from evals.figures import Figure
from evals.results import RunResult
from evals.statistics.comparison import Comparison
from evals.suites.suite import Refused

_ROUNDING = 1e-9  # a share that is computed as 0.7999999999999999 holds a bound of 0.8


class MalformedGate(Exception):
    """A gate's file cannot be used; `faults` names all that is wrong, at least one."""

    def __init__(self, faults: Sequence[Refused]) -> None:
        super().__init__("; ".join(f"{fault.place}: {fault.reason}" for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Bound:
    """What one figure must hold. at_least_as_baseline: not worse than in the baseline, on the cases of both runs."""

    figure: Figure
    place: Place
    min: float | None = None
    max: float | None = None
    at_least_as_baseline: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """One demand of a gate and whether it holds. demand: "at least 0.8". value: None where it is not defined."""

    figure: str
    demand: str
    value: float | None
    holds: bool


def read_gate(path: Path, known: Mapping[str, Figure], *, with_baseline: bool) -> tuple[Bound, ...]:
    """The bounds of a file, for a suite with the `known` figures.

    Raises MalformedGate with every fault; OSError where the file cannot be read.
    """
    reader = _Reader(path.name, known, with_baseline=with_baseline)
    bounds = tuple(reader.bounds(path.read_bytes()))
    if reader.faults:
        raise MalformedGate(reader.faults)
    return bounds


def judge(bounds: Sequence[Bound], result: RunResult, comparison: Comparison | None) -> tuple[Ruling, ...]:
    """Each demand with its figure's value. A figure that is not defined in the run holds nothing."""
    return tuple(ruling for bound in bounds for ruling in _rulings(bound, result, comparison))


def _rulings(bound: Bound, result: RunResult, comparison: Comparison | None) -> Iterator[Ruling]:
    name = bound.figure.name
    value = result.figures.get(name)
    if bound.min is not None:
        holds = value is not None and value >= bound.min - _ROUNDING
        yield Ruling(name, f"at least {bound.min:g}", value, holds)
    if bound.max is not None:
        holds = value is not None and value <= bound.max + _ROUNDING
        yield Ruling(name, f"at most {bound.max:g}", value, holds)
    if bound.at_least_as_baseline:
        yield _against_baseline(bound.figure, comparison)


def _against_baseline(figure: Figure, comparison: Comparison | None) -> Ruling:
    change = comparison.figure(figure.name) if comparison is not None else None
    if change is None:
        return Ruling(figure.name, "not worse than the baseline's", None, holds=False)
    gain = change.difference if figure.better == "higher" else -change.difference
    return Ruling(figure.name, f"not worse than the baseline's {change.baseline:.4g}", change.now, gain >= -_ROUNDING)


class _Reader:
    """Walks the nodes of the YAML and not its values: nodes know their lines."""

    def __init__(self, file: str, known: Mapping[str, Figure], *, with_baseline: bool) -> None:
        self.faults: list[Refused] = []
        self._file, self._known, self._with_baseline = file, known, with_baseline

    def bounds(self, content: bytes) -> Iterator[Bound]:
        try:
            root = yaml.compose(content, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            reason = getattr(error, "problem", None) or str(error)
            self._refuse(mark.line if mark else 0, f"not YAML: {reason}")
            return
        if not isinstance(root, yaml.MappingNode) or not root.value:
            self._refuse(0, "a gate names figures and their bounds, such as: right_answerable: {min: 0.8}")
            return
        for name, node in self._entries(root):
            figure = self._known.get(name)
            if figure is None:
                self._refuse(node.start_mark.line, f"no figure {name!r}; {self._meant(name)}")
            elif (bound := self._bound(figure, node)) is not None:
                yield bound

    def _bound(self, figure: Figure, node: yaml.Node) -> Bound | None:
        line = node.start_mark.line
        if not isinstance(node, yaml.MappingNode) or not node.value:
            self._refuse(line, f"{figure.name} needs bounds in braces, such as {{min: 0.8}}")
            return None
        bound = Bound(figure, Place(self._file, line + 1))
        for name, value in self._entries(node):
            if name == "min":
                bound = replace(bound, min=self._number(figure.name, name, value))
            elif name == "max":
                bound = replace(bound, max=self._number(figure.name, name, value))
            elif name == "at_least_as_baseline":
                bound = replace(bound, at_least_as_baseline=self._flag(figure.name, value))
            else:
                self._refuse(
                    value.start_mark.line, f"{figure.name}: {name!r} is no bound; use min, max or at_least_as_baseline"
                )
        if bound.min is not None and bound.max is not None and bound.min > bound.max:
            self._refuse(line, f"{figure.name}: min {bound.min:g} is more than max {bound.max:g}")
        return bound

    def _number(self, figure: str, name: str, node: yaml.Node) -> float | None:
        if node.tag in ("tag:yaml.org,2002:float", "tag:yaml.org,2002:int"):
            number = float(yaml.safe_load(str(node.value)))
            if math.isfinite(number):
                return number
        self._refuse(node.start_mark.line, f"{figure}: {name} must be a number, such as 0.05, not {_shown(node)}")
        return None

    def _flag(self, figure: str, node: yaml.Node) -> bool:
        if node.tag != "tag:yaml.org,2002:bool":
            fault = f"{figure}: at_least_as_baseline must be true or false, not {_shown(node)}"
            self._refuse(node.start_mark.line, fault)
            return False
        wanted = bool(yaml.safe_load(str(node.value)))
        if wanted and not self._with_baseline:
            self._refuse(node.start_mark.line, f"{figure}: at_least_as_baseline needs a run with --baseline")
        return wanted

    def _entries(self, node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Node]]:
        """The entries under keys that are told apart; the second of two with one key is a fault."""
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                self._refuse(key.start_mark.line, f"{name} is there twice")
            else:
                seen.add(name)
                yield name, value

    def _meant(self, name: str) -> str:
        close = get_close_matches(name, self._known, n=1)
        return f"did you mean {close[0]}?" if close else f"there are: {', '.join(self._known)}"

    def _refuse(self, line: int, reason: str) -> None:
        self.faults.append(Refused(Place(self._file, line + 1), reason))


def _shown(node: yaml.Node) -> str:
    return repr(node.value) if isinstance(node, yaml.ScalarNode) else "a list or a mapping"
