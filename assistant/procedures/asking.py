"""Which procedures a message asks for by its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import regex

from assistant.domain.procedures import Procedure
from assistant.nlu import plain_yaml
from assistant.nlu.phrases import Phrases

_SENTENCE = regex.compile(r"[^\n.。!！?？;；]+(?:[.](?=\d)[^\n.。!！?？;；]*)*[\n.。!！?？;；]*")
_CUT = regex.compile(r"[,，;；。！？!?\n]|:(?!\d)|\.(?=\s|$)|\b(?:and|then)\b|然后|再")
_FEW = 12  # characters of a sentence that only names something
_BEFORE = 16  # characters before a word in which it is denied


@dataclass(frozen=True, slots=True)
class _Named:
    """Words of a procedure in a text. vague: 2 where they say that something changes and not what, 1 where they only
    name a kind of thing."""

    procedure: str
    start: int
    end: int
    vague: int


class Asking:
    """Built once."""

    def __init__(self) -> None:
        lists = plain_yaml.read((files(__package__) / "asking.yaml").read_text("utf-8"), "asking.yaml")
        self._words: Mapping[str, tuple[str, ...]] = {name: tuple(words) for name, words in lists["intents"].items()}
        self._declined = Phrases(lists["declined"])
        self._tell = Phrases(lists["tell"])
        self._generic = frozenset(lists["generic"])
        self._kinds = frozenset(lists["kinds"])
        self._places, self._towards = tuple(lists["places"]), tuple(lists["towards"])
        self._denied = tuple(sorted(lists["denied"], key=len, reverse=True))
        self._polite = Phrases(lists["polite"])
        self._question_ends = tuple(lists["asking"]["ends"])
        starts = "|".join(map(regex.escape, sorted(lists["asking"]["starts"], key=len, reverse=True)))
        self._question_starts = regex.compile(rf"(?:(?:and|so|but|also|那|请问)[ ,]*)?(?:{starts})(?![a-z])")

    def asks(self, folded: str) -> bool:
        """Whether a sentence only asks a question."""
        bare = folded.strip(" ,，.。!！~")
        question = bare.endswith(self._question_ends) or self._question_starts.match(bare) is not None
        return question and not self._polite.found_in(bare)

    def declines(self, folded: str) -> bool:
        """Whether a text says that something shall not be done ("那不取消了")."""
        return self._declined.found_in(self._requests(folded))

    def named(self, folded: str, procedures: Mapping[str, Procedure], *, plainly: bool = False) -> list[Procedure]:
        """The procedures whose words stand in a text, in the order in which they are named first.

        plainly: only by words that say what is to be done, not by those that say that something changes.
        """
        requests = self._requests(folded)
        found = [
            _Named(procedure.name, start, end, self._vagueness(word))
            for procedure in procedures.values()
            for word, start, end in self._spans(procedure, folded, requests)
        ]
        cuts = [cut.start() for cut in _CUT.finditer(folded)]
        telling = [one for one in found if not _is_covered(one, found, cuts)]
        places: dict[str, int] = {}
        for one in sorted(telling, key=lambda one: one.start):
            if not (plainly and one.vague):
                places.setdefault(one.procedure, one.start)
        return [procedures[name] for name in places]

    def mentioned(self, folded: str, procedure: Procedure) -> bool:
        """Whether words of a procedure are said at all, be it to deny them."""
        words = (*procedure.words, *(word for intent in procedure.intents for word in self._words.get(intent, ())))
        return _phrases(words).found_in(folded)

    def _spans(self, procedure: Procedure, folded: str, requests: str) -> Iterator[tuple[str, int, int]]:
        """Where the words of a procedure stand. Those of one that only tells something are for questions."""
        if not procedure.steps and procedure.confirm is None and procedure.done is not None:
            yield from _phrases(tuple(procedure.words)).spans(self._questions(folded))
        words = tuple(word for intent in procedure.intents for word in self._words.get(intent, ()))
        if procedure.steps or procedure.done is None:
            words = (*procedure.words, *words)
        for word, start, end in _phrases(words).spans(requests):
            before = requests[max(0, start - _BEFORE) : start]
            if not self._is_denied(before) and not (word.startswith(self._places) and self._is_target(before)):
                yield word, start, end

    def _vagueness(self, word: str) -> int:
        return 2 if word in self._generic else 1 if word in self._kinds else 0

    def _is_target(self, before: str) -> bool:
        """Whether what follows is where something else shall go: "to my default address"."""
        return before.rstrip().endswith(self._towards)

    def _questions(self, folded: str) -> str:
        """The text with blanks where a sentence asks nothing."""
        return _SENTENCE.sub(lambda found: found[0] if self._wonders(found[0]) else " " * len(found[0]), folded)

    def _wonders(self, sentence: str) -> bool:
        """Whether a sentence wants to be told something: it asks, or is but a few words ("gift card balance")."""
        if len(sentence.strip()) <= _FEW:
            return True
        return "?" in sentence or "？" in sentence or self.asks(sentence) or self._tell.found_in(sentence)

    def _requests(self, folded: str) -> str:
        """The text with blanks where a sentence only asks."""
        return _SENTENCE.sub(lambda found: " " * len(found[0]) if self.asks(found[0]) else found[0], folded)

    def _is_denied(self, before: str) -> bool:
        bare = before.rstrip()
        return any(bare.endswith(word) for word in self._denied)


def _is_covered(one: _Named, found: Sequence[_Named], cuts: Sequence[int]) -> bool:
    """Whether other words tell better what is asked for: longer ones around these, or beside a generic one, which say
    of what."""
    for other in found:
        if other.procedure == one.procedure:
            continue
        longer = other.end - other.start > one.end - one.start
        if longer and other.start <= one.start and one.end <= other.end:
            return True
        low, high = sorted((one.start, other.start))
        if one.vague > other.vague and not any(low < cut < high for cut in cuts):
            return True
    return False


@lru_cache(maxsize=1_024)
def _phrases(words: tuple[str, ...]) -> Phrases:
    return Phrases(words)
