"""Which of several things a text names: by words of their titles, by words for their kind, by codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from assistant.domain.folding import fold
from assistant.nlu.phrases import Phrases
from assistant.procedures.referents import words

_TOKEN = regex.compile(r"[a-z0-9]+(?:[-.&+][a-z0-9]+)*")
_HEAD_END = regex.compile(r"[,(/|–:]| - | for | with | in ")
_HAN = regex.compile(r"\p{Han}")
_HAN_RUN = regex.compile(r"\p{Han}{2,}")
_FUNCTION = frozenset(
    "的了我你您他她它是在把给就要这那和吗吧呢个单买退换取消请帮麻烦想不没有也都还再去来到说看可以能会"
)
_CODE = regex.compile(r"(?=.*\d)(?=.*[a-z]).{2,}")
_LEAST_STRONG = 3  # characters of a Chinese stretch of a title that name by themselves
_LEAST_LATIN = 4  # letters of a Latin word in a title that is otherwise Chinese


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a text, the end excluded, and the places of the things that it names, all equally.

    weak: only words that describe it are named ("the leather").
    """

    words: str
    start: int
    end: int
    things: frozenset[int]
    weak: bool = False


@dataclass(frozen=True, slots=True)
class _Name:
    """A name of a thing. tokens: its Latin words in the singular, up to the one that says what it is."""

    text: str
    tokens: tuple[str, ...]
    kinds: frozenset[str]
    chinese: bool


class Naming:
    """Built once."""

    def __init__(self) -> None:
        lists = words.sections("naming")

        several: dict[str, set[str]] = {}
        for kind, spellings in lists["things"].items():
            for word in spellings:
                several.setdefault(_key(word), set()).add(kind)
        self._kinds_of = several
        self._han_kinds = Phrases(word for word in several if _HAN.search(word))
        self._longest_kind = max(word.count(" ") + 1 for word in several)
        self._described = Phrases(lists["described"]["chinese"])
        self._describing = frozenset(singular(word) for word in lists["described"]["english"])
        self._called = lru_cache(maxsize=4_000)(self._name)  # the same titles are looked at turn after turn
        self._never = Phrases(lists["never"]["words"])
        self._not_nouns = frozenset(lists["function_words"]["english"])

    def mentions(self, folded: str, names: Sequence[Iterable[str]]) -> tuple[Mention, ...]:
        """The stretches that name one or more of the things, in order. `names`: what each of them is called."""
        things = [[self._called(fold(name)) for name in called if name.strip()] for called in names]
        text = self._without_never(folded)
        found = [*self._latin(text, things), *self._chinese(text, things)]
        return tuple(sorted(_dominant(found), key=lambda mention: mention.start))

    def kinds_named(self, folded: str) -> tuple[str, ...]:
        """The words of a text that name a kind of thing, whether there is one or not."""
        text = self._without_never(folded)
        tokens = _tokens(text)
        latin = (match for place in range(len(tokens)) if (match := self._kind_at(text, tokens, place)))
        return (*(text[start:end] for _, start, end in latin), *self._han_kinds.all(text))

    def _without_never(self, folded: str) -> str:
        text = folded
        for word, start, end in self._never.spans(folded):
            text = f"{text[:start]}{' ' * len(word)}{text[end:]}"
        return text

    def _name(self, name: str) -> _Name:
        chinese = _HAN.search(name) is not None
        head = name if chinese else _HEAD_END.split(name)[0]
        tokens = tuple(singular(token) for token, _, _ in _tokens(head))
        kinds: set[str] = set()
        if chinese:
            for word in self._han_kinds.all(name):
                kinds |= self._kinds_of[word]
        for length in range(1, min(len(tokens), self._longest_kind) + 1):
            kinds |= self._kinds_of.get(" ".join(tokens[-length:]), set()) if not chinese else set()
        return _Name(name, tokens, frozenset(kinds), chinese)

    def _latin(self, text: str, things: Sequence[Sequence[_Name]]) -> Iterator[Mention]:
        tokens = _tokens(text)
        even = [singular(token) for token, _, _ in tokens]
        for place in range(len(tokens)):
            if kind := self._kind_at(text, tokens, place):
                kinds, start, end = kind
                named = frozenset(i for i, called in enumerate(things) if any(kinds & name.kinds for name in called))
                if named:
                    yield Mention(text[start:end], start, end, named)
            runs: dict[tuple[int, bool], set[int]] = {}
            for index, called in enumerate(things):
                for name in called:
                    if run := self._run(even, place, name):
                        runs.setdefault(run, set()).add(index)
            for (length, weak), named_by in runs.items():
                start, end = tokens[place][1], tokens[place + length - 1][2]
                yield Mention(text[start:end], start, end, frozenset(named_by), weak)

    def _run(self, even: Sequence[str], place: int, name: _Name) -> tuple[int, bool] | None:
        """How many tokens from a place on are words of the name in its order, and whether they only describe."""
        best = 0
        closed = False
        for first in range(len(name.tokens)):
            length = 0
            while (
                place + length < len(even)
                and first + length < len(name.tokens)
                and even[place + length] == name.tokens[first + length]
            ):
                length += 1
            ends = first + length == len(name.tokens) and not name.chinese
            if (ends, length) > (closed, best) and length:
                best, closed = length, ends
        if not best:
            return None
        run = even[place : place + best]
        if name.chinese:
            telling = any(_CODE.fullmatch(token) or len(token) >= _LEAST_LATIN for token in run)
            return (best, not any(_CODE.fullmatch(token) for token in run)) if telling else None
        if closed:
            return (best, best == 1 and len(name.tokens) > 1 and run[0] in self._describing)
        after = even[place + best] if place + best < len(even) else ""
        if all(token in self._describing for token in run) or (after and after not in self._not_nouns):
            return None
        return best, True

    def _kind_at(
        self, text: str, tokens: Sequence[tuple[str, int, int]], place: int
    ) -> tuple[frozenset[str], int, int] | None:
        """The kinds that the words from a place on are a word for, the longest word that fits."""
        for length in range(min(self._longest_kind, len(tokens) - place), 0, -1):
            start, end = tokens[place][1], tokens[place + length - 1][2]
            if kinds := self._kinds_of.get(_key(text[start:end])):
                return frozenset(kinds), start, end
        return None

    def _chinese(self, text: str, things: Sequence[Sequence[_Name]]) -> Iterator[Mention]:
        if text.isascii():
            return
        for word, start, end in self._han_kinds.spans(text):
            kinds = self._kinds_of[word]
            named = frozenset(i for i, called in enumerate(things) if any(kinds & name.kinds for name in called))
            if named:
                yield Mention(word, start, end, named)
        bare = text
        for word, start, end in self._described.spans(text):
            bare = f"{bare[:start]}{' ' * len(word)}{bare[end:]}"
        stretches: dict[tuple[int, int], set[int]] = {}
        for run in _HAN_RUN.finditer(bare):
            for index, called in enumerate(things):
                for name in called:
                    for stretch in _shared(bare, run.start(), run.end(), name.text) if name.chinese else ():
                        stretches.setdefault(stretch, set()).add(index)
        for (start, end), named_by in stretches.items():
            weak = end - start < _LEAST_STRONG
            yield Mention(text[start:end], start, end, frozenset(named_by), weak)


