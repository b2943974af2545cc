"""Which ways to pay, or to be paid back, words mean, in the order in which the shopper would have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from assistant.domain.backend import PaymentMethod
from assistant.domain.folding import fold
from assistant.domain.understanding import Clause
from assistant.nlu.phrases import Phrases
from assistant.procedures.referents import words
from assistant.procedures.referents.meaning import How, Meaning, one_of

_TAIL = regex.compile(r"(?:ending(?: in| with)?|ends (?:in|with)|尾号(?:是|为)?|\bx+|\*+)\s?(?P<digits>\d{3,4})\b")
_BARE_TAIL = regex.compile(r"\b(?P<digits>\d{4})\b(?= card|的?卡)|(?<=card |visa |amex |mastercard )(?P<after>\d{4})\b")
_CARDS = frozenset({"credit_card", "debit_card", "bank_card"})
_BEFORE = 18  # characters before a way in which it is said not to be wanted


@dataclass(frozen=True, slots=True)
class Ways:
    """Ways to pay, the one wanted first and those for want of it. only: nothing else will do. any: all the same."""

    wanted: tuple[Meaning[PaymentMethod], ...] = ()
    only: bool = False
    any: bool = False

    @property
    def first(self) -> Meaning[PaymentMethod]:
        return self.wanted[0] if self.wanted else Meaning()

    @property
    def told(self) -> bool:
        return bool(self.wanted)


class Payments:
    """Built once."""

    def __init__(self) -> None:
        lists = words.sections("payments")
        self._kinds = {fold(word): kind for kind, spellings in lists["ways"].items() for word in spellings}
        self._makes = {fold(word): make for make, spellings in lists["makes"].items() for word in spellings}
        self._points = {name: Phrases(spellings) for name, spellings in lists["points"].items()}
        named = {**dict.fromkeys(self._kinds, "kind"), **dict.fromkeys(self._makes, "make")}
        for name in ("original", "other"):
            named |= dict.fromkeys(map(fold, lists["points"][name]), name)
        self._named, self._all = named, Phrases(named)
        not_wanted = "|".join(map(regex.escape, sorted(lists["not"]["words"], key=len, reverse=True)))
        self._not = regex.compile(rf"(?:{not_wanted})(?: (?:to|on|onto|with|the|my|a|use|want|put it on))* ?$")

    def which(
        self,
        said: Clause,
        methods: Sequence[PaymentMethod],
        *,
        original: PaymentMethod | None = None,
    ) -> Ways:
        """The methods that a clause names. `methods`: the shopper's own; `original`: how the order was paid."""
        found: list[Meaning[PaymentMethod]] = []
        spans = list(self._all.spans(said.folded))
        place = end = 0
        while place < len(spans):
            word, start, end = spans[place]
            place += 1
            if self._not.search(said.folded[max(0, start - _BEFORE) : start]):
                continue
            told = [(word, self._named[word])]
            while place < len(spans) and not said.folded[end : spans[place][1]].strip(" ,"):  # "amex credit card"
                told.append((spans[place][0], self._named[spans[place][0]]))
                end = spans[place][2]
                place += 1
            meaning = self._one(told, said.folded, methods, original)
            if all(meaning.meant != other.meant or meaning.missing != other.missing for other in found):
                found.append(meaning)
        if not found and self._points["card"].found_in(said.folded):
            cards = _of_tail(said.folded, tuple(filter(self._is_card, methods)))
            found.append(one_of(cards, How.WORDS, ("card",)) if cards else Meaning(missing=("card",)))
        return Ways(
            tuple(found),
            only=len(found) == 1 and self._only(said.folded, spans[0][1] if spans else 0, end),
            any=not found and self._points["any"].found_in(said.folded),
        )

    def _only(self, folded: str, start: int, end: int) -> bool:
        """Whether the words beside a way say that no other will do."""
        before, after = folded[max(0, start - _BEFORE) : start], folded[end:].lstrip(" ,，")
        word = self._points["only"].first(after)
        closed = word is not None and after.startswith(word) and not after[len(word) :].lstrip()[:1].isalnum()
        led = [stop for _, _, stop in self._points["only"].spans(before)]
        return closed or (bool(led) and not before[led[-1] :].strip(" 用退到在onthemyuswi"))

    def _one(
        self,
        told: Sequence[tuple[str, str]],
        folded: str,
        methods: Sequence[PaymentMethod],
        original: PaymentMethod | None,
    ) -> Meaning[PaymentMethod]:
        """What a run of words for one way comes to; missing where the shopper has no such method."""
        stated = tuple(word for word, _ in told)
        names = {name for _, name in told}
        if "original" in names:
            return Meaning((original,), How.WORDS, words=stated) if original else Meaning(missing=stated)
        candidates = tuple(methods)
        for word, name in told:
            if name == "kind":
                candidates = tuple(method for method in candidates if self._kind_of(method) == self._kinds[word])
            elif name == "make":
                candidates = tuple(method for method in candidates if self._makes[word] in fold(method.label))
            elif original:
                cards = any("card" in said for said in stated)
                candidates = tuple(
                    method for method in candidates if method.id != original.id and (not cards or self._is_card(method))
                )
        candidates = _of_tail(folded, candidates)
        if not candidates:
            return Meaning(missing=(" ".join(stated),))
        return one_of(tuple(sorted(candidates, key=lambda method: method.id)), How.WORDS, stated)

    def _is_card(self, method: PaymentMethod) -> bool:
        return self._kind_of(method) in _CARDS

    def _kind_of(self, method: PaymentMethod) -> str:
        """The kind of a method by the words of its own kind, else of its label."""
        for text in (fold(method.kind), fold(method.kind).replace("_", " "), fold(method.label)):
            if text in self._kinds:
                return self._kinds[text]
        named = Phrases(self._kinds).first(fold(f"{method.kind} {method.label}").replace("_", " "))
        return self._kinds[named] if named else fold(method.kind)


def _of_tail(folded: str, methods: tuple[PaymentMethod, ...]) -> tuple[PaymentMethod, ...]:
    """Those whose number ends as the text says, where it says."""
    tail = _TAIL.search(folded) or _BARE_TAIL.search(folded)
    if not tail:
        return methods
    digits = next(group for group in tail.groups() if group)
    return tuple(method for method in methods if method.label.endswith(digits))
