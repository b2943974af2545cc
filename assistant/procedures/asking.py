"""Which procedures a message asks for by its words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

import regex

from assistant.domain.procedures import Procedure
from assistant.nlu import plain_yaml
from assistant.nlu.phrases import Phrases

_SENTENCE = regex.compile(r"[^\n.。!！?？;；]+(?:[.](?=\d)[^\n.。!！?？;；]*)*[\n.。!！?？;；]*")
_BEFORE = 16  # characters before a word in which it is denied


class Asking:
    """Built once."""

    def __init__(self) -> None:
        lists = plain_yaml.read((files(__package__) / "asking.yaml").read_text("utf-8"), "asking.yaml")
        self._words: Mapping[str, tuple[str, ...]] = {name: tuple(words) for name, words in lists["intents"].items()}
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

    def named(self, folded: str, procedures: Mapping[str, Procedure]) -> list[Procedure]:
        """The procedures whose words stand in a text, in the order in which they are named first."""
        places: dict[str, int] = {}
        requests = self._requests(folded)
        for procedure in procedures.values():
            words = (*procedure.words, *(word for intent in procedure.intents for word in self._words.get(intent, ())))
            for _, start, _ in _phrases(words).spans(requests):
                if not self._is_denied(requests[max(0, start - _BEFORE) : start]):
                    places[procedure.name] = start
                    break
        return [procedures[name] for name in sorted(places, key=lambda name: places[name])]

    def _requests(self, folded: str) -> str:
        """The text with blanks where a sentence only asks."""
        return _SENTENCE.sub(lambda found: " " * len(found[0]) if self.asks(found[0]) else found[0], folded)

    def _is_denied(self, before: str) -> bool:
        bare = before.rstrip()
        return any(bare.endswith(word) for word in self._denied)


@lru_cache(maxsize=1_024)
def _phrases(words: tuple[str, ...]) -> Phrases:
    return Phrases(words)
