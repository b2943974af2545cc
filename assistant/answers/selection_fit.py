"""Fits the weights of `selection` to questions whose answers people have judged, and tries them on others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, field, replace

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from assistant.answers.selection import (
    SIGNALS,
    Embedded,
    Scale,
    Selection,
    SelectionWeights,
    Selector,
    SnippetFeatures,
    signals_of,
    strength,
)
from assistant.domain.ports import Vectors
from assistant.domain.understanding import Question

FOLDS = 10
_MOST_ITERATIONS = 1_000
_LEAST_SPREAD = 1e-9


@dataclass(frozen=True, slots=True)
class Judged:
    """A question, its vector as a query, and which snippets answer it, at least in part.

    group: questions of one group (of one product) are never apart, one in training and another in the test.
    """

    question: Question
    vector: Vectors = field(repr=False, compare=False)
    snippets: tuple[Embedded, ...]
    answers: tuple[bool, ...]
    group: str


def fit(judged: Sequence[Judged], embedder: str, *, seed: int = 0) -> SelectionWeights:
    """Weights from all questions. The same questions in the same order give the same weights.

    Whether any text answers is fitted to log-odds found on questions left out: on those that the weights come from they
    are too good. Raises ValueError where there are too few questions, or all are judged the same.
    """
    return _fitted([_measured(item) for item in judged], embedder, seed)


def cross_validated(judged: Sequence[Judged], embedder: str, *, seed: int = 0) -> list[Selection]:
    """What is selected for each question by weights that were fitted without it and without its group."""
    measured = [_measured(item) for item in judged]
    selections: dict[int, Selection] = {}
    for train, test in _folds(measured, seed):
        selector = Selector(_fitted([measured[number] for number in train], embedder, seed))
        for number in test:
            item = judged[number]
            selections[number] = selector.select(item.question, item.vector, item.snippets)
    return [selections[number] for number in range(len(judged))]


@dataclass(frozen=True, slots=True)
class _Measured:
    """A judged question as numbers."""

    signals: tuple[SnippetFeatures, ...]
    answers: tuple[bool, ...]
    group: str


def _measured(item: Judged) -> _Measured:
    signals = tuple(signals_of(item.question, item.vector, snippet) for snippet in item.snippets)
    return _Measured(signals, item.answers, item.group)


def _fitted(measured: Sequence[_Measured], embedder: str, seed: int) -> SelectionWeights:
    left_out = np.zeros((len(measured), 1))
    for train, test in _folds(measured, seed):
        weights = _of_signals([measured[number] for number in train], embedder)
        for number in test:
            left_out[number] = strength([weights.log_odds(each) for each in measured[number].signals])
    answerable = [any(item.answers) for item in measured]
    of_any = LogisticRegression(max_iter=_MOST_ITERATIONS).fit(left_out, answerable)
    weights = _of_signals(measured, embedder)
    return replace(weights, any_intercept=float(of_any.intercept_[0]), any_slope=float(of_any.coef_[0][0]))


def _of_signals(measured: Sequence[_Measured], embedder: str) -> SelectionWeights:
    """Weights of the signals; not yet of whether any text answers."""
    table = np.array([astuple(each) for item in measured for each in item.signals], dtype=np.float64)
    means, spreads = table.mean(axis=0), table.std(axis=0)
    spreads[spreads < _LEAST_SPREAD] = 1.0  # a signal that never varies tells nothing: its weight becomes 0
    model = LogisticRegression(max_iter=_MOST_ITERATIONS)
    model.fit((table - means) / spreads, [answers for item in measured for answers in item.answers])
    scales = zip(means, spreads, model.coef_[0], strict=True)
    signals = {name: Scale(*map(float, scale)) for name, scale in zip(SIGNALS, scales, strict=True)}
    return SelectionWeights(embedder, float(model.intercept_[0]), signals, any_intercept=0.0, any_slope=1.0)


def _folds(measured: Sequence[_Measured], seed: int) -> Iterator[tuple[list[int], list[int]]]:
    groups = [item.group for item in measured]
    if len(set(groups)) < FOLDS:
        raise ValueError(f"{len(set(groups))} groups of questions are too few for a selection; {FOLDS} are the least")
    splits = GroupKFold(n_splits=FOLDS, shuffle=True, random_state=seed).split(groups, groups=groups)
    for train, test in splits:
        yield train.tolist(), test.tolist()
