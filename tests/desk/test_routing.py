"""Where a conversation goes, who is asked to take it, and what becomes due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.desk.routing import Floor, GivenUp, LeftAlone, Missed, Offer, group_for
from assistant.desk.waiting import minutes
from assistant.domain.desk import Agent, Handoff, PresenceState, Wanted
from assistant.domain.hours import Hours
from assistant.domain.ids import AgentId, ConversationId, HandoffId, ProductId, StoreId
from assistant.domain.reply import HandoffReason
from assistant.domain.skills import Choosing, DeskSettings, GroupName, SkillGroup
from assistant.domain.text import LocalText

NOW = datetime.fromisoformat("2026-11-23T04:00:00+00:00")  # Monday noon in Shanghai
LONG_AGO = NOW - timedelta(days=1)
STORE = StoreId("orchard")
ALL = GroupName("all")


def a_group(name: str = "all", **takes: Any) -> SkillGroup:
    return SkillGroup(GroupName(name), LocalText.one("zh", name), **takes)


def an_agent(name: str, **changes: Any) -> Agent:
    agent = Agent(AgentId(name), STORE, name, PresenceState.ONLINE, 2, (), (), seen_at=NOW, idle_since=LONG_AGO)
    return replace(agent, **changes)


def waiting(name: str, waited_s: float = 0, **changes: Any) -> Handoff:
    since = NOW - timedelta(seconds=waited_s)
    handoff = Handoff(
        *(HandoffId(name), STORE, ConversationId(f"conv_{name}"), HandoffReason.CUSTOMER_REQUEST, 1.0, "", ALL, "zh"),
        requested_at=since,
        waits_since=since,
    )
    return replace(handoff, **changes)


def served(name: str, agent: str) -> Handoff:
    return waiting(name, waits_since=None, agent=AgentId(agent), taken_at=NOW)


def floor(*handoffs: Handoff, agents: list[Agent], settings: DeskSettings | None = None, **changes: Any) -> Floor:
    made = Floor(settings or DeskSettings((a_group(),)), Hours(), handoffs, agents, NOW, LONG_AGO)
    return replace(made, **changes)


def offers(found: Floor) -> list[tuple[str, str]]:
    return [(due.handoff.id, due.agent.id) for due in found.due() if isinstance(due, Offer)]


@pytest.mark.parametrize(
    ("wanted", "group"),
    [
        ({"intent": "order.cancel"}, "orders"),
        ({"intent": "order"}, "orders"),
        ({"intent": "orders"}, "all"),
        ({"products": (ProductId("p-1"),)}, "lamps"),
        ({"categories": ("台灯", "Lamps")}, "lighting"),
        ({"language": "en-GB"}, "english"),
        ({"tier": "gold"}, "gold"),
        ({"tier": "gold", "intent": "order.cancel"}, "orders"),
        ({}, "all"),
    ],
)
def test_the_first_group_that_takes_a_matter_gets_it(wanted: dict[str, Any], group: str) -> None:
    settings = DeskSettings(
        (
            a_group("orders", intents=("order",)),
            a_group("lamps", products=("p-1",)),
            a_group("lighting", categories=("lamps",)),
            a_group("english", languages=("en",)),
            a_group("gold", tiers=("gold",)),
            a_group("all"),
        )
    )
    matter = Wanted(HandoffReason.CUSTOMER_REQUEST, "", **{"language": "zh", **wanted})
    assert group_for(settings, matter).name == group


def test_a_matter_that_no_group_takes_goes_to_the_last() -> None:
    settings = DeskSettings((a_group("orders", intents=("order",)), a_group("english", languages=("en",))))
    assert group_for(settings, Wanted(HandoffReason.ABUSE, "", "zh", intent="chitchat")).name == "english"


def test_who_has_been_idle_longest_is_asked_first_and_each_for_a_free_place() -> None:
    mei, tom = an_agent("mei", idle_since=NOW), an_agent("tom", capacity=1)
    found = floor(waiting("a"), waiting("b"), waiting("c"), waiting("d"), agents=[mei, tom])
    assert offers(found) == [("a", "tom"), ("b", "mei"), ("c", "mei")]


def test_in_turn_goes_by_who_was_asked_last() -> None:
    agents = [an_agent("mei", offered_at=NOW), an_agent("tom", offered_at=LONG_AGO), an_agent("new")]
    found = floor(
        *(waiting("a"), waiting("b"), waiting("c")),
        agents=agents,
        settings=DeskSettings((a_group(),), Choosing.ROUND_ROBIN),
    )
    assert offers(found) == [("a", "new"), ("b", "tom"), ("c", "mei")]


def test_who_is_busy_away_gone_of_another_group_or_tongue_is_not_asked() -> None:
    agents = [
        an_agent("busy", capacity=1),
        an_agent("away", state=PresenceState.AWAY),
        an_agent("offline", state=PresenceState.OFFLINE),
        an_agent("gone", seen_at=NOW - timedelta(minutes=2)),
        an_agent("elsewhere", groups=(GroupName("other"),)),
        an_agent("english", languages=("en",)),
    ]
    assert offers(floor(waiting("a"), served("b", "busy"), agents=agents)) == []


def test_what_nobody_takes_in_time_is_offered_to_the_next_and_not_to_the_same_again() -> None:
    mei, tom = an_agent("mei"), an_agent("tom", idle_since=NOW)
    asked = waiting("a", 60, offered_to=mei.id, offered_until=NOW)
    [missed] = floor(asked, agents=[mei, tom]).due()
    assert missed == Missed(asked, mei.id, away=False)
    passed = waiting("a", 60, passed_by=(mei.id,))
    assert offers(floor(passed, agents=[mei, tom])) == [("a", "tom")]
    assert floor(passed, agents=[mei]).due() == []


def test_who_lets_offers_pass_counts_as_away() -> None:
    mei = an_agent("mei", missed=1)
    [missed] = floor(waiting("a", 60, offered_to=mei.id, offered_until=NOW), agents=[mei]).due()
    assert isinstance(missed, Missed)
    assert missed.away


def test_what_is_offered_to_somebody_who_leaves_is_offered_anew() -> None:
    mei = an_agent("mei", state=PresenceState.OFFLINE)
    asked = waiting("a", offered_to=mei.id, offered_until=NOW + timedelta(seconds=30))
    assert [type(due) for due in floor(asked, agents=[mei, an_agent("tom")]).due()] == [Missed]


def test_another_group_helps_out_once_it_has_been_waited_long_enough() -> None:
    orders = a_group("all", overflow=GroupName("other"), overflow_after_s=60)
    settings = DeskSettings((orders, a_group("other")))
    tom = an_agent("tom", groups=(GroupName("other"),))
    assert offers(floor(waiting("a", 59), agents=[tom], settings=settings)) == []
    assert offers(floor(waiting("a", 60), agents=[tom], settings=settings)) == [("a", "tom")]


def test_waiting_ends_when_all_have_left_or_it_takes_too_long() -> None:
    busy = an_agent("busy", capacity=1)
    ended = [
        floor(waiting("a", 61), agents=[]),
        floor(waiting("a", 1200), served("b", "busy"), agents=[busy]),
        floor(waiting("a", 1), agents=[], hours=Hours(weekly=((0, "13:00", "18:00"),))),
    ]
    for each in ended:
        assert [type(due) for due in each.due()] == [GivenUp]
    assert floor(waiting("a", 59), agents=[]).due() == []
    assert floor(waiting("a", 1199), served("b", "busy"), agents=[busy]).due() == []


def test_a_start_of_the_server_gives_agents_time_to_come_back() -> None:
    mei = an_agent("mei", seen_at=NOW - timedelta(minutes=3))
    just_started = floor(waiting("a", 600), agents=[mei], since=NOW - timedelta(seconds=5))
    assert offers(just_started) == [("a", "mei")]
    nobody_yet = floor(waiting("a", 600), agents=[], since=NOW - timedelta(seconds=59))
    assert nobody_yet.due() == []


def test_who_left_yesterday_does_not_count_as_there_because_the_server_started_anew() -> None:
    mei = an_agent("mei", seen_at=LONG_AGO)
    assert not floor(agents=[mei], since=NOW).anybody(a_group(), "zh")


def test_what_an_agent_who_is_gone_was_serving_is_left_alone() -> None:
    gone, here = an_agent("gone", seen_at=NOW - timedelta(minutes=6)), an_agent("here")
    found = floor(served("a", "gone"), served("b", "here"), served("c", "unknown"), agents=[gone, here])
    assert found.due() == [LeftAlone(served("a", "gone"))]


def test_a_group_has_hours_of_its_own() -> None:
    night = a_group("night", hours=Hours(weekly=((0, "22:00", "06:00"),)))
    shop = Hours(weekly=((0, "09:00", "18:00"),))
    assert not floor(agents=[], hours=shop).serves(night)
    assert floor(agents=[], hours=shop).serves(a_group())
    assert floor(agents=[]).serves(a_group()), "a store that states no hours serves whenever somebody is there"


agents_of_any_kind = st.lists(
    st.builds(
        an_agent,
        st.sampled_from(["ann", "bo", "cy", "di"]),
        state=st.sampled_from(PresenceState),
        capacity=st.integers(1, 3),
        missed=st.integers(0, 3),
    ),
    unique_by=lambda agent: agent.id,
)
names = st.sampled_from(["ann", "bo", "cy", "di"])
handoffs_of_any_kind = st.lists(
    st.one_of(
        st.builds(
            lambda number, waited, passed: waiting(f"w{number}", waited, passed_by=tuple(map(AgentId, passed))),
            st.integers(0, 99),
            st.integers(0, 2000),
            st.sets(names),
        ),
        st.builds(lambda number, agent: served(f"s{number}", agent), st.integers(0, 99), names),
    ),
    unique_by=lambda handoff: handoff.id,
    max_size=12,
)


@given(agents_of_any_kind, handoffs_of_any_kind, st.sampled_from(Choosing))
def test_nobody_is_asked_for_more_than_they_can_serve_nor_asked_again(
    agents: list[Agent], handoffs: list[Handoff], choosing: Choosing
) -> None:
    found = floor(*handoffs, agents=agents, settings=DeskSettings((a_group(),), choosing))
    due = found.due()
    assert len({each.handoff.id for each in due}) == len(due), "one thing is due of each"
    load = dict(found.load())
    for each in due:
        if isinstance(each, Offer):
            assert each.agent.state is PresenceState.ONLINE
            assert each.agent.id not in each.handoff.passed_by
            load[each.agent.id] = load.get(each.agent.id, 0) + 1
            assert load[each.agent.id] <= each.agent.capacity


@pytest.mark.parametrize(
    ("ahead", "places", "taken", "waited", "handled", "told"),
    [
        (0, 5, 0, [30, 20, 40], [], 1),
        (0, 5, 0, [30, 20], [600] * 9, None),
        (0, 0, 0, [30] * 9, [600] * 9, None),
        (0, 5, 5, [30] * 9, [600] * 9, 2),
        (4, 5, 5, [30] * 9, [600] * 9, 10),
        (4, 5, 5, [30] * 9, [600], None),
        (2, 5, 2, [240] * 9, [], 4),
        (9, 1, 1, [3000] * 9, [60] * 9, 50),
    ],
)
def test_the_waiting_time_follows_from_how_long_it_took_of_late(
    ahead: int, places: int, taken: int, waited: list[float], handled: list[float], told: int | None
) -> None:
    assert minutes(ahead, places=places, taken=taken, waited=waited, handled=handled) == told
