"""Who may speak, as a state machine: what changes there are, and what they keep."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.desk.ownership import Speaker, Standing
from assistant.domain.conversation import Owner
from assistant.domain.errors import Conflict
from assistant.domain.events import ChangeReason, OwnerChanged
from assistant.domain.ids import AgentId
from assistant.domain.skills import GroupName

MEI, TOM = Speaker(AgentId("mei"), "小美"), Speaker(AgentId("tom"), "Tom")
GROUP = GroupName("everybody")
MOVES: dict[str, Callable[[Standing], OwnerChanged]] = {
    "queued": lambda standing: standing.queued(GROUP),
    "left": lambda standing: standing.left(""),
    "given up": lambda standing: standing.given_up(""),
    "taken by Mei": lambda standing: standing.taken_by(MEI, ""),
    "taken by Tom": lambda standing: standing.taken_by(TOM, ""),
    "passed to Tom": lambda standing: standing.passed_to(TOM, ""),
    "passed to a group": lambda standing: standing.passed_to_group(GROUP, ""),
    "left alone": lambda standing: standing.left_alone(GROUP, ""),
    "handed back": lambda standing: standing.handed_back(""),
    "closed": lambda standing: standing.closed("", "done"),
    "to answer a ticket": lambda standing: standing.to_answer_ticket(MEI),
    "ticket answered": lambda standing: standing.ticket_answered(),
}


@given(st.lists(st.sampled_from(sorted(MOVES))))
def test_every_change_raises_the_epoch_by_one_and_names_the_only_one_who_speaks(moves: list[str]) -> None:
    standing = Standing(Owner.BOT, 1)
    for move in moves:
        try:
            change = MOVES[move](standing)
        except Conflict:
            continue
        after = standing.after(change)
        assert after.epoch == standing.epoch + 1
        assert (after.agent is not None) is (after.owner is Owner.AGENT)
        assert (after.owner, after.agent) != (standing.owner, standing.agent)
        standing = after


@given(
    st.sampled_from(list(Owner)),
    st.sampled_from(list(Owner)),
    st.sampled_from([*ChangeReason, "", "whim"]),
    st.integers(0, 4),
    st.sampled_from([None, MEI.id, TOM.id]),
)
def test_what_is_no_change_from_here_is_refused(
    before: Owner, after: Owner, reason: str, epoch: int, agent: AgentId | None
) -> None:
    standing = Standing(before, 2, MEI.id if before is Owner.AGENT else None)
    change = OwnerChanged(after, epoch, reason, agent=agent)
    allowed = [move for move in MOVES.values() if _same(move, standing, change)]
    if allowed:
        assert standing.after(change).owner is after
    else:
        with pytest.raises(Conflict):
            standing.after(change)


def _same(move: Callable[[Standing], OwnerChanged], standing: Standing, change: OwnerChanged) -> bool:
    try:
        made = move(standing)
    except Conflict:
        return False
    return (made.owner, made.epoch, made.reason, made.agent) == (
        *(change.owner, change.epoch, change.reason),
        change.agent,
    )


def test_an_agent_who_has_a_conversation_cannot_take_it_once_more() -> None:
    standing = Standing(Owner.AGENT, 3, MEI.id)
    with pytest.raises(Conflict):
        standing.taken_by(MEI, "")
    assert standing.taken_by(TOM, "").reason == ChangeReason.TAKEN_OVER


def test_a_closed_conversation_is_opened_by_a_human_only() -> None:
    closed = Standing(Owner.CLOSED, 4)
    for move in (closed.handed_back, closed.left, closed.given_up):
        with pytest.raises(Conflict):
            move("")
    assert closed.taken_by(MEI, "").reason == ChangeReason.REOPENED
