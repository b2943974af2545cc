"""Fits a calibration to questions whose answers people have judged, and tries it on questions left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import fmin_l_bfgs_b
from scipy.special import expit
from sklearn.model_selection import KFold

from assistant.answers.calibration import CONFIDENCE, MOST_LEAD, RANKING, Calibration, HeldOut
from assistant.answers.ranking import Ranked

FOLDS = 10
LEAST_QUESTIONS, LEAST_OF_EACH = 50, 10
_HOLD_RANKING, _HOLD_CONFIDENCE = 1.0, 1.0
"""How strongly weights are held to those before, in log-likelihood for a squared distance of 1: few answers move them
little."""

_LEAST = 1e-12  # odds beside the best

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class TooFewAnswers(ValueError):
    """What there is, and what is the least."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A question put to the evidence. signals: (candidates, RANKING). same: for each candidate the number of the first
    that says the same. right: which of them answer. given: which would be given if they were likely enough. words: that
    the question has."""

    signals: Floats
    same: tuple[int, ...]
    right: Flags
    given: Flags
    coverage: Floats
    words: float

    @classmethod
    def of(cls, ranked: Sequence[Ranked], right: Sequence[bool], given: Sequence[bool]) -> Judged:
        """`ranked` holds at least one."""
        texts = [item.text for item in ranked]
        signals = [[_signal(item, name) for name in RANKING] for item in ranked]
        same = tuple(texts.index(text) for text in texts)
        coverage = np.array([item.features.coverage for item in ranked])
        flags = np.array(right, dtype=np.bool_), np.array(given, dtype=np.bool_)
        return cls(np.array(signals), same, *flags, coverage, ranked[0].standing.words)


@dataclass(frozen=True, slots=True)
class Trial:
    """Questions left out of the fit that judged them. probability: of the first candidate of each, and right: whether
    it answers. asked: how many questions there were, also those with nothing to give."""

    probability: Floats
    right: Flags
    asked: int

    @property
    def loss(self) -> float:
        """The mean negative log-likelihood."""
        sure = np.clip(self.probability, 1e-6, 1 - 1e-6)
        return float(-np.log(np.where(self.right, sure, 1 - sure)).mean())

    def held_out(self) -> HeldOut:
        wrong = sorted((float(each) for each in self.probability[~self.right]), reverse=True)
        return HeldOut(self.asked, tuple(round(each, 4) for each in wrong))


@dataclass(frozen=True, slots=True)
class Fitted:
    """before: the calibration that was there, on the same questions. ranking: whether its weights were fitted anew, or
    are better left as they were."""

    calibration: Calibration
    trial: Trial
    before: Trial
    ranking: bool


def fit(judged: Sequence[Judged], before: Calibration) -> Fitted:
    """A calibration from all questions, with thresholds from questions left out.

    The same questions in the same order give the same. The weights of the ranking are fitted anew only where that tells
    more right on questions left out. Raises TooFewAnswers.
    """
    _check(judged, before)
    kept = _cross_validated(judged, before, _confidence_only)
    anew = _cross_validated(judged, before, _both)
    ranking = anew.right.sum() > kept.right.sum() and anew.loss < kept.loss
    trial, fitter = (anew, _both) if ranking else (kept, _confidence_only)
    calibration = replace(fitter(judged, before), held_out=trial.held_out())
    return Fitted(calibration, trial, _tried(judged, before), bool(ranking))


Fitter = Callable[[Sequence[Judged], Calibration], Calibration]


def _check(judged: Sequence[Judged], before: Calibration) -> None:
    flags = _tried(judged, before).right
    right, wrong = int(flags.sum()), int((~flags).sum())
    if len(judged) < LEAST_QUESTIONS or min(right, wrong) < LEAST_OF_EACH:
        raise TooFewAnswers(
            f"{len(judged)} questions were put to the evidence; what might be given is right for {right} and wrong for "
            f"{wrong}. At least {LEAST_QUESTIONS} are needed, with {LEAST_OF_EACH} of each: add rated "
            "answers, also of questions that the store does not answer."
        )


def _confidence_only(judged: Sequence[Judged], before: Calibration) -> Calibration:
    rows = _firsts(judged, before)
    table, right = np.array([row for row, _ in rows]), np.array([flag for _, flag in rows])
    held = np.array([before.confidence[name] for name in CONFIDENCE])

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = table @ weights
        lost = (
            np.logaddexp(0, np.where(right, -scores, scores)).sum() + _HOLD_CONFIDENCE * ((weights - held) ** 2).sum()
        )
        return float(lost), table.T @ (expit(scores) - right) + 2 * _HOLD_CONFIDENCE * (weights - held)

    found, _, _ = fmin_l_bfgs_b(loss, held)
    return replace(before, confidence=dict(zip(CONFIDENCE, map(float, found), strict=True)))


def _both(judged: Sequence[Judged], before: Calibration) -> Calibration:
    """The ranking by the likelihood that a candidate drawn by its odds is a right one, then the confidence."""
    answerable = [item for item in judged if item.right.any()]
    held = np.array([before.weights[name] for name in RANKING])
    table = np.concatenate([item.signals for item in answerable])
    right = np.concatenate([item.right for item in answerable])
    sizes = [len(item.right) for item in answerable]
    starts, question = np.cumsum([0, *sizes[:-1]]), np.repeat(np.arange(len(sizes)), sizes)

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = table @ weights
        odds = np.exp(scores - np.maximum.reduceat(scores, starts)[question])
        all_of, right_of = np.add.reduceat(odds, starts), np.add.reduceat(odds * right, starts)
        right_of = np.maximum(right_of, _LEAST)
        change = odds / all_of[question] - odds * right / right_of[question]
        lost = np.log(all_of / right_of).sum() + _HOLD_RANKING * ((weights - held) ** 2).sum()
        return float(lost), table.T @ change + 2 * _HOLD_RANKING * (weights - held)

    found, _, _ = fmin_l_bfgs_b(loss, held)
    weights = dict(zip(RANKING, map(float, found), strict=True))
    return _confidence_only(judged, replace(before, weights=weights))


def _cross_validated(judged: Sequence[Judged], before: Calibration, fitter: Fitter) -> Trial:
    trials: list[Trial] = []
    for train, test in KFold(FOLDS, shuffle=True, random_state=0).split(judged):
        calibration = fitter([judged[place] for place in train], before)
        trials.append(_tried([judged[place] for place in test], calibration))
    probability = np.concatenate([trial.probability for trial in trials])
    return Trial(probability, np.concatenate([trial.right for trial in trials]), len(judged))


def _tried(judged: Sequence[Judged], calibration: Calibration) -> Trial:
    rows = _firsts(judged, calibration)
    weights = np.array([calibration.confidence[name] for name in CONFIDENCE])
    table = np.array([row for row, _ in rows]).reshape(-1, len(CONFIDENCE))
    return Trial(expit(table @ weights), np.array([flag for _, flag in rows], dtype=np.bool_), len(judged))


def _firsts(judged: Sequence[Judged], calibration: Calibration) -> list[tuple[Floats, bool]]:
    """Of each question whose first candidate might be given, its signals and whether it is right."""
    return [row for item in judged if (row := _first(item, calibration)) is not None]


def _first(item: Judged, calibration: Calibration) -> tuple[Floats, bool] | None:
    """The signals of `CONFIDENCE` of the candidate that this calibration ranks first, and whether it is right; None
    where it is not given, however likely."""
    scores = item.signals @ np.array([calibration.weights[name] for name in RANKING])
    first = int(scores.argmax())
    if not item.given[first]:
        return None
    others = scores[np.array(item.same) != item.same[first]]
    lead = min(MOST_LEAD, float(scores[first] - others.max())) if len(others) else MOST_LEAD
    row = np.array([1.0, scores[first], max(0.0, lead), item.coverage[first], item.words])
    return row, bool(item.right[first])


def _signal(item: Ranked, name: str) -> float:
    if name == "intercept":
        return 1.0
    return float(getattr(item.features, name)) if hasattr(item.features, name) else float(item.candidate.kind == name)
