"""Whether an answer says yes, no, that the shopper gives up, or that they cannot tell."""

from __future__ import annotations

from enum import StrEnum
from importlib.resources import files

import regex

from assistant.nlu import plain_yaml
from assistant.nlu.phrases import Phrases

_MARKS = regex.compile(r"[\p{P}\p{S}\p{Z}\p{C}]+")


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    OTHER = "other"


class Consent:
    """Reads answers to "shall I?". Built once."""

    def __init__(self) -> None:
        lists = plain_yaml.read((files(__package__) / "consent.yaml").read_text("utf-8"), "consent.yaml")
        yes, no, filler = (list(map(str, lists[name])) for name in ("yes", "no", "filler"))
        self._yes, self._no = frozenset(yes), frozenset(no)
        self._words = Phrases([*yes, *no, *filler])
        self._drop, self._unknown = Phrases(lists["drop"]), Phrases(lists["unknown"])
        self._drop_alone = frozenset(map(str, lists["drop_alone"]))

    def read(self, folded: str, matter: str = "") -> Answer:
        """A yes must be nothing but a yes: with a "but", a no, or an unknown word in it, it is something else.

        matter: what is asked about, folded; a yes may name it ("确认取消" to "取消订单", and not to "退货").
        """
        if not folded or "?" in folded:
            return Answer.OTHER
        said, rest = [], []
        for piece, known in self._words.tokens(folded):
            if known:
                said.append(piece)
            elif (bare := _MARKS.sub(" ", piece).strip()) and not _names(bare, matter):
                rest.append(bare)
        if any(word in self._no for word in said):
            return Answer.OTHER if rest or any(word in self._yes for word in said) else Answer.NO
        return Answer.YES if not rest and any(word in self._yes for word in said) else Answer.OTHER

    def gives_up(self, folded: str) -> bool:
        """Whether the shopper drops the matter ("算了，不办了")."""
        if self._drop.found_in(folded):
            return True
        pieces = [(piece, known) for piece, known in self._words.tokens(folded) if _MARKS.sub("", piece)]
        return all(known for _, known in pieces) and any(piece in self._drop_alone for piece, _ in pieces)

    def cannot_tell(self, folded: str) -> bool:
        """ "我不清楚，你帮我查一下", "whichever you think is best"."""
        return self._unknown.found_in(folded)


def _names(words: str, matter: str) -> bool:
    """Whether words stand in what a matter is called, Latin ones as a whole."""
    if words.isascii():
        return set(words.split()) <= set(matter.split())
    return words in matter
