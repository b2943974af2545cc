"""What a simulated shopper wants, knows, and agrees to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from evals.systems.recording import Write


@dataclass(frozen=True, slots=True)
class Goal:
    """One matter of a shopper.

    say: messages, sent one after another. reveal: what the shopper can tell when asked, by name. accept: whether what
    is to be confirmed is confirmed. choose: words for the option the shopper takes where there is a choice.
    """

    say: tuple[str, ...]
    reveal: Mapping[str, str] = field(default_factory=dict)
    accept: bool = False
    choose: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """One line of a scripts file.

    shopper: the user in the store's records. gold: the writes that are right; gold_any: other sets that are as good.
    mentions: words that the replies must hold. excluded: why the script is run and not scored. persona: who the shopper
    is and what they want in prose, for a language model to play.
    """

    id: str
    lang: str
    goals: tuple[Goal, ...] = ()
    shopper: str = ""
    gold: tuple[Write, ...] = ()
    gold_any: tuple[tuple[Write, ...], ...] = ()
    mentions: tuple[str, ...] = ()
    needs_image: bool = False
    excluded: str = ""
    persona: str = ""
