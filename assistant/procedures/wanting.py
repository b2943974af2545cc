"""Whether somebody wants something done, or only complains, asks, threatens, or tells what others said.

Only what changes something has to be wanted so. A complaint begins nothing, however likely it makes a procedure.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

import regex

from assistant.nlu import plain_yaml
from assistant.nlu.phrases import Phrases

_SENTENCE = regex.compile(r"[^\n.。!！?？;；]+(?:[.](?=\d)[^\n.。!！?？;；]*)*[\n.。!！?？;；]*")
_QUESTION = regex.compile(r"[?？]")


class Wanting:
    """Built once."""

    def __init__(self) -> None:
        lists = plain_yaml.read((files(__package__) / "wanting.yaml").read_text("utf-8"), "wanting.yaml")
        self._wants, self._explain = Phrases(lists["wants"]), Phrases(lists["explain"])
        self._asked, self._reported = Phrases(lists["asked"]), Phrases(lists["reported"])
        self._withdrawn = Phrases(lists["withdrawn"])
        self._if, self._then = Phrases(lists["threat"]["if"]), Phrases(lists["threat"]["then"])
        self._leads, self._follows = tuple(lists["threat"]["if"]), Phrases(lists["follows"])
        pairs = "|".join(
            rf"(?<![a-z]){regex.escape(a)}[^{regex.escape(b)}\n]*{regex.escape(b)}(?![a-z])" for a, b in lists["quotes"]
        )
        self._quoted = regex.compile(pairs)

    def wanted(self, folded: str) -> str:
        """What of a text may request something, the rest as blanks; the places stay."""
        text = self._quoted.sub(_blank, folded)
        if self._withdrawn.found_in(text) and not self._wants_more(text):
            return " " * len(folded)
        return _SENTENCE.sub(lambda found: self._requested(found[0]), text)

    def wants(self, text: str) -> bool:
        """Whether words say that something shall be done."""
        return self._wants.found_in(text)

    def _wants_more(self, text: str) -> bool:
        """Whether another sentence than the one that takes back wants something: "不退货了，帮我换一件"."""
        pieces: Sequence[str] = regex.split(r"[,，.。!！?？;；\n]+| but |但是|但", text)
        return any(self._wants.found_in(piece) and not self._withdrawn.found_in(piece) for piece in pieces)

    def _requested(self, sentence: str) -> str:
        """What of a sentence may request something, the rest as blanks."""
        rest = self._without_threat(sentence)
        return rest if self._requests(rest) else " " * len(sentence)

    def _without_threat(self, sentence: str) -> str:
        """A sentence with blanks for what the shopper will do themselves, should something happen or not."""
        if not self._if.found_in(sentence) or self._wants.found_in(sentence):
            return sentence
        start = min((first for _, first, _ in self._then.spans(sentence)), default=len(sentence))
        return sentence[:start] + " " * (len(sentence) - start)

    def _requests(self, sentence: str) -> bool:
        wants = self._wants.found_in(sentence)
        if self._explain.found_in(sentence):
            return False
        bare = sentence.strip(" ,，")
        if bare.startswith(self._leads) and not wants and not self._follows.found_in(bare):
            return False  # a condition alone: what it is a condition of stands elsewhere
        if self._reported.found_in(sentence) and not wants:
            return False
        asks = _QUESTION.search(sentence) is not None or self._asked.found_in(sentence)
        return wants or not asks


def _blank(found: regex.Match[str]) -> str:
    return " " * len(found[0])
