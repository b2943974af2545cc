"""Words for how far an order has come, and whether they pick orders or only say something of them."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from assistant.domain.backend import OrderStage
from assistant.nlu.phrases import Phrases
from assistant.procedures.referents import words

_ADJECTIVES = regex.compile(
    r"pending|unshipped|unpaid|undelivered|i |delivered (?:order|one|item)|open order"
    r"|(?:cancell?ed|returned) (?:order|one)"
)
_JOIN = regex.compile(r"(?:的)?\s?(?:和|与|跟|或者?|、|,|/|and|or|&|and the|or the)\s?(?:还)?")
_REACH = 24  # characters between "the order" and what is said of it


class StageWords:
    """told: each word for stages in a text, what it comes to, and whether it picks the orders that are meant."""

    def __init__(self) -> None:
        lists = words.sections("orders")
        spellings, comes_to, beside = lists["stages"], lists["comes_to"], lists["beside"]
        self._names: dict[str, list[str]] = {}
        for name, listed in spellings.items():
            for word in listed:
                self._names.setdefault(word.casefold(), []).append(name)
        self._words = Phrases(self._names)
        self._stages = {name: frozenset(map(OrderStage, stages)) for name, stages in comes_to.items()}
        nouns = "|".join(map(regex.escape, sorted(beside["nouns"], key=len, reverse=True)))
        self._noun = regex.compile(rf"[\"”'’」]?\s?(?:{nouns})")
        relatives = "|".join(map(regex.escape, sorted(beside["relatives"], key=len, reverse=True)))
        self._relative = regex.compile(rf"\b(?:{relatives})\b[^.;,?!]{{0,{_REACH}}}$")

    def told(self, text: str) -> Iterator[tuple[frozenset[OrderStage], str, bool]]:
        """Words joined by "and" tell together: "没付款和没发货的" are orders of either stage."""
        last: tuple[frozenset[OrderStage], str, bool] | None = None
        ended = 0
        for word, start, end in self._words.spans(text):
            stages = frozenset(stage for name in self._names[word] for stage in self._stages[name])
            hint = self._names[word] == ["just"]
            found = (stages, word, not hint and self._picks(text, word, start, end))
            if last and _JOIN.fullmatch(text, ended, start):
                last = (last[0] | stages, text[start - (start - ended) - len(last[1]) : end], last[2] or found[2])
            else:
                if last:
                    yield last
                last = found
            ended = end
        if last:
            yield last

    def picks(self, text: str, state: str) -> bool:
        """Whether a word for a state picks orders where it stands."""
        start = text.find(state)
        return start >= 0 and self._words.first(state) is None and self._picks(text, state, start, start + len(state))

    def _picks(self, text: str, word: str, start: int, end: int) -> bool:
        if not word.isascii():
            return self._noun.match(text, end) is not None
        if _ADJECTIVES.match(word) or self._noun.match(text, end):
            return True
        return self._relative.search(text, max(0, start - 2 * _REACH), start) is not None
