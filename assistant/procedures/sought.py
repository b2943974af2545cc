"""A slot that is looked for, and what was found of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.domain.procedures import SlotSpec
from assistant.procedures.known import Known
from assistant.procedures.progress import Choice, Told


@dataclass(frozen=True, slots=True)
class Sought:
    """waited: whether the shopper was just asked for it."""

    slot: SlotSpec
    told: Told
    known: Known
    waited: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """value: of the slot, as a run keeps it; None where it is not known. told: whether the message says so.

    among: what it may equally be. missing: words that name something which is not there. lacking: titles of
    things of which there is no such variant as is wished for.
    """

    value: Any = None
    told: bool = False
    among: tuple[Choice, ...] = ()
    missing: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
