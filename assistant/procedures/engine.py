"""The course of a procedure: fill slots, keep the rules, show what will happen, wait for a yes, have it done, tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from assistant.answers.voice import Voice
from assistant.domain.backend import JsonObject
from assistant.domain.effects import Outcome, OutcomeState, Plan
from assistant.domain.errors import Conflict
from assistant.domain.folding import fold
from assistant.domain.ids import new_id
from assistant.domain.procedures import Finished, Procedure, Run, RunId, SlotKind, SlotSpec, Stage
from assistant.domain.reply import HandoffReason
from assistant.procedures import expressions
from assistant.procedures.concerned import made, orders_among, orders_of, results_of
from assistant.procedures.consent import Answer, Consent
from assistant.procedures.failing import FAULTS, faulty
from assistant.procedures.filling import Filler
from assistant.procedures.hearing import Hearing, is_for_want
from assistant.procedures.judging import Judged, judge
from assistant.procedures.known import Known, Records
from assistant.procedures.planning import RESULTS, planned
from assistant.procedures.progress import Choice, Progress, Told, Way
from assistant.procedures.referents import conditions
from assistant.procedures.sought import Sought

_PATIENCE = 3  # times that a slot is asked for before a human is


@dataclass(frozen=True, slots=True)
class Counter:
    """Where a run is served: the shopper's records, the voice of the store."""

    records: Records
    voice: Voice


@dataclass(frozen=True, slots=True)
class _Open:
    """What is left open of a slot: what it may be, what is named and not there, and of what no variant is as wished."""

    among: Sequence[Choice] = ()
    missing: Sequence[str] = ()
    lacking: Sequence[str] = ()


class Doing(Protocol):
    """What an engine asks of `Effects`."""

    async def carry_out(self, plan: Plan) -> Outcome: ...

    async def outcome_of(self, run_id: RunId) -> Outcome | None: ...


