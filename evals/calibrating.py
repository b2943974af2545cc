"""Calibrating on questions whose answers are known: asked in process, each ranking judged, then fitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answers.calibration import Calibration
from assistant.answers.calibration_fit import Fitted, Judged, TooFewAnswers, Trial, fit
from assistant.answers.ranking import Ranked
from assistant.bootstrap import Application, application
from assistant.domain.errors import InvalidInput
from assistant.domain.ids import StoreId
from assistant.domain.understanding import Question as Asked
from assistant.settings import Settings
from evals.cases import Case, content_of
from evals.door import Opening, evaluation_settings
from evals.door.places import door_of, store_id_of
from evals.metrics.curves import aurc, calibration_error
from evals.suites.qa import FORMAT, Question
from evals.suites.wording import says

RISKS = (0.01, 0.02, 0.03, 0.05, 0.08, 0.1)
"""At which the report shows what would be answered."""


Heard = tuple[Asked, Sequence[Ranked], Sequence[bool]]

_FIGURES: Mapping[str, Callable[[Trial], float]] = {
    "first_right": lambda trial: float(trial.right.mean()),
    "log_loss": lambda trial: trial.loss,
    "ece": lambda trial: calibration_error(trial.probability, trial.right),
    "aurc": lambda trial: aurc(trial.probability, trial.right),
}


@dataclass(frozen=True, slots=True)
class Source:
    """store: a location as `storebot import` takes it, or the id of a store here. data: a qa file or folder."""

    store: str
    data: Path


@dataclass(frozen=True, slots=True)
class Operating:
    """Of the questions held out, what comes of stating that at most this share may go wrong: shares of all."""

    at_most_wrong: float
    threshold: float
    answered: float
    right: float
    wrong: float


@dataclass(frozen=True, slots=True)
class Calibrated:
    """asked: questions in the files. fitted: on those that were put to the evidence."""

    asked: int
    fitted: Fitted

    @property
    def better(self) -> bool:
        """Whether it tells more on questions held out than what there was before."""
        return self.fitted.trial.loss < self.fitted.before.loss

    def figures(self) -> Mapping[str, tuple[float, float]]:
        """Each before and now, on questions held out."""
        before, now = self.fitted.before, self.fitted.trial
        return {name: (figure(before), figure(now)) for name, figure in _FIGURES.items()}

    def operating(self) -> list[Operating]:
        trial = self.fitted.trial
        found = []
        for share in RISKS:
            threshold = trial.held_out().threshold(share)
            taken = trial.probability >= threshold
            right, wrong = (float((taken & flags).sum() / trial.asked) for flags in (trial.right, ~trial.right))
            found.append(Operating(share, threshold, right + wrong, right, wrong))
        return found


async def calibrate(
    sources: Sequence[Source], settings: Settings, *, apply: bool, tell: Callable[[str], None] = lambda _: None
) -> Calibrated:
    """Asks every question of every source, and fits to what was found.

    With `apply`, `sources` is one store of this data folder: it keeps the calibration, which is in force at its next
    turn, if that tells more than what it had. Raises MalformedSuite, InvalidInput, NotFound, PackRefused.
    """
    heard: list[Heard] = []
    cases = [(source, FORMAT.read(source.data)) for source in sources]
    judged: list[Judged] = []
    where = settings if apply else evaluation_settings(settings.data_dir / "evaluations" / "stores")
    async with application(where, observe=lambda *ranking: heard.append(ranking)) as app:
        if apply:
            await app.stores.get(StoreId(sources[0].store))
        for source, questions in cases:
            store_id = await _store(app, source.store, apply=apply)
            tell(f"{source.store}: {len(questions)} questions")
            async with door_of(app, store_id) as door:
                for case in questions:
                    question = content_of(case, Question)
                    talk = await door.open(Opening(question.lang, question.product_id, history=question.history))
                    heard.clear()
                    await talk.say(question.question)
                    if found := _judged(case, heard):
                        judged.append(found)
        try:
            # From what comes with the assistant, for a store too: the same answers give the same, however often.
            fitted = fit(judged, Calibration.load())
        except TooFewAnswers as error:
            raise InvalidInput(str(error)) from error
        calibrated = Calibrated(sum(len(questions) for _, questions in cases), fitted)
        if apply and calibrated.better:
            await app.tunings.put_calibration(StoreId(sources[0].store), fitted.calibration.as_yaml())
    return calibrated


async def _store(app: Application, store: str, *, apply: bool) -> StoreId:
    if apply:
        return StoreId(store)
    store_id = store_id_of(store)
    await app.import_store(store, store_id)
    return store_id


def _judged(case: Case, heard: Sequence[Heard]) -> Judged | None:
    """The first ranking of a question; None where there was none, or the message was taken for several questions."""
    if not heard or not heard[0][1] or len({question.text for question, *_ in heard}) > 1:
        return None
    question, (_, ranked, given) = content_of(case, Question), heard[0]
    return Judged.of(ranked, [_answers(question, item) for item in ranked], given)


def _answers(question: Question, item: Ranked) -> bool:
    said = f"{item.name} {item.text}"
    holds = all(any(says(said, variant) for variant in group) for group in question.answer_contains)
    return question.answerable and holds and not any(says(item.text, word) for word in question.must_not_contain)
