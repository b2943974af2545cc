"""How a shopper feels, told from the words, marks and signs of a message, and how it changes over a conversation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import regex

from assistant.domain.folding import fold
from assistant.domain.understanding import Mood, MoodCourse, MoodLevel
from assistant.nlu import grammar
from assistant.nlu.phrases import Phrases

_ANGRY_FROM, _DISPLEASED_FROM = 0.6, 0.3  # scores
_WEIGHTS = {
    "insult": 0.62,
    "threat": 0.45,
    "displeased": 0.4,
    "swearing": 0.35,
    "much_swearing": 0.35,
    "mockery": 0.55,
    "angry_sign": 0.5,
    "displeased_sign": 0.22,
    "again": 0.25,
    "capitals": 0.35,
    "marks": 0.2,
    "many_marks": 0.3,
}
_ALONE = {
    "swearing": 0.2,
    "much_swearing": 0.25,
    "again": 0.15,
    "capitals": 0.2,
    "marks": 0.12,
    "many_marks": 0.2,
    "displeased_sign": 0.2,
}
"""Weights where nothing else says that something is wrong: by themselves these are only lively."""
_CONTENT_KEEPS = 0.35  # of the score, where the shopper is content and nothing has gone wrong
_MOST_READ = 2000  # characters
_MARKS = regex.compile(r"[!！?？]{2,}")
_MANY_MARKS = regex.compile(r"[!！?？]{3,}|[!！][^!！]{1,12}[!！][^!！]{0,12}[!！]")
_HAN = regex.compile(r"\p{Han}")
_WORD = regex.compile(r"(?<![\d-])\b\p{Latin}{2,}\b(?![\d-])")
_SHOUTED_LETTERS = 8  # in capitals, at least, for a message that is shouted
_COURSE_OVER = 4  # messages
_COURSE_STEP = 0.15  # of the score, from which it has changed


class MoodReader:
    """Built once; holds the word lists."""

    def __init__(self) -> None:
        self._lists: dict[str, set[str]] = {}
        for name, words in grammar.word_lists("mood").items():
            for word in words:
                self._lists.setdefault(word.casefold(), set()).add(name)
        self._words = Phrases(self._lists)
        self._signs = {name: frozenset(signs) for name, signs in grammar.word_lists("mood_signs").items()}

    def read(self, text: str) -> Mood:
        """The mood of one message as typed: capitals and marks tell something too."""
        text = text[:_MOST_READ]
        words = set(self._words.all(fold(text)))
        said = {name for word in words for name in self._lists[word]}
        shown = {name for name, signs in self._signs.items() if not signs.isdisjoint(text)}
        if sum("swearing" in self._lists[word] for word in words) > 1:
            said.add("much_swearing")
        signals = tuple(_signals(text, said, shown))
        wrong = bool({"trouble", "insult", "threat", "displeased"} & said) or "mockery" in signals
        score = _combined(_WEIGHTS[signal] if wrong else _ALONE.get(signal, _WEIGHTS[signal]) for signal in signals)
        pleased = ("content" in said or "content" in shown) and "mockery" not in signals
        if pleased and not {"insult", "threat"} & said and not ("trouble" in said and len(signals) > 1):
            score *= _CONTENT_KEEPS
        return Mood(_level(score), round(score, 2), signals)


def course(moods: Sequence[Mood]) -> MoodCourse:
    """How the mood goes over a shopper's messages, oldest first: rising is towards anger.

    The last of them counts against the mean of up to three before it.
    """
    scores = [mood.score for mood in moods[-_COURSE_OVER:]]
    if len(scores) < 2:
        return MoodCourse.STEADY
    change = scores[-1] - sum(scores[:-1]) / (len(scores) - 1)
    if abs(change) < _COURSE_STEP:
        return MoodCourse.STEADY
    return MoodCourse.RISING if change > 0 else MoodCourse.FALLING


def worsening(moods: Sequence[Mood]) -> bool:
    """Whether a shopper's temper goes from bad to worse over their messages, oldest first: they were not at ease before
    and are angry now, or it has risen twice in a row and they are no longer at ease."""
    if len(moods) < 2 or moods[-1].level is MoodLevel.CALM:
        return False
    before, now = moods[-2:]
    if before.level is not MoodLevel.CALM and now.level is MoodLevel.ANGRY:
        return True
    return len(moods) > 2 and moods[-3].score < before.score < now.score


def _signals(text: str, said: set[str], shown: set[str]) -> Iterable[str]:
    """The names of the signals in a message, the plain ones first."""
    wrong = bool({"trouble", "again"} & said)
    yield from (name for name in ("insult", "displeased", "swearing", "much_swearing", "again") if name in said)
    if "threat" in said and "threat_over" not in said:
        yield "threat"
    mocked = "mocking" in said or ("praise" in said and ("drawled" in said or "mocking" in shown))
    if wrong and mocked:
        yield "mockery"
    yield from (f"{name}_sign" for name in ("angry", "displeased") if name in shown)
    if _shouted(text):
        yield "capitals"
    if _MANY_MARKS.search(text):
        yield "many_marks"
    elif _MARKS.search(text):
        yield "marks"


def _shouted(text: str) -> bool:
    """Whether a message is in capitals: an English one of three words and more, not a name and a model."""
    if text.upper() != text or _HAN.search(text):
        return False
    words = _WORD.findall(text)
    letters = sum(map(len, words))
    return len(words) >= 3 and letters >= _SHOUTED_LETTERS


def _combined(weights: Iterable[float]) -> float:
    """Independent signals taken together: one less the product of what each leaves open (noisy or)."""
    calm = 1.0
    for weight in weights:
        calm *= 1 - weight
    return 1 - calm


def _level(score: float) -> MoodLevel:
    if score >= _ANGRY_FROM:
        return MoodLevel.ANGRY
    return MoodLevel.DISPLEASED if score >= _DISPLEASED_FROM else MoodLevel.CALM
