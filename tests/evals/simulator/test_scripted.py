"""The scripted shopper: says what the script says, answers what is asked, and goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from evals.cases import Exchange
from evals.door import DoorClosed
from evals.simulator import Goal, Script, ScriptedShopper, SimulatorFault, Transcript
from evals.simulator.phrases import Phrases, Slot
from tests.evals.scripted_door import reply

SHOPPER = ScriptedShopper()


def confirmation() -> dict[str, Any]:
    return {"kind": "confirmation", "name": "cancel", "options": []}


def slot(name: str) -> dict[str, Any]:
    return {"kind": "slot", "name": name, "options": []}


def choice(*labels: str) -> dict[str, Any]:
    options = [{"label": label, "text": f"我选{label}"} for label in labels]
    return {"kind": "choice", "name": "order", "options": options}


class Store:
    """Waits for one thing after another, then for nothing; `None` in place of a reply once `human` replies are over."""

    conversation_id = "conv_1"

    def __init__(self, *waits: Mapping[str, Any] | None, human_after: int | None = None, trace: Any = None) -> None:
        self.waits = list(waits)
        self.human_after = human_after
        self.trace = trace or {}
        self.heard: list[tuple[str, ...]] = []

    async def say(self, *messages: str) -> Exchange:
        self.heard.append(messages)
        if self.human_after is not None and len(self.heard) > self.human_after:
            return Exchange(messages, None)
        return Exchange(messages, reply("answer", "…", expects=self.waits.pop(0) if self.waits else None), self.trace)


async def played(store: Store, *goals: Goal, lang: str = "zh") -> Transcript:
    transcript = Transcript(store)
    await SHOPPER.play(Script("s", lang, goals), transcript)
    return transcript


async def test_the_messages_of_a_goal_are_sent_as_a_burst_and_goals_one_after_the_other() -> None:
    store = Store()
    transcript = await played(store, Goal(("在吗", "这个多重")), Goal(("谢谢",)))
    assert store.heard == [("在吗", "这个多重"), ("谢谢",)]
    assert [exchange.said for exchange in transcript.exchanges] == store.heard


@pytest.mark.parametrize(
    ("lang", "accept", "said"),
    [("zh", True, "确认"), ("zh", False, "不用了，先别办"), ("en", True, "yes"), ("en", False, "no")],
)
async def test_a_confirmation_is_given_only_where_the_goal_accepts(lang: str, accept: bool, said: str) -> None:
    store = Store(confirmation())
    await played(store, Goal(("取消",), accept=accept), lang=lang)
    assert store.heard[1:] == [(said,)]


async def test_what_is_asked_is_told_if_the_shopper_knows_it_and_stays_known() -> None:
    store = Store(slot("order_id"), slot("phone"), slot("colour"), None, slot("order_id"))
    first = Goal(("取消",), {"order_id": "700001", "phone_number": "17000000001"})
    await played(store, first, Goal(("改地址",), {"phone_number": "17000000002"}))
    assert [heard[0] for heard in store.heard] == [
        "取消",
        "订单号是700001",
        "电话是17000000001",
        "我不清楚，你帮我查一下",
        "改地址",
        "订单号是700001",
    ]


async def test_a_later_goal_may_know_better() -> None:
    store = Store(slot("address"), None, slot("address"))
    goals = (Goal(("a",), {"address": "1 Quay"}), Goal(("b",), {"address": "2 Hill"}))
    await played(store, *goals, lang="en")
    assert store.heard[1] == ("The address is 1 Quay",)
    assert store.heard[3] == ("The address is 2 Hill",)


@pytest.mark.parametrize(
    ("known", "asked", "lang", "told"),
    [
        ({"zip": "10001"}, "postcode", "en", "My zip code is 10001"),
        ({"date": "周五"}, "service_time", "zh", "周五吧"),
        ({"name": "Ada Stone", "zip": "10001"}, "identity", "en", "It's Ada Stone, 10001"),
        ({"email": "a@example.com", "name": "Ada"}, "identity", "en", "It's a@example.com, Ada"),
        ({"quantity": "2"}, "quantity", "zh", "要2个"),
        ({"shoe_width": "wide"}, "shoe_width", "en", "It's wide"),
        ({"image": "https://img.example/{value}.png"}, "screenshot", "zh", "图片在这 https://img.example/{value}.png"),
        ({}, "identity", "en", None),
        ({"zip": "10001"}, "city", "en", None),
    ],
)
def test_things_are_told_in_a_short_sentence_under_any_of_their_names(
    known: dict[str, str], asked: str, lang: str, told: str | None
) -> None:
    assert SHOPPER.phrases.told(asked, known, lang) == told


async def test_a_choice_is_made_by_the_words_of_the_goal_else_left_to_the_store() -> None:
    for choose, said in (("已付款的", "我选订单2 已付款"), ("", "你帮我推荐一个"), ("最贵的", "你帮我推荐一个")):
        store = Store(choice("订单1 已发货", "订单2 已付款"))
        transcript = await played(store, Goal(("加急",), choose=choose))
        assert store.heard[1] == (said,)
        assert transcript.stumbles == []


async def test_words_that_fit_several_options_are_noted_as_the_simulators_fault() -> None:
    store = Store(choice("red cup", "red pot", "blue cup"))
    transcript = await played(store, Goal(("change it",), choose="the red one"), lang="en")
    assert store.heard[1] == ("whichever you think is best",)
    assert transcript.stumbles == ["“the red one” fits several of the options as well: red cup, red pot"]


async def test_a_choice_among_nothing_is_left_to_the_store() -> None:
    store = Store(choice())
    await played(store, Goal(("加急",), choose="已付款的"))
    assert store.heard[1] == ("你帮我推荐一个",)


async def test_at_most_six_questions_are_answered_for_a_goal() -> None:
    store = Store(*[confirmation()] * 20)
    await played(store, Goal(("取消",), accept=True), Goal(("还有",), accept=True))
    assert [heard[0] for heard in store.heard] == ["取消", *["确认"] * 6, "还有", *["确认"] * 6]


async def test_the_script_ends_when_a_human_has_the_word() -> None:
    store = Store(human_after=1)
    await played(store, Goal(("转人工",)), Goal(("在吗",)), Goal(("还在吗",)))
    assert store.heard == [("转人工",), ("在吗",)]


async def test_a_turn_that_failed_ends_the_script_and_what_was_said_is_kept() -> None:
    transcript = Transcript(Store(trace={"failed": "ValueError: broken"}))
    with pytest.raises(DoorClosed, match="ValueError: broken"):
        await SHOPPER.play(Script("s", "zh", (Goal(("在吗",)), Goal(("还在吗",)))), transcript)
    assert len(transcript.exchanges) == 1


async def test_what_a_scripted_shopper_cannot_play_is_the_simulators_fault() -> None:
    with pytest.raises(SimulatorFault, match="only a language model"):
        await played(Store())
    with pytest.raises(SimulatorFault, match="'signature'"):
        await played(Store({"kind": "signature", "name": "x", "options": []}), Goal(("hi",)))


def test_every_phrase_is_there_in_both_languages() -> None:
    phrases = Phrases.load()
    for name in ("confirm", "refuse", "unknown", "undecided", "tell", "between"):
        assert set(getattr(phrases, name)) == {"zh", "en"}
    for slot_name, form in phrases.slots.items():
        assert "{value}" in form.zh, slot_name
        assert "{value}" in form.en, slot_name
        assert set(form.parts) <= set(phrases.slots) | {"name"}


def test_a_name_that_stands_for_two_things_is_refused() -> None:
    forms = {"zip": Slot("{value}", "{value}", ("code",)), "fault": Slot("{value}", "{value}", ("code",))}
    with pytest.raises(ValueError, match="code stands for both"):
        Phrases({}, {}, {}, {}, {}, {}, forms)
