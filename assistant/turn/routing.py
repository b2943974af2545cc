"""Which way a matter goes: the intents of what was said, read against what was said before."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.domain.commerce import FactGroup
from assistant.domain.reply import ActionKind
from assistant.domain.understanding import Clause, ClauseKind, QuestionForm, Route
from assistant.nlu import grammar
from assistant.nlu.phrases import Phrases
from assistant.turn.turn import Routed, Said, shoppers, stores_last

Likely = Mapping[str, float]
"""Probability by name of intent."""

_ALONE, _JOINT = 0.7, 0.3  # weights of the last line alone, and of it read with the one before
_PENDING_ALONE, _PENDING_JOINT = 0.35, 0.65  # the same, where the store has asked for something
_CUE_ODDS = 60.0  # by which a cue multiplies the odds of its intent
_SHORT = {"zh": 12, "en": 6}  # characters, words: a line that only answers what was asked
_VAGUE = "other.vague"
_BY_ITSELF = 0.5  # from which a line that hands over is not read with the one before: likelier than not

# Numbers, and no stated risk: rated conversations hold too few refusals, threats and small talk to promise that at most
# a few percent of them are missed (docs/calibration.md). Words decide most of them; these are for what has none.
_SURE_REFUSAL = 0.5  # from which a request is refused: likelier than not
_SURE_HARM = 0.8  # the same, where it is taken for a wish to do harm: a wrong one insults who asks
_SURE_TALK = 0.5  # from which something is taken for small talk that no pattern tells: likelier than not
_SURE_ABUSE = 0.5  # letters struck at random look like swearing to a model of sounds
_SURE_ALARM = 0.95  # from which an alarm is believed: a threat names what it threatens with, so hardly ever
_ALARMS = frozenset({"safety_injury", "legal_or_media_threat", "policy_restriction"})
_OF_A_PRODUCT = frozenset({FactGroup.PRICE, FactGroup.STOCK, FactGroup.STATUS, FactGroup.SIZE})
_START = 6  # characters in which a line points at a thing
_AGREEING = frozenset({"acknowledgement", "affirm", "deny"})
_NEEDS_TOLD = 0.6  # of a recommendation, alone and together, that outweighs a procedure under way
_TIRED = frozenset({"chitchat", "goodbye", "deny", "complaint.mild", "complaint.abuse"})
_CLAUSES_KEPT = 64  # whose telling words are known: each is asked for them several times in its turn
_STATING = frozenset({Route.PROCEDURE, Route.RECOMMEND})


@dataclass(frozen=True, slots=True)
class Heard:
    """What the intents of a line are: alone, read with the shopper's line before it, and of that line (None: none)."""

    alone: Likely
    joint: Likely | None = None
    before: Likely | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Where an intent goes by itself."""

    route: Route
    reason: str = ""


class Router:
    def __init__(self, rules: Mapping[str, Rule], hand_over_from: float) -> None:
        """`rules`: of every intent that can be told. `hand_over_from`: the least probability, of all intents that hand
        over, at which one of them does so without a word that tells (`Thresholds.hand_over`)."""
        words = grammar.word_lists("dialogue")
        self._rules = rules
        self.hand_over_from = hand_over_from
        self._asks, self._useless, self._insists = (Phrases(words[name]) for name in ("asks", "useless", "insists"))
        self._cues = {name: Phrases(cues) for name, cues in grammar.word_lists("cues").items() if name in rules}
        self._rules_asked, self._one_of = Phrases(words["rules"]), Phrases(words["one_of"])
        self._jokes = Phrases(words["jokes"])
        self._points, self._several = Phrases(words["points"]), Phrases(words["several"])
        self._told_by = lru_cache(_CLAUSES_KEPT)(self._intents_told_by)

    def handing_over_from(self, probability: float) -> Router:
        """The same, at another threshold."""
        if probability == self.hand_over_from:
            return self
        router = copy(self)
        router.hand_over_from = probability
        return router

    @property
    def intents(self) -> frozenset[str]:
        """Every intent that can be told."""
        return frozenset(self._rules)

    def by_pattern(self, clause: Clause, before: Sequence[Said]) -> Routed | None:
        """Where a clause goes whose pattern tells its intent; None where it has none, or says yes to the store."""
        if clause.pattern is None:
            return None
        rule = self._rules[clause.pattern.name]
        store = stores_last(before)
        if clause.pattern.name in _AGREEING and store is not None and self._asks.found_in(store.text):
            return None
        return Routed(rule.route, clause.pattern.name, rule.reason, "pattern", clause.pattern.confidence)

    def by_name(self, clause: Clause, intent: str, why: str, confidence: float) -> Routed:
        """Where a clause goes whose intent somebody else tells. Raises KeyError for an intent that there is not."""
        rule = self._rules[intent]
        if rule.route is Route.PROCEDURE and self._rules_asked.found_in(clause.folded):
            return Routed(Route.ANSWER, intent, why="rules_asked", confidence=confidence)
        return Routed(rule.route, intent, rule.reason, why, confidence)

    def route(
        self, clause: Clause, heard: Heard, before: Sequence[Said], *, language: str, about: bool = False
    ) -> Routed:
        """`before`: the conversation so far, oldest first. `about`: it is known which product the clause is about."""
        heard = replace(heard, alone=self._cued(clause, heard.alone))
        routed = self._in_conversation(clause, heard, before, language)
        if not before and not about and self._too_little(clause, routed):
            judged = None if routed.reason == "repeated_failure" else routed.hand_over
            return replace(_asked_back(routed, "too_little"), hand_over=judged)
        return routed

    def _in_conversation(self, clause: Clause, heard: Heard, before: Sequence[Said], language: str) -> Routed:
        store = stores_last(before)
        if store is None or heard.joint is None or heard.before is None:
            return self._taken(clause, heard.alone, "said")
        if self._share(heard.alone, Route.HANDOFF) > _BY_ITSELF:
            return self._taken(clause, heard.alone, "said")
        if self._asked_in_vain(clause, store, before):
            return Routed(Route.HANDOFF, _best(heard.before), "repeated_failure", "asked_in_vain", 0.8)
        asked = self._asks.found_in(store.text)
        if asked and clause.question.form is QuestionForm.STATEMENT:
            return self._answering(clause, heard, heard.joint, heard.before, language)
        top = _best(heard.alone)
        useless = not asked and self._left_alone(store)
        if useless and self._insists.found_in(clause.folded) and self._rules[top].route is not Route.REFUSE:
            return Routed(Route.HANDOFF, _best(heard.before), "repeated_failure", "insists", 0.8)
        if self._gives_up(top, before):
            return Routed(Route.HANDOFF, _best(heard.before), "repeated_failure", "gives_up", 0.6)
        mixed = _mixed(heard.alone, heard.joint, _ALONE, _JOINT)
        taken = self._taken(clause, mixed, "with_before")
        unclear = taken.route in (Route.ANSWER, Route.PROCEDURE, Route.CLARIFY)
        if unclear and self._open_which(clause, store):
            return _asked_back(taken, "which_of_several")
        return taken

    def _answering(self, clause: Clause, heard: Heard, joint: Likely, before: Likely, language: str) -> Routed:
        """A line that answers what the store has asked: the matter before goes on."""
        mixed = _mixed(heard.alone, joint, _PENDING_ALONE, _PENDING_JOINT)
        earlier, top = _best(before), _best(heard.alone)
        earlier_route, top_route = self._rules[earlier].route, self._rules[top].route
        short = len(clause.folded) <= _SHORT["zh"] if language == "zh" else len(clause.folded.split()) <= _SHORT["en"]
        if not (top_route is Route.SMALL_TALK or short or earlier_route in _STATING):
            return self._taken(clause, mixed, "with_before")
        needs = self._share(joint, Route.RECOMMEND) + self._share(heard.alone, Route.RECOMMEND)
        if earlier_route is Route.PROCEDURE and needs < _NEEDS_TOLD:
            return Routed(Route.PROCEDURE, earlier, why="answers_the_store", confidence=before[earlier])
        if needs > 0.5 or (earlier_route in (Route.RECOMMEND, Route.ANSWER) and top_route is not Route.SMALL_TALK):
            return Routed(Route.RECOMMEND, "presale.recommend", why="answers_the_store", confidence=min(1.0, needs))
        return self._taken(clause, heard.alone if top_route is Route.SMALL_TALK else mixed, "answers_the_store")

    def _taken(self, clause: Clause, likely: Likely, why: str) -> Routed:
        """By the likeliest intent. Handing over and refusing need more: a word that tells, or enough sureness."""
        best, rest = _best(likely), dict(likely)
        judged = self._judged(clause, best, likely)
        while rest and not self._stands(clause, best, likely):
            route = self._rules[best].route
            rest = {name: value for name, value in rest.items() if self._rules[name].route is not route}
            best, why = (_best(rest) if rest else _VAGUE), "not_sure"
            judged = self._judged(clause, best, likely) if judged is None else judged
        if why != "not_sure" and best in self._told(clause):
            why = "told"
        rule = self._rules[best]
        if rule.route is Route.PROCEDURE and self._rules_asked.found_in(clause.folded):
            return Routed(Route.ANSWER, best, why="rules_asked", confidence=likely[best], hand_over=judged)
        return Routed(rule.route, best, rule.reason, why, likely[best], hand_over=judged)

    def _stands(self, clause: Clause, intent: str, likely: Likely) -> bool:
        rule = self._rules[intent]
        if intent in self._told(clause):
            return True
        if rule.route is Route.REFUSE:
            return likely[intent] >= (_SURE_HARM if rule.reason == "policy_restriction" else _SURE_REFUSAL)
        if rule.route is Route.SMALL_TALK:
            return likely[intent] >= _SURE_TALK
        if rule.route is not Route.HANDOFF:
            return True
        judged = self._judged(clause, intent, likely)
        if judged is not None:
            if rule.reason == "abuse" and likely[intent] < _SURE_ABUSE:
                return False
            return judged >= self.hand_over_from
        return self._alarming(clause, rule) and not _asks(clause) and likely[intent] >= _SURE_ALARM

    def _judged(self, clause: Clause, intent: str, likely: Likely) -> float | None:
        """The probability that something hands over, where that alone decides whether this intent does."""
        rule = self._rules[intent]
        if rule.route is not Route.HANDOFF or intent in self._told(clause):
            return None
        if self._alarming(clause, rule) or self._in_other_words(clause, rule):
            return None
        return self._share(likely, Route.HANDOFF)

    def _alarming(self, clause: Clause, rule: Rule) -> bool:
        """Whether a reason is so grave, and so rarely meant, that it takes words or sureness and not a likely share."""
        return rule.reason == "legal_or_media_threat" or (rule.reason in _ALARMS and _asks(clause))

    def _in_other_words(self, clause: Clause, rule: Rule) -> bool:
        """Whether the words tell that it is not meant."""
        if rule.reason == "safety_injury":
            return self._jokes.found_in(clause.folded)  # "this sauce is killing me 😂": who is hurt says so plainly
        return rule.reason == "complaint_escalation" and _asks(clause) and self._rules_asked.found_in(clause.folded)

    def _asked_in_vain(self, clause: Clause, store: Said, before: Sequence[Said]) -> bool:
        """Whether the store asks once more for what the shopper, who insists, has given already."""
        again = len(shoppers(before)) >= 2 and self._useless.found_in(store.text)
        return again and self._insists.found_in(clause.folded) and not any(map(str.isdigit, clause.folded))

    def _gives_up(self, intent: str, before: Sequence[Said]) -> bool:
        """Whether the shopper, who has insisted in vain, says no more than that they are tired of it."""
        own = shoppers(before)
        insisted = len(own) >= 2 and self._insists.found_in(own[-1])
        return insisted and intent in _TIRED

    def _open_which(self, clause: Clause, store: Said) -> bool:
        """Whether the shopper points at one of the things the store has named, and does not say at which."""
        if self._one_of.found_in(clause.folded):
            return True
        return self._several.found_in(store.text) and self._begins_pointing(clause)

    def _too_little(self, clause: Clause, routed: Routed) -> bool:
        """Whether a first line leaves open what it is about, or complains of answers that nobody has given yet."""
        if routed.reason == "repeated_failure":
            return routed.intent not in self._told(clause)
        if not (routed.route is Route.ANSWER and routed.intent.startswith("presale.")):
            return False
        if clause.seeks or clause.measures or clause.extreme:
            return False  # it says what is sought, if not which
        content = [term for term in clause.question.terms if term.weight >= 1 and term.group not in _OF_A_PRODUCT]
        if self._begins_pointing(clause):
            return len(content) <= 1
        return not content and _OF_A_PRODUCT.issuperset(clause.question.groups)

    def _begins_pointing(self, clause: Clause) -> bool:
        start = clause.folded[:_START]
        return self._points.found_in(start) or (clause.refers_back and len(clause.folded) <= 2 * _START)

    def _told(self, clause: Clause) -> frozenset[str]:
        """The intents that a word in the clause speaks strongly for."""
        return self._told_by(clause.folded)

    def _intents_told_by(self, folded: str) -> frozenset[str]:
        return frozenset(name for name, cues in self._cues.items() if cues.found_in(folded))

    def _cued(self, clause: Clause, likely: Likely) -> Likely:
        """With the odds raised of intents that a word speaks strongly for."""
        told = self._told(clause)
        if not told:
            return likely
        weighed = {name: value * (_CUE_ODDS if name in told else 1.0) for name, value in likely.items()}
        total = sum(weighed.values())
        return {name: value / total for name, value in weighed.items()}

    def _left_alone(self, line: Said) -> bool:
        """Whether a line of the store was of no use to the shopper."""
        if line.action is not None and line.action.kind in (ActionKind.ABSTAIN, ActionKind.CLARIFY):
            return True
        return self._useless.found_in(line.text)

    def _share(self, likely: Likely, route: Route) -> float:
        return sum(value for name, value in likely.items() if self._rules[name].route is route)


def _asks(clause: Clause) -> bool:
    return clause.question.form is not QuestionForm.STATEMENT and clause.kind is ClauseKind.QUESTION


def _asked_back(routed: Routed, why: str) -> Routed:
    return replace(routed, route=Route.CLARIFY, reason="", why=why)


def _best(likely: Likely) -> str:
    return max(likely, key=lambda name: likely[name])


def _mixed(one: Likely, other: Likely, weight_one: float, weight_other: float) -> dict[str, float]:
    """The normalised weighted geometric mean."""
    logs = {
        name: weight_one * math.log(one[name] + 1e-12) + weight_other * math.log(other.get(name, 0.0) + 1e-12)
        for name in one
    }
    highest = max(logs.values())
    raw = {name: math.exp(value - highest) for name, value in logs.items()}
    total = sum(raw.values())
    return {name: value / total for name, value in raw.items()}
