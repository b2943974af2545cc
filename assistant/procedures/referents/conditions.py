"""What must hold for a request, and whether a message supposes something only to ask about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

import regex

from assistant.domain.backend import OrderStage
from assistant.domain.understanding import Clause, Measure, Relation
from assistant.nlu.phrases import Phrases
from assistant.procedures.referents import words

_SENTENCE = regex.compile(r"[。！？!?；;\n]+|(?<!\d)\.(?=\s|$)|(?<=\d)\.(?=\s|$)")
_COMMA = regex.compile(r"[，,](?!\d)")
_LEAST_CONTENT = 2  # characters of a Chinese condition
_ANY_KIND = 14  # characters before 就 in which a condition without a lead stands
_STRICT = regex.compile(
    r"\b(?:over|above|more than|greater than|less than|under|below|cheaper than)\b|超过|大于|高于|不到|低于|小于|少于"
)
_NOT_THEN = regex.compile(r"就(?:是|算|像|好|行|可以了|这样|在)")


class MeasureReader(Protocol):
    def in_text(self, folded: str) -> tuple[Measure, ...]: ...


class Kind(StrEnum):
    """What a condition is about; `operands` of it stand in the fields of Condition."""

    STAGE = "stage"  # the order's stage is one of `stages`
    PRICE = "price"  # the price spoken of bears `relation` to `amount`
    FREE = "free"  # nothing has to be paid for it
    CHEAPER = "cheaper"  # it costs less than was paid
    AGREEABLE = "agreeable"  # the shopper finds it so: their yes to the confirmation tells
    IN_STOCK = "in_stock"
    BALANCE = "balance"  # the balance covers the amount
    POSSIBLE = "possible"  # what was asked before it can be done
    WHOLE_ORDER = "whole_order"  # it can be done to the whole order only
    RECORDED = "recorded"  # the system has a record of it
    CHECKED = "checked"  # what the shopper handed in was found right
    OTHERWISE = "otherwise"  # the condition before does not hold
    UNVERIFIABLE = "unverifiable"  # no record tells; only a person can say


@dataclass(frozen=True, slots=True)
class Condition:
    """words: as folded. negated: the opposite must hold. strict: the amount itself does not fulfil the relation.

    start, end: its place in the folded text of the clause, the end excluded.
    """

    kind: Kind
    words: str
    start: int = 0
    end: int = 0
    negated: bool = False
    stages: frozenset[OrderStage] = frozenset()
    relation: Relation | None = None
    amount: Decimal | None = None
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What records say of the matter at hand; None: nothing. fee: for doing it. due: what has to be paid."""

    stage: OrderStage | None = None
    price: Decimal | None = None
    paid: Decimal | None = None
    fee: Decimal | None = None
    in_stock: bool | None = None
    balance: Decimal | None = None
    due: Decimal | None = None
    possible: bool | None = None
    whole_order: bool | None = None
    recorded: bool | None = None
    checked: bool | None = None


_SAYS: dict[str, tuple[Kind, bool]] = {
    "free": (Kind.FREE, False),
    "not_free": (Kind.FREE, True),
    "cheaper": (Kind.CHEAPER, False),
    "agreeable": (Kind.AGREEABLE, False),
    "in_stock": (Kind.IN_STOCK, False),
    "out_of_stock": (Kind.IN_STOCK, True),
    "balance": (Kind.BALANCE, False),
    "no_balance": (Kind.BALANCE, True),
    "possible": (Kind.POSSIBLE, False),
    "impossible": (Kind.POSSIBLE, True),
    "whole": (Kind.WHOLE_ORDER, False),
    "recorded": (Kind.RECORDED, False),
    "unrecorded": (Kind.RECORDED, True),
    "checked": (Kind.CHECKED, False),
    "unchecked": (Kind.CHECKED, True),
}
_VAGUE = {"possible": 2, "impossible": 1}  # what else is said goes before it: "可以免费装"