def singular(word: str) -> str:
    """An English word as compared: "bookshelves" and "bookshelf" are one."""
    word = word.removesuffix("'s")
    if len(word) <= 3 or not word.isascii():
        return word
    if word.endswith("ves"):
        return f"{word[:-3]}f"
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _key(word: str) -> str:
    return " ".join(singular(part) for part in fold(word).split())


def _tokens(text: str) -> list[tuple[str, int, int]]:
    return [(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def _shared(text: str, start: int, end: int, name: str) -> Iterator[tuple[int, int]]:
    """The longest stretches between two places that stand in a name too, without words that join."""
    place = start
    while place < end - 1:
        last = place
        while last < end and text[last] not in _FUNCTION and text[place : last + 1] in name:
            last += 1
        if last - place > 1:
            yield place, last
            place = last
        else:
            place += 1


def _dominant(found: Sequence[Mention]) -> Iterator[Mention]:
    """The longest of mentions that overlap; those of the same stretch become one, told ones before weak ones."""
    merged: dict[tuple[int, int], Mention] = {}
    for mention in found:
        key = (mention.start, mention.end)
        other = merged.get(key)
        if other is None or (other.weak and not mention.weak):
            merged[key] = mention
        elif other.weak == mention.weak:
            merged[key] = Mention(mention.words, *key, mention.things | other.things, mention.weak)
    kept: list[Mention] = []
    for mention in sorted(merged.values(), key=lambda one: (one.weak, one.start - one.end, one.start)):
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    yield from kept
