"""Calibrating on questions and conversations of which it is known what is right: had in process, judged, fitted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
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
from evals.door import Door, Opening, evaluation_settings
from evals.door.places import door_of, store_id_of
from evals.handing_over import Call, TooFewConversations, held_out
from evals.metrics.curves import aurc, calibration_error
from evals.suites.qa import FORMAT, Question
from evals.suites.routing import FORMAT as CONVERSATIONS
from evals.suites.routing import Conversation
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
    """store: a location as `storebot import` takes it, or the id of a store here. data: a file or folder of a suite."""

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
class Answers:
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


@dataclass(frozen=True, slots=True)
class Calibrated:
    """kept: what was in force. answers, calls: what was fitted, None and none where nothing was given to fit to."""

    kept: Calibration
    answers: Answers | None
    calls: Sequence[Call]

    @property
    def fitted(self) -> Calibration:
        """All that was fitted, and for the rest what was in force."""
        return self._with(self.answers)

    @property
    def better(self) -> Calibration | None:
        """What is worth putting in force; None where what was in force tells more."""
        answers = self.answers if self.answers and self.answers.better else None
        return self._with(answers) if answers or self.calls else None

    def _with(self, answers: Answers | None) -> Calibration:
        found = self.kept
        if answers:
            new = answers.fitted.calibration
            found = replace(found, weights=new.weights, confidence=new.confidence, held_out=new.held_out)
        return replace(found, hand_over=held_out(self.calls)) if self.calls else found


async def calibrate(
    answers: Sequence[Source],
    conversations: Sequence[Source],
    settings: Settings,
    *,
    apply: bool,
    tell: Callable[[str], None] = lambda _: None,
) -> Calibrated:
    """Asks every question of `answers`, has every conversation of `conversations`, and fits to what was found.

    With `apply`, all are of one store of this data folder: it keeps the calibration, which is in force at its next
    turn, if that tells more than what it had. Raises MalformedSuite, InvalidInput, NotFound, PackRefused.
    """
    heard: list[Heard] = []
    questions = [(source, FORMAT.read(source.data)) for source in answers]
    talks = [(source, CONVERSATIONS.read(source.data)) for source in conversations]
    where = settings if apply else evaluation_settings(settings.data_dir / "evaluations" / "stores")
    async with application(where, observe=lambda *ranking: heard.append(ranking)) as app:
        store = StoreId((*answers, *conversations)[0].store)
        kept = await _in_force(app, store) if apply else Calibration.load()
        judged: list[Judged] = []
        for source, cases in questions:
            tell(f"{source.store}: {len(cases)} questions")
            async with _door(app, source.store, apply=apply) as door:
                judged += [found for case in cases if (found := await _ask(door, case, heard))]
        calls: list[Call] = []
        for source, cases in talks:
            tell(f"{source.store}: {len(cases)} conversations")
            async with _door(app, source.store, apply=apply) as door:
                calls += [await _have(door, case) for case in cases]
        try:
            # From what comes with the assistant, for a store too: the same answers give the same, however often.
            fitted = fit(judged, Calibration.load()) if questions else None
            if talks:
                held_out(calls)
        except (TooFewAnswers, TooFewConversations) as error:
            raise InvalidInput(str(error)) from error
        asked = sum(len(cases) for _, cases in questions)
        calibrated = Calibrated(kept, Answers(asked, fitted) if fitted else None, calls)
        if apply and (better := calibrated.better):
            await app.tunings.put_calibration(store, better.as_yaml())
    return calibrated


async def _in_force(app: Application, store_id: StoreId) -> Calibration:
    await app.stores.get(store_id)
    own = (await app.tunings.get(store_id)).calibration
    try:
        return Calibration.parse(own, "calibration.yaml") if own else Calibration.load()
    except ValueError as error:
        raise InvalidInput(f"What store {store_id} has of its own cannot be read: {error}") from error


async def _ask(door: Door, case: Case, heard: list[Heard]) -> Judged | None:
    question = content_of(case, Question)
    talk = await door.open(Opening(question.lang, question.product_id, history=question.history))
    heard.clear()
    await talk.say(question.question)
    return _judged(case, heard)


async def _have(door: Door, case: Case) -> Call:
    content = content_of(case, Conversation)
    talk = await door.open(Opening(content.lang, history=content.turns[:-1]))
    return Call.of(await talk.say(content.turns[-1].text), content.expect)


@asynccontextmanager
async def _door(app: Application, store: str, *, apply: bool) -> AsyncIterator[Door]:
    async with door_of(app, await _store(app, store, apply=apply)) as door:
        yield door


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