class Engine:
    """Serves procedures. Nothing is written but through `effects`, and nothing goes there without a yes."""

    def __init__(self, effects: Doing, filler: Filler) -> None:
        self._effects = effects
        self._filler = filler
        self._consent = Consent()
        self.hearing = Hearing(filler.conditions)

    def over(self, effects: Doing) -> Engine:
        """The same with other effects: those of a rehearsal do nothing."""
        return Engine(effects, self._filler)

    async def begin(
        self, procedure: Procedure, told: Told, at: Counter, *, given: JsonObject | None = None
    ) -> Progress:
        """A new run, from what is told and what is `given` by slot."""
        known = {slot.name for slot in procedure.slots}
        values = {name: value for name, value in (given or {}).items() if name in known}
        heard = told.clause.text
        run = Run(RunId(new_id("run")), procedure.name, procedure.version, values=values, heard=heard)
        return await self._advance(procedure, run, told, at)

    async def go_on(self, procedure: Procedure, run: Run, told: Told, at: Counter) -> Progress | None:
        """What a message does to a run that waits; None where it says nothing to it.

        What was carried out on a yes whose turn did not get to its end, for a crash or a newer message, has changed the
        records that it would be judged by: it is told, whatever the message says.
        """
        folded = told.message.folded
        if run.stage is Stage.CONFIRMING:
            if (outcome := await self._effects.outcome_of(run.id)) is not None:
                return await self._come_to(procedure, run, Judged.carried_out(procedure, run, outcome), at, outcome)
            match self._consent.read(folded, fold(" ".join(procedure.title.texts))):
                case Answer.YES:
                    return await self._confirmed(procedure, run, told, at)
                case Answer.NO:
                    return self._dropped(procedure, run, at)
        elif run.stage is not Stage.ASKING:
            return None
        if self._consent.gives_up(folded):
            return self._dropped(procedure, run, at)
        values = await self._retold(procedure, run, told, at)
        if values is None:
            return await self._not_told(procedure, run, told, at)
        run = replace(run, values=values, asked=0, heard=f"{run.heard}\n{told.message.text}".strip())
        return await self._advance(procedure, run, told, at, again=True)

    def answers(self, procedure: Procedure, told: Told) -> bool:
        """Whether a message is a yes or a no to what was shown, or gives it up."""
        folded = told.message.folded
        answer = self._consent.read(folded, fold(" ".join(procedure.title.texts)))
        return answer is not Answer.OTHER or self._consent.gives_up(folded)

    async def take_up(self, procedure: Procedure, run: Run, told: Told, at: Counter) -> Progress | None:
        """A run that a rule refused, with what the message puts in place of what the rule did not allow; None where it
        says nothing of that."""
        broken = next((rule for rule in procedure.rules if rule.name == run.waits_for), None)
        named = expressions.names(broken.holds) if broken is not None else frozenset()
        values = dict(run.values)
        for slot in procedure.slots:
            if slot.name not in named or slot.name not in values or slot.kind is SlotKind.ORDER:
                continue
            filled = await self._filler.fill(Sought(slot, told, self._known(procedure, values, at), False), run)
            if filled.told and filled.value not in (None, values[slot.name]):
                values[slot.name] = filled.value
        if values == run.values:
            return None
        anew = replace(run, id=RunId(new_id("run")), values=values, waits_for="")
        return await self._advance(procedure, anew, told, at)

    async def ask_again(self, procedure: Procedure, run: Run, told: Told, at: Counter) -> Progress:
        """What a run waits for, said once more after something else was answered."""
        answers = told.earlier is None  # what was said before narrows the choices, and answers no question
        if told.earlier is not None:
            told = replace(told, clause=told.earlier, message=told.earlier, earlier=None)
        if run.asked + 1 >= _PATIENCE and run.stage is Stage.ASKING:
            text = at.voice.say("procedure_stuck", matter=self._title(procedure, at))
            return Progress(Way.FAILED, procedure.name, texts=(text,), handoff=HandoffReason.REPEATED_FAILURE)
        return await self._advance(procedure, replace(run, asked=run.asked + 1), told, at, again=answers)

    async def _retold(self, procedure: Procedure, run: Run, told: Told, at: Counter) -> dict[str, Any] | None:
        """The values with what the message tells of them; None where it tells nothing."""
        values, changed = dict(run.values), False
        now = replace(told, earlier=None)
        for slot in sorted(procedure.slots, key=lambda slot: slot.name != run.waits_for):
            waited = run.stage is Stage.ASKING and slot.name == run.waits_for
            if changed and not waited and run.stage is Stage.ASKING:
                break  # the answer to what was asked is no correction of something else
            heard = told if waited else now
            filled = await self._filler.fill(Sought(slot, heard, self._known(procedure, values, at), waited), run)
            if filled.told and filled.value is not None and filled.value != values.get(slot.name):
                values[slot.name] = filled.value
                changed = True
        return values if changed else None

    async def _not_told(self, procedure: Procedure, run: Run, told: Told, at: Counter) -> Progress | None:
        """An answer that tells nothing: it may say that the shopper cannot tell, or speak of something else."""
        if run.stage is not Stage.ASKING:
            return None
        slot = procedure.slot(run.waits_for)
        filled = await self._filler.fill(Sought(slot, told, self._known(procedure, run.values, at), True), run)
        if filled.missing:
            return await self.ask_again(procedure, run, replace(told, earlier=None), at)
        if self._consent.cannot_tell(told.message.folded):
            return await self.ask_again(procedure, run, told, at)
        if filled.told and _offered(filled.among) not in ((), run.options):  # it tells a part: the rest is asked for
            heard = f"{run.heard}\n{told.message.text}".strip()
            return await self._advance(procedure, replace(run, asked=0, heard=heard), told, at, again=True)
        return None

    async def _advance(
        self, procedure: Procedure, run: Run, told: Told, at: Counter, *, again: bool = False
    ) -> Progress:
        """As far as it goes by what is known."""
        values = dict(run.values)
        open_choices: dict[str, tuple[Choice, ...]] = {}
        missing: tuple[str, ...] = ()
        lacking: tuple[str, ...] = ()
        for slot in procedure.slots:
            if slot.name in values:
                continue
            waited = again and slot.name == run.waits_for
            filled = await self._filler.fill(Sought(slot, told, self._known(procedure, values, at), waited), run)
            if filled.value is not None:
                values[slot.name] = filled.value
            elif filled.missing and not missing:
                missing = filled.missing
            lacking = lacking or filled.lacking
            open_choices[slot.name] = filled.among
        run = replace(run, values=values)
        judged = await judge(procedure, run, at.records)
        if not judged.allowed:
            return self._refused(procedure, run, judged)
        if stopped := await self._conditions(procedure, run, told, at, judged):
            if isinstance(stopped, Progress):
                return stopped
            run = stopped
        waiting = next((slot for slot in procedure.slots if slot.name not in values and not slot.optional), None)
        if waiting is not None:
            among = open_choices.get(waiting.name, ())
            return await self._asked(procedure, run, waiting, _Open(among, missing, lacking), at)
        judged = await judge(procedure, run, at.records, all_known=True)
        if procedure.confirm is None:
            return await self._acted(procedure, run, judged, at, None)
        shown, known = await self._shown(procedure, run, judged, at)
        run = replace(run, stage=Stage.CONFIRMING, waits_for="", shown="\n".join(shown))
        texts = (*judged.refused, *shown, at.voice.say("procedure_confirm"))
        return Progress(
            Way.CONFIRMS, procedure.name, run, texts, orders=orders_of(procedure, run.values), rests_on=known
        )

    def _refused(self, procedure: Procedure, run: Run, judged: Judged) -> Progress:
        rule = judged.broken
        assert rule is not None, "what is not allowed breaks a rule"
        return Progress(
            Way.FAILED if rule.handoff else Way.REFUSED,
            procedure.name,
            texts=judged.refused,
            orders=orders_of(procedure, run.values),
            rests_on=judged.rests_on,
            values=run.values,
            handoff=rule.handoff,
            instead=rule.instead,
            suggest=rule.suggest,
            aside=replace(run, stage=Stage.ASKING, waits_for=rule.name),
        )

    async def _conditions(
        self, procedure: Procedure, run: Run, told: Told, at: Counter, judged: Judged
    ) -> Progress | Run | None:
        """What the shopper made the request depend on, held against the records: a refusal, or the run with those that
        no record tells."""
        if run.stage is not Stage.ASKING or run.conditions:
            return None
        conditional = [one for one in self._filler.conditions.read(told.clause) if not is_for_want(one)]
        if not conditional:
            return None
        open_ones: list[str] = []
        for condition in conditional:
            for order_id in judged.allowed:
                state = await self._filler.known_of(Known(procedure, run.values, at.records, order_id))
                holds = conditions.holds(condition, state)
                if holds is False:
                    text = at.voice.say(
                        "condition_not_met", condition=condition.words, matter=self._title(procedure, at)
                    )
                    return Progress(
                        Way.REFUSED,
                        procedure.name,
                        texts=(text,),
                        orders=orders_of(procedure, run.values),
                        rests_on=run.values,
                    )
                if holds is None:
                    open_ones.append(condition.words)
        return replace(run, conditions=tuple(dict.fromkeys(open_ones)))

    async def _asked(
        self,
        procedure: Procedure,
        run: Run,
        slot: SlotSpec,
        left: _Open,
        at: Counter,
    ) -> Progress:
        known = Known(procedure, run.values, at.records, next(iter(orders_of(procedure, run.values)), None))
        choices = tuple(left.among) or await self._filler.choices(slot, known)
        run = replace(
            run,
            stage=Stage.ASKING,
            waits_for=slot.name,
            options=_offered(choices),
        )
        if slot.ask is not None:
            text = await known.say(slot.ask)
        else:
            text = at.voice.say(f"ask_{slot.kind.value}", matter=self._title(procedure, at))
        lead: tuple[str, ...] = ()
        if left.missing:
            lead = (at.voice.say("not_among_orders", words=", ".join(left.missing)),)
        if left.lacking:
            lead = (*lead, at.voice.say("no_such_variant", titles=", ".join(left.lacking)))
        return Progress(
            Way.ASKS,
            procedure.name,
            run,
            (*lead, text),
            slot=slot.name,
            choices=choices,
            orders=orders_of(procedure, run.values) or (orders_among(left.among) if left.lacking else ()),
            rests_on=known.used(),
            lacking=bool(left.lacking),
        )

    async def _shown(
        self, procedure: Procedure, run: Run, judged: Judged, at: Counter
    ) -> tuple[tuple[str, ...], Mapping[str, object]]:
        """What will happen, in words, and what the words rest on."""
        assert procedure.confirm is not None
        texts, rests_on = [], dict(run.values)
        for order_id in judged.allowed:
            known = Known(procedure, run.values, at.records, order_id)
            text = await known.say(procedure.confirm)
            unsaid = await known.changes_beside(text)
            texts.append("".join((text, *(at.voice.say("also_changes", **change) for change in unsaid))))
            rests_on[str(order_id or "values")] = known.used()
        if run.conditions:
            rests_on["said by the shopper"] = run.conditions
            texts.append(at.voice.say("condition_open", conditions=", ".join(run.conditions)))
        return tuple(texts), rests_on

    async def _confirmed(self, procedure: Procedure, run: Run, told: Told, at: Counter) -> Progress:
        """The shopper's yes: it counts for what was shown, not for what has changed since."""
        judged = await judge(procedure, run, at.records, all_known=True)
        if not judged.allowed:
            return self._refused(procedure, run, judged)
        shown, _ = await self._shown(procedure, run, judged, at)
        if "\n".join(shown) != run.shown:
            return await self._advance(procedure, run, told, at, again=True)
        return await self._acted(procedure, run, judged, at, told)

    async def _acted(self, procedure: Procedure, run: Run, judged: Judged, at: Counter, told: Told | None) -> Progress:
        """Has the steps carried out on the yes of `told`, or reads where there is nothing to say yes to."""
        outcome = Outcome(OutcomeState.DONE)
        if told is not None:
            outcome = await self._carried_out(procedure, run, judged, at, told)
        return await self._come_to(procedure, run, judged, at, outcome)

    async def _come_to(self, procedure: Procedure, run: Run, judged: Judged, at: Counter, outcome: Outcome) -> Progress:
        match outcome.state:
            case OutcomeState.DONE:
                return await self._done(procedure, run, judged, at, outcome)
            case OutcomeState.APPROVING:
                return self._ended(procedure, run, at, Way.WAITS, "procedure_approving")
            case OutcomeState.UNAVAILABLE:
                return self._ended(procedure, run, at, Way.WAITS, "procedure_unavailable")
            case OutcomeState.REFUSED:
                return self._ended(procedure, run, at, Way.FAILED, "procedure_system_refused")
            case _:
                return self._ended(procedure, run, at, Way.FAILED, "procedure_uncertain", HandoffReason.TOOL_FAILURE)

    async def _carried_out(self, procedure: Procedure, run: Run, judged: Judged, at: Counter, told: Told) -> Outcome:
        plan = await planned(procedure, run, told, at.records, orders=judged.allowed, rules=judged.rules)
        try:
            return await self._effects.carry_out(plan)
        except Conflict:
            # The yes was given to another plan under the same run: what became of that, a human has to tell.
            return Outcome(OutcomeState.UNKNOWN)

    async def _done(self, procedure: Procedure, run: Run, judged: Judged, at: Counter, outcome: Outcome) -> Progress:
        texts, rests_on = list(judged.refused), dict(run.values)
        finished = []
        for order_id in judged.allowed:
            known = Known(procedure, run.values, at.records, order_id)
            if procedure.steps:
                finished.append(Finished(procedure.name, order_id or "", run.values, await known.outcome()))
            results = results_of(order_id, outcome, several=len(judged.allowed) > 1)
            if procedure.done is not None:
                texts.append(await self._told_of(procedure, known, results, at))
            rests_on[str(order_id or "values")] = {**known.used(), RESULTS: results}
        orders = (*made(outcome), *orders_of(procedure, run.values))
        said = tuple(dict.fromkeys(texts))  # several orders may be told of in one text
        return Progress(
            Way.DONE, procedure.name, texts=said, orders=orders, rests_on=rests_on, finished=tuple(finished)
        )

    async def _told_of(self, procedure: Procedure, known: Known, results: Mapping[str, JsonObject], at: Counter) -> str:
        """What is said in the end. What was done stays done, also where its text cannot be told."""
        assert procedure.done is not None
        try:
            return await known.say(procedure.done, **{RESULTS: results})
        except FAULTS as fault:
            if not procedure.steps:
                raise
            faulty(procedure.name, fault)
            return at.voice.say("procedure_done", matter=self._title(procedure, at))

    def _ended(
        self, procedure: Procedure, run: Run, at: Counter, way: Way, text: str, handoff: HandoffReason | None = None
    ) -> Progress:
        words = at.voice.say(text, matter=self._title(procedure, at))
        return Progress(way, procedure.name, texts=(words,), orders=orders_of(procedure, run.values), handoff=handoff)

    def _dropped(self, procedure: Procedure, run: Run, at: Counter) -> Progress:
        return replace(self._ended(procedure, run, at, Way.DROPPED, "procedure_dropped"), aside=run)

    def _known(self, procedure: Procedure, values: JsonObject, at: Counter) -> Known:
        """While slots are filled: of the one order, where there is one."""
        orders = orders_of(procedure, values)
        return Known(procedure, values, at.records, orders[0] if len(orders) == 1 else None)

    def _title(self, procedure: Procedure, at: Counter) -> str:
        return procedure.title.in_language(at.voice.language.tag)


def _offered(choices: Sequence[Choice]) -> tuple[tuple[str, object], ...]:
    """Choices as a run keeps them: what the button of each says, and its value."""
    return tuple((choice.says or choice.label, choice.value) for choice in choices)
