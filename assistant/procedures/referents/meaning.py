"""What words come to: the things meant, or those between which they do not decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class How(StrEnum):
    """What tells the things meant, the surest first."""

    WORDS = "words"  # the message says which
    FOCUS = "focus"  # it points back, or says nothing else, and this was talked about
    ONLY = "only"  # no word tells: there is but one
    LIKELY = "likely"  # words or nothing leave several, and the matter fits only one of them
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Meaning(Generic[T]):
    """meant: what the words come to. among: what they leave equally meant, of which the shopper has to choose.

    words: those that told it. missing: those that name something which is not there; then nothing may be done before
    the shopper has put them right.
    """

    meant: tuple[T, ...] = ()
    how: How = How.UNTOLD
    among: tuple[T, ...] = ()
    words: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether something is meant and nothing is open."""
        return bool(self.meant) and not self.among and not self.missing

    @property
    def told(self) -> bool:
        """Whether the message says anything of it, found or not."""
        return self.how is How.WORDS or bool(self.words or self.missing)

    def with_words(self, *words: str) -> Meaning[T]:
        return replace(self, words=tuple(dict.fromkeys((*self.words, *words))))


def one_of(candidates: tuple[T, ...], how: How, words: tuple[str, ...] = ()) -> Meaning[T]:
    """The only candidate as meant, or all of them to choose from."""
    if len(candidates) == 1:
        return Meaning(candidates, how, words=words)
    return Meaning(among=candidates, how=how if candidates else How.UNTOLD, words=words)