class Conditions:
    """Built once."""

    def __init__(self, measures: MeasureReader) -> None:
        lists = words.sections("conditions")
        leads, supposes = lists["leads"], lists["hypothetical"]
        self._measures = measures
        self._chinese = regex.compile(
            f"(?P<lead>{_any_of(leads['chinese'])})(?P<content>.+?)(?=的话|[，,]|那?就|不然|否则|$)"
        )
        self._english = regex.compile(rf"\b(?P<lead>{_any_of(leads['english'])})\b(?P<content>.+)")
        self._suffixed = regex.compile(r"(?P<content>[^，,]{1,18}?)的话")
        self._then = regex.compile(rf"(?P<content>[^，,\s]{{2,{_ANY_KIND}}}?)[，,]?\s?(?:那)?(?:我|我们)?就")
        self._indirect = regex.compile(rf"\b(?:{_any_of(leads['indirect'])})(?: me)? $")
        self._unless = frozenset(leads["unless"])
        self._imagined = tuple(leads["imagined"])
        self._no_content = frozenset(leads["no_content"])
        self._otherwise = Phrases(leads["otherwise"])
        self._request, self._main = Phrases(leads["request"]), Phrases(leads["main"])
        self._says = {word.casefold(): name for name, spellings in lists["says"].items() for word in spellings}
        self._phrases = Phrases(self._says)
        self._stages = {name: frozenset(map(OrderStage, stages)) for name, stages in lists["stages"].items()}
        self._asks, self._asks_for = Phrases(supposes["asks"]), Phrases(supposes["request"])
        self._told, self._polite = Phrases(supposes["told"]), Phrases(supposes["polite"])
        self._considering = Phrases(supposes["considering"])
        self._later, self._again = Phrases(supposes["later"]), Phrases(supposes["again"])

    def read(self, said: Clause) -> tuple[Condition, ...]:
        """The conditions of a clause, in order."""
        return tuple(self.in_text(said.folded))

    def in_text(self, folded: str) -> Iterator[Condition]:
        start = 0
        for end in (*(stop.start() for stop in _SENTENCE.finditer(folded)), len(folded)):
            yield from sorted(self._of_sentence(folded, start, end), key=lambda condition: condition.start)
            start = end
            while start < len(folded) and not folded[start].isalnum():
                start += 1

    def without(self, folded: str) -> str:
        """The text with blanks where a condition stands: what is asked for, apart from when."""
        for condition in self.in_text(folded):
            folded = folded[: condition.start] + " " * (condition.end - condition.start) + folded[condition.end :]
        return folded

    def hypothetical(self, said: Clause) -> bool:
        """Whether something is only supposed, to ask about it or to say what may come: nothing is requested."""
        conditions = self.read(said)
        rest = self._told.remove(self.without(said.folded))
        if self._polite.found_in(rest):
            return False
        if any(condition.words.startswith(self._imagined) for condition in conditions):
            return not self._asks_for.found_in(rest)
        if self._considering.found_in(said.folded) and not self._asks_for.found_in(rest):
            return True
        if self._later.found_in(said.folded) and self._again.found_in(said.folded):
            return True
        asks = "?" in rest or "？" in rest or self._asks.found_in(rest)
        return bool(conditions) and asks and not self._asks_for.found_in(rest)

    def requested(self, said: Clause) -> Clause:
        """A clause with blanks for the sentences that only suppose something."""
        kept, start = said.folded, 0
        for end in (*(stop.end() for stop in _SENTENCE.finditer(said.folded)), len(said.folded)):
            if self.hypothetical(replace(said, folded=said.folded[start:end])):
                kept = f"{kept[:start]}{' ' * (end - start)}{kept[end:]}"
            start = end
        return replace(said, folded=kept)

    def asks_for(self, folded: str) -> bool:
        """Whether a text holds words that ask for something to be done."""
        return self._request.found_in(folded) or self._asks_for.found_in(folded)

    def _of_sentence(self, folded: str, start: int, end: int) -> Iterator[Condition]:
        taken: list[Condition] = []
        for condition in (*self._led(folded, start, end), *self._bare(folded, start, end)):
            if all(condition.end <= other.start or other.end <= condition.start for other in taken):
                taken.append(condition)
        yield from taken

    def _led(self, folded: str, start: int, end: int) -> Iterator[Condition]:
        """Conditions with a word that leads them in."""
        for word, first, last in self._otherwise.spans(folded[start:end]):
            if word == "if not" and self._says_not(folded, start + first + len("if ")):
                continue  # "if not shipped"
            comma = _COMMA.search(folded, start + last, end)
            close = comma.start() if word == "if no" and comma else start + last
            yield Condition(Kind.OTHERWISE, folded[start + first : close], start + first, close, negated=True)
        place = start
        while match := self._english.search(folded, place, end):
            place = match.end("lead")
            if not self._indirect.search(folded, start, match.start()):
                stop = self._stop(folded, match.start("content"), end)
                yield self._condition(folded, match.start(), match.start("content"), stop, match["lead"])
                place = stop
        for match in self._chinese.finditer(folded, start, end):
            close = match.end() + (2 if folded.startswith("的话", match.end()) else 0)
            if not folded.startswith(("的话", "就", "那就"), match.end()):
                content = folded[match.start("content") + _LEAST_CONTENT : close]
                main = next((first for _, first, _ in self._main.spans(content)), None)
                close = close if main is None else match.start("content") + _LEAST_CONTENT + main
            yield self._condition(folded, match.start(), match.start("content"), close, match["lead"])

    def _says_not(self, folded: str, place: int) -> bool:
        return any(first == 0 for _, first, _ in self._phrases.spans(folded[place : place + _ANY_KIND]))

    def _bare(self, folded: str, start: int, end: int) -> Iterator[Condition]:
        """ "能装的话", "没送到就加急"."""
        for match in self._suffixed.finditer(folded, start, end):
            first = self._after_blank(folded, match.start(), match.end("content"))
            if folded[first : match.end("content")].strip() not in self._no_content:
                yield self._condition(folded, first, first, match.end(), "")
        for match in self._then.finditer(folded, start, end):
            content = match.start("content"), match.end("content")
            if self._phrases.found_in(folded[slice(*content)]) and not _NOT_THEN.match(folded, match.end() - 1):
                condition = self._condition(folded, content[0], *content, "")
                if condition.kind is not Kind.UNVERIFIABLE:
                    yield condition

    @staticmethod
    def _after_blank(folded: str, start: int, end: int) -> int:
        blank = folded.rfind(" ", start, end)
        return blank + 1 if blank >= 0 else start

    def _stop(self, folded: str, start: int, end: int) -> int:
        """Where an English condition ends: at a comma, or where a request begins after what it says."""
        if comma := _COMMA.search(folded, start, end):
            return comma.start()
        content = folded[start:end]
        said = next(iter(self._phrases.spans(content)), None)
        if said and said[0].endswith("possible"):
            return start + said[2]
        money = next((measure for measure in self._measures.in_text(content) if measure.kind == "money"), None)
        after = content.find(money.text) + len(money.text) if money else said[2] if said else len(content)
        request = next((first for _, first, _ in self._request.spans(content[after:])), None)
        return start + after + request if request is not None else end

    def _named(self, word: str) -> str:
        """What a word found in a text says; those with "…" are found with other characters in its place."""
        if word in self._says:
            return self._says[word]
        halves = ((spelling.partition("…"), name) for spelling, name in self._says.items() if "…" in spelling)
        return next((name for (lead, _, end), name in halves if word.startswith(lead) and word.endswith(end)), "")

    def _condition(self, folded: str, start: int, content: int, end: int, lead: str) -> Condition:
        text = folded[content:end]
        stated = folded[start:end].strip()
        unless = lead in self._unless
        money = next((measure for measure in self._measures.in_text(text) if measure.kind == "money"), None)
        if money and money.relation in (Relation.AT_MOST, Relation.AT_LEAST):
            return Condition(
                Kind.PRICE,
                stated,
                start,
                end,
                unless,
                relation=money.relation,
                amount=money.number,
                strict=_STRICT.search(text) is not None,
            )
        said = (self._named(word) for word in sorted(self._phrases.all(text), key=len, reverse=True))
        name = min(said, key=lambda name: _VAGUE.get(name, 0), default="")
        if name in self._stages:
            return Condition(Kind.STAGE, stated, start, end, unless, stages=self._stages[name])
        if name not in _SAYS:  # nothing known, or what nobody can tell from records
            return Condition(Kind.UNVERIFIABLE, stated, start, end, unless)
        kind, negated = _SAYS[name]
        return Condition(kind, stated, start, end, negated is not unless)


