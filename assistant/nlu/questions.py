"""What a question asks: its form, its content words, the fact groups it names, codes in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

import regex

from assistant.domain.commerce import FactGroup
from assistant.domain.understanding import Question, QuestionForm, Term
from assistant.nlu import grammar
from assistant.nlu.phrases import Phrases
from assistant.nlu.quantities import Quantities

_CODE = regex.compile(r"(?<![a-z0-9])[a-z]{1,6}[-_]?[a-z]?\d{1,4}[a-z]?(?![a-z0-9])")
_RUN = regex.compile(r"\p{Han}+|[\p{Latin}\d][\p{Latin}\d.+%-]*")
_MARKS = " ,，?？!！.。~"
_SINGLE_CHARACTER_WEIGHT = 0.3
_KEPT = 1_000  # questions: a turn reads the same words as a clause, as a message, and as the question before
_KEPT_UP_TO = 400  # characters of a question that is kept
_BACKGROUND_WEIGHT = 0.4  # of words in what is told beside the question: "我家没电梯，搬上楼怎么收费"
_WHETHER = regex.compile(r"(?P<verb>\p{Han})[不没](?P=verb)")  # "够不够", "甜不甜"
_SHORTEST_SPLIT = 4  # characters of a stretch that function characters within it cut: "摇头能转"
_OR = regex.compile(r"还是|(?<![a-z])or(?![a-z])")
_UNIT_END = regex.compile(r"[,;。!?\n]+")


class QuestionReader:
    """Reads a folded text as a question. Holds the word lists, and the questions read last."""

    def __init__(self, quantities: Quantities) -> None:
        words = grammar.load("question")
        self._quantities = quantities
        self._yes_no = Phrases(words["yes_no"])
        self._yes_no_start = tuple(f"{word} " for word in words["yes_no_start_en"])
        self._yes_no_end = tuple(words["yes_no_end"])
        self._list = Phrases(words["list"])
        self._how = Phrases(words["how"])
        self._value = Phrases(words["value"])
        self._elliptic_end = tuple(words["elliptic_end"])
        self._elliptic_start = tuple(words["elliptic_start"])
        cues = grammar.word_lists("groups")
        self._groups = {FactGroup(name): Phrases(words) for name, words in cues.items()}
        self._group_of: dict[str, FactGroup] = {}
        for name, cue in ((name, cue) for name, words in cues.items() for cue in words):
            self._group_of.setdefault(cue.casefold(), FactGroup(name))
        self._synonyms = _synonym_lines(grammar.load("synonyms"))
        said = (*words["stop"], *words["ordinals"].values(), words["compares"], words["cheapest"], words["dearest"])
        said += tuple(words for side in grammar.load("relations").values() for words in side.values())
        stops = [word for line in said for word in line if "…" not in word]
        known = {word for word in self._synonyms if len(word) > 1}
        known |= self._group_of.keys()
        self._stop = frozenset(word.casefold() for word in stops) - known
        self._edge = "".join(words["edge"])
        self._inner = regex.compile(rf"[{''.join(words['inner'])}]")
        self._known = Phrases((*known, *self._stop, *words["keep"], *words["yes_no"], *words["list"]))
        self._whole = self._stop | known | set(words["keep"]) | set(words["yes_no"])
        self._dropped = self._stop | {word.casefold() for word in (*words["yes_no"], *words["list"])}
        self._known_questions = lru_cache(_KEPT)(self._read)

    def read(self, folded: str, *, without: Iterable[str] = ()) -> Question:
        """`without` are stretches that name the product asked about; they are no content of the question."""
        reads = self._known_questions if len(folded) <= _KEPT_UP_TO else self._read
        return reads(folded, tuple(without))

    def _read(self, folded: str, without: tuple[str, ...]) -> Question:
        rest = folded
        for mention in sorted(without, key=len, reverse=True):
            rest = rest.replace(mention, " ")
        kind = self._quantities.asked_for(folded)
        terms = self._content(rest, kind) or self._implied(kind)
        return Question(
            text=rest.strip(),
            message=folded,
            form=self._form(rest.strip()),
            terms=terms,
            kind=kind,
            groups=tuple(group for group, cues in self._groups.items() if cues.found_in(rest)),
            codes=tuple(dict.fromkeys(_CODE.findall(rest))),
            elliptic=kind is None and self._is_elliptic(rest.strip(" ,，?？!！.。~"), terms),
        )

    def _form(self, text: str) -> QuestionForm:
        if self._list.found_in(text):
            return QuestionForm.LIST
        bare = self._how.remove(self._value.remove(text))
        ends = text.rstrip(_MARKS).endswith(self._yes_no_end)
        if ends or self._yes_no.found_in(bare) or _WHETHER.search(bare) or text.startswith(self._yes_no_start):
            return QuestionForm.YES_NO
        if self._how.found_in(text):
            return QuestionForm.HOW
        return QuestionForm.VALUE if self._value.found_in(text) else QuestionForm.STATEMENT

    def _is_elliptic(self, text: str, terms: tuple[Term, ...]) -> bool:
        marked = text.endswith(self._elliptic_end) or text.startswith(self._elliptic_start)
        return (marked and sum(term.weight for term in terms) <= 1) or not terms

    def _content(self, text: str, kind: str | None) -> tuple[Term, ...]:
        """The content words. Of two that are asked between ("搪瓷的还是不锈钢的") either is enough; what is told beside
        the question counts for less."""
        terms = tuple(self._terms(text, kind))
        units = [unit for unit in _UNIT_END.split(text) if unit.strip()]
        asking = [unit for unit in units if self._asks(unit)]
        if asking and len(asking) < len(units):
            asked = " ".join(asking)
            if any(term.text in asked and term.weight >= 1 for term in terms):
                terms = tuple(
                    term if term.text in asked else replace(term, weight=term.weight * _BACKGROUND_WEIGHT)
                    for term in terms
                )
        return _either(terms, text)

    def _asks(self, text: str) -> bool:
        return self._form(text.strip()) is not QuestionForm.STATEMENT or self._quantities.asked_for(text) is not None

    def _terms(self, text: str, kind: str | None) -> Iterator[Term]:
        seen: set[str] = set()
        for piece in self._pieces(text):
            if piece in seen or piece in self._dropped:
                continue
            seen.add(piece)
            if kind and piece not in self._synonyms and self._tells_kind(kind, piece):
                continue  # "多少钱", "几瓦" say what kind of answer is meant, not what it is about
            weight = _SINGLE_CHARACTER_WEIGHT if len(piece) == 1 and piece not in self._synonyms else 1.0
            synonyms = tuple(word for word in self._synonyms.get(piece, ()) if word != piece)
            yield Term(piece, weight, synonyms, self._group_of.get(piece))

    def _tells_kind(self, kind: str, piece: str) -> bool:
        return self._quantities.asked_for(piece) == kind or self._quantities.is_unit(kind, piece)

    def _implied(self, kind: str | None) -> tuple[Term, ...]:
        words = self._quantities.implied_property(kind) if kind else ()
        return (Term(words[0], 1.0, words[1:]),) if words else ()

    def _pieces(self, text: str) -> Iterator[str]:
        """Known words, and between them the stretches of one script that remain."""
        verbs = _WHETHER.sub(lambda said: said.group() if said.group() in self._whole else said["verb"], text)
        for part, known in self._known.tokens(self._quantities.remove(verbs)):
            yield from (part,) if known else self._trimmed(_RUN.findall(part))

    def _trimmed(self, runs: list[str]) -> Iterator[str]:
        for run in runs:
            parts = self._inner.split(run) if len(run) >= _SHORTEST_SPLIT else [run]
            yield from (kept for part in parts if (kept := part.strip(self._edge)))


def _either(terms: tuple[Term, ...], text: str) -> tuple[Term, ...]:
    """The last content word before "or" and the first behind it, as one that either covers."""
    chosen = _OR.search(text)
    if chosen is None:
        return terms
    before = [term for term in terms if -1 < text.find(term.text) < chosen.start() and term.weight >= 1]
    behind = [term for term in terms if text.find(term.text) >= chosen.end() and term.weight >= 1]
    if not before or not behind:
        return terms
    first, second = before[-1], behind[0]
    one = replace(first, synonyms=tuple(dict.fromkeys((*first.synonyms, second.text, *second.synonyms))))
    return tuple(one if term is first else term for term in terms if term is not second)


def _synonym_lines(lines: list[list[str]]) -> dict[str, tuple[str, ...]]:
    """Each word with all words of its lines (a word may stand in several)."""
    synonyms: dict[str, tuple[str, ...]] = {}
    for line in lines:
        words = tuple(str(word).casefold() for word in line)
        for word in words:
            synonyms[word] = tuple(dict.fromkeys((*synonyms.get(word, ()), *words)))
    return synonyms
