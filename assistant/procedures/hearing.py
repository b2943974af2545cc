"""What a clause says of procedures: which it asks for, and whether it asks, declines, or only supposes."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.domain.procedures import Procedure, SlotKind
from assistant.domain.understanding import Clause
from assistant.procedures.asking import Asking
from assistant.procedures.referents import conditions
from assistant.procedures.wanting import Wanting

# "Change it to 12 Hill Road": what is told shows what is to be changed.
_OF_A_PLACE, _OF_AN_ITEM = frozenset({"address", "phone"}), frozenset({"size", "colour"})


class Hearing:
    """Built once."""

    def __init__(self, conditional: conditions.Conditions) -> None:
        self._conditions = conditional
        self._asking = Asking()
        self._wanting = Wanting()

    def asked_for(self, said: Clause, procedures: Mapping[str, Procedure], *, plainly: bool = False) -> list[Procedure]:
        """The procedures that a clause asks for in words, in that order; none where it only supposes something.

        plainly: as in `Asking.named`.
        """
        if self.supposed(said):
            said = self._conditions.requested(said)
        named = self._asking.named(said.folded, procedures, plainly=plainly)
        told = {slot.name for slot in said.slots}
        if told & _OF_A_PLACE and not told & _OF_AN_ITEM:
            named = [procedure for procedure in named if not _changes_items(procedure)]
        return named

    def requested(self, said: Clause, procedure: Procedure) -> bool:
        """Whether somebody wants a procedure, and does not only complain, ask, threaten or tell of others; what changes
        nothing is not asked so strictly."""
        if not procedure.steps:
            return True
        text, alone = self._wanting.wanted(said.folded), {procedure.name: procedure}
        if self._asking.named(text, alone):
            return True
        return not self._asking.mentioned(said.folded, procedure) and self._wanting.wants(text)

    def declined(self, said: Clause) -> bool:
        """Whether a clause says that something is not to be done."""
        return self._asking.declines(said.folded)

    def for_want(self, said: Clause) -> bool:
        """Whether something is asked for only in case what was asked before cannot be done, or is not to be had."""
        return any(
            is_for_want(one) or (one.kind is conditions.Kind.IN_STOCK and one.negated)
            for one in self._conditions.read(said)
        )

    def supposed(self, said: Clause) -> bool:
        """Whether something is only supposed or threatened, and nothing requested."""
        return self._conditions.hypothetical(said)


def _changes_items(procedure: Procedure) -> bool:
    return any(slot.kind is SlotKind.CHANGES for slot in procedure.slots)


def is_for_want(condition: conditions.Condition) -> bool:
    """ "if you can't, ...", "otherwise ..."."""
    impossible = condition.kind is conditions.Kind.POSSIBLE and condition.negated
    return impossible or condition.kind in (conditions.Kind.OTHERWISE, conditions.Kind.WHOLE_ORDER)
