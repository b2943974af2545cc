"""What a message says of each thing that it names: that it is meant, left out, or only spoken of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import regex

from assistant.nlu.phrases import Phrases
from assistant.procedures.referents import words
from assistant.procedures.referents.naming import Mention

_SENTENCE_END = regex.compile(r"[。！？!?；;\n]|\.(?=\s|$)")
_BEFORE, _AFTER, _ASIDE_BEFORE = 40, 14, 30  # characters in which such words stand


class Role(StrEnum):
    MEANT = "meant"
    LEFT_OUT = "left_out"  # "everything except the lamp"
    BESIDE = "beside"  # "the fan that came with the lamp"
    ASIDE = "aside"  # "since it belongs to the lamp"
    BECOMES = "becomes"  # "exchange it for a coat", "any other heaters"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A mention and what is said of it."""

    mention: Mention
    role: Role


class Roles:
    """Built once."""

    def __init__(self) -> None:
        lists = words.word_lists("roles")
        self._done = {name: Phrases(lists[name]) for name in ("return", "exchange", "cancel")}
        adjectives = r"(?:[\w'-]+ ){0,2}"
        determined = rf"(?:(?:{_any_of(lists['determiners'])}) )?"
        self._left_out = regex.compile(
            rf"(?:{_any_of(_latin(lists['left_out']), whole=True)} (?:for )?"
            rf"(?:(?:the |that )?(?:ones?|orders?) (?:with|of|for|containing|that has) )?{determined}"
            rf"|(?:{_any_of(_han(lists['left_out']))})\p{{Han}}{{0,3}})$"
        )
        self._stays = regex.compile(
            rf"\s*(?:\p{{Han}}{{0,2}}?(?:{_any_of(_han(lists['stays']))})"
            rf"|{_any_of(_latin(lists['stays']), whole=True)})"
        )
        self._beside = regex.compile(rf"{_any_of(_latin(lists['with']), whole=True)} {determined}{adjectives}$")
        self._beside_after = regex.compile(rf"\s*(?:{_any_of(lists['with_after'])})")
        self._aside = regex.compile(rf"{_any_of(_latin(lists['aside']), whole=True)}|{_any_of(_han(lists['aside']))}")
        becomes, articles = _any_of(lists["becomes_english"]), _any_of(lists["determiners"])
        self._becomes = regex.compile(
            rf"(?:\b(?:{becomes}) (?:{articles}) (?:[\w'-]+ ){{0,3}}"
            rf"|(?:{_any_of(lists['becomes'])})[^，,。；;]{{0,12}})$"
        )
        joins = "|".join((_any_of(_latin(lists["joins"]), whole=True), _any_of(_other(lists["joins"]))))
        self._joined = regex.compile(rf"(?:\s|{joins})*")

    def of(self, folded: str, mentions: Sequence[Mention], *, doing: str = "") -> tuple[Spoken, ...]:
        """Each mention with its role. Where all are only beside the matter, the first is what is meant.

        doing: what is asked for here: "return", "exchange" or "cancel". Of things to which something else shall be done
        in the same text is only spoken.
        """
        spoken: list[Spoken] = []
        for mention in mentions:
            before = spoken[-1] if spoken else None
            role = self._role(folded, mention)
            if (
                role is Role.MEANT
                and before
                and before.role is Role.LEFT_OUT
                and self._follows(folded, before, mention)
            ):
                role = Role.LEFT_OUT
            if role is Role.MEANT and doing and self._otherwise(folded, mention, doing):
                role = Role.ASIDE
            spoken.append(Spoken(mention, role))
        if doing and spoken and all(one.role in (Role.ASIDE, Role.BESIDE) for one in spoken):
            return self.of(folded, mentions)
        if spoken and all(one.role in (Role.ASIDE, Role.BESIDE) for one in spoken):
            spoken[0] = Spoken(spoken[0].mention, Role.MEANT)
        return tuple(spoken)

    def _otherwise(self, folded: str, mention: Mention, doing: str) -> bool:
        """Whether the last word before a mention for what shall be done is of something else than is asked for here."""
        if not self._done[doing].found_in(folded):
            return False
        last = {
            name: max((end for _, _, end in verbs.spans(folded[: mention.start])), default=-1)
            for name, verbs in self._done.items()
        }
        return max(last.values()) > last[doing]

    def _follows(self, folded: str, before: Spoken, mention: Mention) -> bool:
        return self._joined.fullmatch(folded, before.mention.end, mention.start) is not None

    def _role(self, folded: str, mention: Mention) -> Role:
        ends = [end.end() for end in _SENTENCE_END.finditer(folded, 0, mention.start)]
        sentence = ends[-1] if ends else 0
        before = folded[max(sentence, mention.start - _BEFORE) : mention.start]
        after = folded[mention.end : mention.end + _AFTER]
        if self._left_out.search(before) or self._stays.match(after):
            return Role.LEFT_OUT
        if self._aside.search(before[-_ASIDE_BEFORE:]):
            return Role.ASIDE
        if self._beside.search(before) or self._beside_after.match(after):
            return Role.BESIDE
        becomes = self._becomes.search(before)
        opens = becomes is not None and not before[: becomes.start()].strip(" ,，")  # "For the lamp, ..."
        return Role.BECOMES if becomes and not (opens and len(before) < _BEFORE) else Role.MEANT


def _latin(spellings: Sequence[str]) -> list[str]:
    return [word for word in spellings if word.isascii() and word[0].isalpha()]


def _han(spellings: Sequence[str]) -> list[str]:
    return [word for word in spellings if not word.isascii()]


def _other(spellings: Sequence[str]) -> list[str]:
    return [word for word in spellings if not (word.isascii() and word[0].isalpha())]


def _any_of(spellings: Sequence[str], *, whole: bool = False) -> str:
    body = "|".join(map(regex.escape, sorted(spellings, key=len, reverse=True)))
    return rf"\b(?:{body})\b" if whole else body
