"""True sentences of a store made false by code: another number, yes for no, two things in each other's place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.domain.commerce import Faq, Passage
from assistant.domain.evidence import Evidence
from assistant.domain.folding import fold
from tests.answers.verification.store import Stocked

_SENTENCE = re.compile(r"[^。！？!?；;\n]+?(?:[。！？!?；;\n]|\.(?=\s|$)|$)")
_NUMBER = re.compile(r"(?<![\d.:A-Za-z-])\d+(?:\.\d+)?(?![\d.:-])")
_YES_NO = (
    ("不支持", "支持"),
    ("不能", "能"),
    ("不可", "可"),
    ("不会", "会"),
    ("没有", "有"),
    ("不含", "含"),
    ("不需要", "需要"),
    ("请不要", "请"),
    ("不参加", "参加"),
    (" cannot ", " can "),
    (" do not ", " do "),
    (" is not ", " is "),
    (" are not ", " are "),
    (" may not ", " may "),
    (" not ", " "),
)
_DENIALS = (
    ("可以", "不可以"),
    ("支持", "不支持"),
    ("适合", "不适合"),
    (" can ", " cannot "),
    (" is ", " is not "),
    (" are ", " are not "),
    (" may ", " may not "),
)
_OPPOSITES = (
    ("买家", "本店"),
    ("前", "后"),
    ("以上", "以下"),
    ("最高", "最低"),
    ("高于", "低于"),
    ("银穗", "金穗"),
    ("before", "after"),
    ("above", "below"),
    ("you", "we"),
    ("at most", "at least"),
    ("Silver", "Gold"),
)


@dataclass(frozen=True)
class Perturbed:
    kind: str
    true: str
    sentence: str
    evidence: Evidence


def sentences(store: Stocked) -> Iterator[tuple[str, Evidence]]:
    """Every sentence of prose and answers, in its language, with the evidence it is from."""
    for entry in store.entries:
        if isinstance(entry, Faq):
            for tag in entry.answer.languages:
                yield from _cut(store.voice(tag).evidence(entry))
        elif isinstance(entry, Passage):
            yield from _cut(store.voice(entry.language).evidence(entry))


def _cut(evidence: Evidence) -> Iterator[tuple[str, Evidence]]:
    for match in _SENTENCE.finditer(evidence.text):
        if len(match.group().strip()) > 5:
            yield match.group().strip(), evidence


def perturbed(store: Stocked) -> Iterator[Perturbed]:
    for sentence, evidence in sentences(store):
        for kind, false in (*_numbers(sentence), *_denied(sentence), *_turned(sentence), *_swapped(sentence)):
            if fold(false) not in fold(evidence.text):
                yield Perturbed(kind, sentence, false, evidence)


def _numbers(sentence: str) -> Iterator[tuple[str, str]]:
    for match in _NUMBER.finditer(sentence):
        number = match.group()
        other = str(int(number) + 1) if number.isdigit() else f"{float(number) * 2:g}"
        yield "number", f"{sentence[: match.start()]}{other}{sentence[match.end() :]}"


def _denied(sentence: str) -> Iterator[tuple[str, str]]:
    for no, yes in _YES_NO:
        if no in sentence and "有没有" not in sentence:
            yield "no to yes", sentence.replace(no, yes, 1)
            return
    for yes, no in _DENIALS:
        if yes in sentence:
            yield "yes to no", sentence.replace(yes, no, 1)


def _turned(sentence: str) -> Iterator[tuple[str, str]]:
    for one, other in _OPPOSITES:
        for here, there in ((one, other), (other, one)):
            found = re.search(rf"(?<![a-zA-Z]){here}(?![a-zA-Z])" if here.isascii() else here, sentence)
            if found:
                yield "opposite", f"{sentence[: found.start()]}{there}{sentence[found.end() :]}"


def _swapped(sentence: str) -> Iterator[tuple[str, str]]:
    found = list(_NUMBER.finditer(sentence))
    for one, other in pairwise(found):
        if one.group() != other.group():
            between = sentence[one.end() : other.start()]
            yield "swapped", sentence[: one.start()] + other.group() + between + one.group() + sentence[other.end() :]
