"""Reads text into sentences, clauses and the words in them, each with what it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import regex

from assistant.answers.verification.amounts import Amount, AmountReader
from assistant.answers.verification.lexicon import Lexicon, Role, stem
from assistant.domain.folding import fold

_SENTENCE_END = regex.compile(r"[。!?！？\n]+|(?<!\d)\.(?=\s|$)|(?<=\d)\.(?=\s+\p{L}|\s*$)|[;；]")
_CLAUSE_END = regex.compile(r"\s*(?:[,:()（）—]|(?<=\s)[-–](?=\s)|(?<![a-z])(?:but|while|whereas)(?![a-z]))\s*")
_CODE = regex.compile(r"(?<![a-z0-9])(?=[a-z0-9_/.-]*\d)(?=[a-z0-9_/.-]*[a-z])[a-z0-9]+(?:[-_/.][a-z0-9]+)*")
_WORD = regex.compile(r"\p{Latin}+(?:['’]\p{Latin}+)?")
_HAN = regex.compile(r"\p{Han}")
_BLANK = regex.compile(r"[\s\p{P}\p{S}]")
_FEW_WORDS = r"(?:[a-z'-]+\s+){0,2}[a-z'-]+"
# A comma between things that are listed: "loose glue, broken soles or uppers".
_LISTING = regex.compile(rf"(?<=[a-z'])\s*,\s+(?={_FEW_WORDS}(?:\s*,\s+{_FEW_WORDS})*\s*,?\s+(?:and|or)\s+[a-z])")
_OPENING, _CLOSING = "(（", ")）"
_LONGEST_LABEL = 8  # Chinese characters
_CHARACTERS_A_WORD = 3
_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Token:
    """role: CONTENT also for words that the lexicon does not know. key: what it stands for; a Chinese character or an
    English stem where it is not known. character: whether it is such a Chinese character. holds: what a word that says
    no says no to, where it holds that itself ("不含"). item: which of the things listed in the clause it is part of."""

    role: Role
    key: str
    start: int
    end: int
    amount: Amount | None = None
    character: bool = False
    holds: str = ""
    item: int = 0


@dataclass(frozen=True)
class Clause:
    """text: folded. label: whether a colon ends it. opens: the word between clauses that begins it ("but"). aside:
    whether it stands in brackets."""

    text: str
    tokens: tuple[Token, ...]
    label: bool = False
    opens: str = ""
    aside: bool = False

    @cached_property
    def content(self) -> tuple[Token, ...]:
        return tuple(token for token in self.tokens if token.role in _STATING)


_STATING = frozenset({Role.CONTENT, Role.LIGHT, Role.SUPERLATIVE, Role.PROMISE, Role.OFFER})


@dataclass(frozen=True)
class Sentence:
    """affirms: what a whole answer at its beginning says ("Yes, ..."), None where it has none. clauses: the rest."""

    text: str
    clauses: tuple[Clause, ...]
    affirms: bool | None = None


class Reader:
    """Holds the lexicon, and the texts read last."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._amounts = AmountReader(lexicon.units)
        self.sentences = lru_cache(maxsize=_KEPT)(self._sentences)

    def folded(self, text: str) -> str:
        """A Chinese comma stands between numbers, never in one."""
        folded = fold(text.replace("，", ", ").replace("’", "'"))
        return _LISTING.sub("、 ", folded) if "," in folded else folded

    def _sentences(self, text: str) -> tuple[Sentence, ...]:
        pieces = (self.folded(piece) for piece in _split(text))
        return tuple(self._sentence(piece) for piece in pieces if piece.strip(" .。,"))

    def _sentence(self, folded: str) -> Sentence:
        start = self._behind_courtesies(folded)
        affirms, start = self._lead(folded, start)
        amounts = self._amounts.find(folded)
        clauses = tuple(self._clauses(folded, start, amounts))
        return Sentence(folded, clauses, affirms)

    def _behind_courtesies(self, folded: str) -> int:
        start = 0
        while (match := self.lexicon.courtesies.match(folded, start)) and not folded[match.end() :][:1].isalnum():
            start = _behind_blanks(folded, match.end())
        return start

    def _lead(self, folded: str, start: int) -> tuple[bool | None, int]:
        """Whether the sentence begins with a whole answer, and where it goes on."""
        end = next((match.start() for match in _LEAD_END.finditer(folded, start)), len(folded))
        said = folded[start:end].strip(" .!。")
        if said in self.lexicon.affirming:
            return True, _behind_blanks(folded, end)
        if said in self.lexicon.denying:
            return False, _behind_blanks(folded, end)
        return None, start

    def _clauses(self, folded: str, start: int, amounts: Sequence[Amount]) -> Iterator[Clause]:
        opens, depth = "", 0
        for end, after, separator in _ends(folded, start, amounts):
            text, word = folded[start:end].strip(), separator.strip()
            if text:
                tokens = _numbered(folded, self._tokens(folded, start, end, amounts))
                label = word == ":" and _names_what_follows(text, tokens)
                yield Clause(text, tokens, label, opens, depth > 0)
            depth += (word[:1] in _OPENING if word else 0) - (word[:1] in _CLOSING if word else 0)
            opens, start = word if word.isalpha() else "", after

    def _tokens(self, folded: str, start: int, end: int, amounts: Sequence[Amount]) -> Iterator[Token]:
        within = iter([amount for amount in amounts if start <= amount.start < end])
        amount = next(within, None)
        place = start
        while place < end:
            if amount is not None and place >= amount.start:
                if place == amount.start or place < amount.end:
                    yield Token(Role.CONTENT, "", amount.start, amount.end, amount)
                    place = max(amount.end, place + 1)
                amount = next(within, None)
                continue
            token = self._token_at(folded, place, amount.start if amount else end)
            if token is None:
                place += 1
                continue
            if token.role is not Role.GLUE:
                yield token
            place = token.end

    def _token_at(self, folded: str, place: int, end: int) -> Token | None:
        if _BLANK.match(folded, place):
            return None
        code = _CODE.match(folded, place)
        if code:
            return Token(Role.CONTENT, code.group(), place, code.end())
        known = self.lexicon.at(folded, place)
        if known and known[0] <= end:
            entry = known[1]
            return Token(entry.role, entry.key, place, known[0], holds=entry.content)
        if _HAN.match(folded, place):
            return Token(Role.CONTENT, folded[place], place, place + 1, character=True)
        word = _WORD.match(folded, place)
        if word is None:
            return None
        inflected = self.lexicon.by_stem.get(stem(word.group()))
        if inflected is not None:
            return Token(inflected.role, inflected.key, place, word.end(), holds=inflected.content)
        return Token(Role.CONTENT, stem(word.group().removesuffix("'s")), place, word.end())


