"""How evidence is ranked, how sure the first of it is, and how sure is sure enough: fitted, and kept as data.

The weights of `ranking` put candidates in order. A logistic model over four signals of the order then tells the
probability that a candidate answers, and questions held out from its fit tell from which probability on to answer, so
that no more go wrong than was stated. In the same way conversations that need no human tell from which probability on
to call one. docs/calibration.md tells how it is made (`storebot-eval calibrate`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import yaml

from assistant.domain.store import Risk

DATA = "calibration.yaml"
RANKING = (
    "intercept",
    *("coverage", "dense", "kind", "name", "lexical", "own", "foreign"),
    *("fact", "faq", "passage"),
)
"""What the weights of the ranking are of: signals of a candidate, and its kind."""
CONFIDENCE = ("intercept", "log_odds", "lead", "coverage", "words")
_DIGITS, _STEP = 4, 0.0001
_NEVER = 1.0  # no probability is as high
_LIKELIER_RIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Standing:
    """A candidate among those ranked.

    log_odds: what the ranking gave it. lead: by how much it leads the best that says something else, at most
    `MOST_LEAD`, 0 where it does not lead. coverage: of the question's content words. words: how many those are, at most
    `MOST_WORDS`.
    """

    log_odds: float
    lead: float
    coverage: float
    words: float


MOST_LEAD, MOST_WORDS = 3.0, 5


@dataclass(frozen=True, slots=True)
class HeldOut:
    """cases: how many there were. wrong_at: the probabilities at which they go wrong if the threshold is no higher,
    falling.

    Of answers: the questions, and the confidences in first candidates that were wrong. Of handing over: the
    conversations that need no human, and the probabilities that threatened to call one.
    """

    cases: int
    wrong_at: tuple[float, ...]

    def threshold(self, at_most_wrong: float) -> float:
        """The least probability at which to go ahead, so that of all cases like these at most this share is expected to
        go wrong (conformal risk control: Angelopoulos et al. 2022). 1, which no probability reaches, where the cases
        are too few to promise that.
        """
        allowed = math.floor(at_most_wrong * (self.cases + 1) - 1 + 1e-9)
        if allowed < 0:
            return _NEVER
        if allowed >= len(self.wrong_at):
            return 0.0
        return min(_NEVER, self.wrong_at[allowed] + _STEP)


@dataclass(frozen=True, slots=True)
class Calibration:
    """weights: of `RANKING`. confidence: of `CONFIDENCE`. held_out: the questions that the thresholds of answers go by.
    hand_over: the conversations that the threshold of handing over goes by. risk: what is stated where a store states
    nothing."""

    weights: Mapping[str, float]
    confidence: Mapping[str, float]
    held_out: HeldOut
    hand_over: HeldOut
    risk: Risk

    @classmethod
    def load(cls) -> Calibration:
        """What comes with the assistant."""
        return cls.parse((files(__package__) / DATA).read_text(encoding="utf-8"), DATA)

    @classmethod
    def parse(cls, content: str, name: str) -> Calibration:
        """Raises ValueError, naming the file, for anything but what `as_yaml` writes."""
        try:
            data: dict[str, Any] = yaml.safe_load(content)
            found = cls(
                _numbers(data["weights"], RANKING),
                _numbers(data["confidence"], CONFIDENCE),
                _held_out(data["held_out"], "questions", "wrong_at"),
                _held_out(data["hand_over"], "conversations", "needless_at"),
                Risk(**{key: float(share) for key, share in data["risk"].items()}),
            )
        except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"{name}: not a calibration ({error!r}); write it with storebot-eval calibrate") from error
        for held, key in ((found.held_out, "wrong_at"), (found.hand_over, "needless_at")):
            if list(held.wrong_at) != sorted(held.wrong_at, reverse=True):
                raise ValueError(f"{name}: {key} must fall; write it with storebot-eval calibrate")
        return found

    def as_yaml(self) -> str:
        """The same calibration gives the same bytes."""
        data = {
            "weights": {name: round(self.weights[name], _DIGITS) for name in RANKING},
            "confidence": {name: round(self.confidence[name], _DIGITS) for name in CONFIDENCE},
            "held_out": {"questions": self.held_out.cases, "wrong_at": _rounded(self.held_out.wrong_at)},
            "hand_over": {"conversations": self.hand_over.cases, "needless_at": _rounded(self.hand_over.wrong_at)},
            "risk": self.risk.stated(),
        }
        return yaml.safe_dump(data, sort_keys=False, default_flow_style=None, width=120)

    def probability(self, standing: Standing) -> float:
        weights = self.confidence
        score = (
            weights["intercept"]
            + weights["log_odds"] * standing.log_odds
            + weights["lead"] * standing.lead
            + weights["coverage"] * standing.coverage
            + weights["words"] * standing.words
        )
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))

    def thresholds(self, own: Risk | None = None) -> Thresholds:
        """By what a store states, and what comes with the calibration where it states nothing."""
        risk = self.risk if own is None else replace(self.risk, **own.stated())
        held = self.held_out
        return Thresholds(
            answer=max(_LIKELIER_RIGHT, held.threshold(risk.answer or 0.0)),
            ask_back=held.threshold(risk.ask_back or 0.0),
            overrule=max(_LIKELIER_RIGHT, held.threshold(risk.overrule or 0.0)),
            hand_over=self.hand_over.threshold(risk.hand_over or 0.0),
        )


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities. answer: from which evidence is given as the answer. ask_back: from which it makes a choice worth
    offering. overrule: from which it stands against a message's going another way. hand_over: of all intents that hand
    over, from which one of them does."""

    answer: float
    ask_back: float
    overrule: float
    hand_over: float


def _held_out(data: Mapping[str, Any], cases: str, wrong_at: str) -> HeldOut:
    return HeldOut(int(data[cases]), tuple(map(float, data[wrong_at])))


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(each, _DIGITS) for each in values]


def _numbers(data: Mapping[str, Any], names: Sequence[str]) -> dict[str, float]:
    if set(data) != set(names):
        raise ValueError(f"weights are needed of {', '.join(names)}")
    return {name: float(data[name]) for name in names}