def holds(condition: Condition, known: Known) -> bool | None:
    """Whether a condition holds by the records; None where they do not tell. OTHERWISE is for the caller to tell."""
    found = _holds(condition, known)
    return found if found is None or not condition.negated else not found


def _holds(condition: Condition, known: Known) -> bool | None:
    match condition.kind:
        case Kind.STAGE:
            return None if known.stage is None else known.stage in condition.stages
        case Kind.PRICE:
            return _compares(known.price, condition)
        case Kind.FREE:
            return None if known.fee is None else known.fee == 0
        case Kind.CHEAPER:
            return None if known.price is None or known.paid is None else known.price < known.paid
        case Kind.AGREEABLE:
            return True
        case Kind.BALANCE:
            return None if known.balance is None or known.due is None else known.balance >= known.due
        case Kind.IN_STOCK | Kind.POSSIBLE | Kind.WHOLE_ORDER | Kind.RECORDED | Kind.CHECKED:
            told: bool | None = getattr(known, condition.kind.value)
            return told
        case _:
            return None


def _compares(price: Decimal | None, condition: Condition) -> bool | None:
    if price is None or condition.amount is None:
        return None
    if price == condition.amount:
        return not condition.strict
    return (price < condition.amount) == (condition.relation is Relation.AT_MOST)


def _any_of(spellings: list[str]) -> str:
    return "|".join(map(regex.escape, sorted(spellings, key=len, reverse=True)))