_BLANKS = regex.compile(r"[\s,.!:;~。、…-]*")
_LEAD_END = regex.compile(r"[,.!;:。~]|$")


def _names_what_follows(text: str, tokens: Sequence[Token]) -> bool:
    """Whether what stands before a colon is only a heading: "Shipping: ..."."""
    words = len(text) if _HAN.search(text) else len(text.split()) * _CHARACTERS_A_WORD
    return words <= _LONGEST_LABEL and all(
        token.role in (Role.CONTENT, Role.LIGHT) and not token.amount for token in tokens
    )


def _numbered(folded: str, tokens: Iterator[Token]) -> tuple[Token, ...]:
    """The words, each with the number of 、 before it."""
    read = tuple(tokens)
    if not read or "、" not in folded[read[0].start : read[-1].end]:
        return read
    first = read[0].start
    return tuple(replace(token, item=folded.count("、", first, token.start)) for token in read)


def _split(text: str) -> Iterator[str]:
    start = 0
    for match in _SENTENCE_END.finditer(text):
        yield text[start : match.start()]
        start = match.end()
    yield text[start:]


def _ends(folded: str, start: int, amounts: Sequence[Amount]) -> Iterator[tuple[int, int, str]]:
    """Where clauses end, where the next begin, and what stands between."""
    for match in _CLAUSE_END.finditer(folded, start):
        inside = any(amount.start < match.end() and match.start() < amount.end for amount in amounts)
        if not inside:
            yield match.start(), match.end(), match.group()
    yield len(folded), len(folded), ""


def _behind_blanks(folded: str, start: int) -> int:
    match = _BLANKS.match(folded, start)
    return match.end() if match else start
