"""Names of attributes, and facts from titles."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.commerce import FactGroup, Product, Source
from assistant.domain.ids import ProductId, StoreId
from assistant.domain.packs import ImportedStore, Refusal
from assistant.domain.store import Persona, Store
from assistant.domain.text import LocalText
from knowledge.catalogue import Vocabulary, complete, completed, make_fact, normal
from knowledge.titles import TitleWords
from tests.knowledge.readers.files import fact

TITLES = TitleWords.shipped()
VOCABULARY = Vocabulary.shipped()


def product(title: str | dict[str, str], **fields: object) -> Product:
    text = LocalText.of(title) if isinstance(title, dict) else LocalText.one("zh", title)
    return Product(ProductId("P"), text, Source("p", "f", "row 2"), **fields)  # type: ignore[arg-type]


def test_no_name_stands_in_two_groups() -> None:
    rows = yaml.safe_load(files("knowledge").joinpath("data/attribute_aliases.yaml").read_text("utf-8"))
    words = Counter(
        word for row in rows for word in {normal(str(word)) for word in (*row["title"].values(), *row["aliases"])}
    )
    assert [word for word, count in words.items() if count > 1] == []
    assert len(rows) >= 60


def test_every_attribute_that_titles_can_state_has_a_name() -> None:
    rules = yaml.safe_load(files("knowledge").joinpath("data/title_words.yaml").read_text("utf-8"))
    stated = {*rules["units"], *rules["patterns"], *rules["words"]} - {"nothing"}
    assert {name for name in stated if VOCABULARY.title(name) is None} == set()


@pytest.mark.parametrize("key", ["面料", "材质：", " Fabric ", "ＦＡＢＲＩＣ", "成分"])
def test_spellings_of_an_attribute_have_one_canonical_name(key: str) -> None:
    assert VOCABULARY.canonical(key) == "material"


def test_aliases_are_the_other_names_and_never_the_key_itself() -> None:
    aliases = VOCABULARY.aliases(LocalText.one("zh", "重量"), ("多沉",))
    assert aliases[0] == "多沉"
    assert {"净重", "Weight"} <= set(aliases)
    assert "重量" not in aliases


def test_a_key_that_names_a_part_takes_the_aliases_of_its_last_word() -> None:
    assert "鞋面面料" in VOCABULARY.aliases(LocalText.one("zh", "鞋面材质"))
    assert VOCABULARY.canonical("鞋面材质") != VOCABULARY.canonical("材质")


def test_a_packs_own_aliases_come_on_top() -> None:
    extended = VOCABULARY.extended({"材质": ["布料"], "咸甜": ["咸淡"]})
    assert extended.canonical("布料") == "material"
    assert "面料" in extended.aliases(LocalText.one("zh", "布料"))
    assert extended.canonical("咸淡") == extended.canonical("咸甜")
    assert VOCABULARY.canonical("布料") != "material"


@pytest.mark.parametrize(
    ("title", "stated"),
    [
        ("电热水器 80升 3300W 一级能效", {"capacity": "80升", "power": "3300W", "energy": "一级能效"}),
        ("T恤 夏季 男 纯棉 短袖", {"season": "夏季", "gender": "男", "material": "纯棉", "sleeve": "短袖"}),
        ("婴儿拉拉裤 L码 54片", {"people": "婴儿", "size": "L", "count": "54片"}),
        ("Men's cotton jacket, waterproof", {"gender": "Men's", "material": "cotton", "function": "waterproof"}),
        ("音箱 3年质保 IP67", {"warranty": "3年质保", "waterproof": "IP67"}),
    ],
)
def test_a_title_states_attributes(title: str, stated: dict[str, str]) -> None:
    assert TITLES.read(title) == stated


@pytest.mark.parametrize(
    "title",
    [
        "非纯棉 不防水",  # denied
        "外套 黑色 白色",  # several, of which one at most is meant
        "手机 8GB+256GB",
        "面料 250g/m²",  # a weight by the square metre is none of the product
        "拉拉裤 9-14kg",  # whose weight?
        "奶嘴 透气孔护罩 防水袋",  # parts of the names of things
        "热水器 F6033-UD3W 5G",  # numbers of a model
        "cotton-free pad",
        "饼干 32g*5",  # of each part
        "变频器 5.5/15kw",  # of one of several kinds
        "开关电源 220V转12V20W-600W",
        "气枪 32瓦斯 4片区",
        "手套 黑白色",
    ],
)
def test_what_a_title_does_not_say_for_certain_is_left_out(title: str) -> None:
    assert TITLES.read(title) == {}


def test_brand_and_model_state_nothing() -> None:
    assert TITLES.read("夏季 80L 水壶", but=("夏季", "80L")) == {}


@given(st.text(max_size=80))
def test_values_stand_in_the_title_word_for_word(title: str) -> None:
    for value in TITLES.read(title).values():
        assert all(part in title for part in value.replace("、", ", ").split(", ")) or value in title


def test_a_fact_of_the_title_names_it_as_its_source_in_each_language() -> None:
    titled = complete(product({"zh": "水壶 2升", "en": "Kettle, 2 litres"}), VOCABULARY, TITLES)
    capacity = fact(titled, "容量")
    assert capacity.value.variants == (("zh", "2升"), ("en", "2 litres"))
    assert capacity.source.locator == "title"
    assert capacity.quantity is not None


def test_what_is_stated_explicitly_wins_over_the_title_under_any_name() -> None:
    plain = product("T恤 纯棉")
    explicit = make_fact(plain, LocalText.one("zh", "面料"), LocalText.one("zh", "95% 棉"), FactGroup.ATTRIBUTE)
    stated = complete(product("T恤 纯棉", facts=(explicit,)), VOCABULARY, TITLES)
    assert [str(fact.value) for fact in stated.facts] == ["95% 棉"]


def test_completing_twice_changes_nothing() -> None:
    once = complete(product("水壶 2升 黑色", brand="青禾"), VOCABULARY, TITLES)
    assert complete(once, VOCABULARY, TITLES) == once


def test_what_a_foreign_importer_read_is_completed_and_the_rest_left_as_it_is() -> None:
    name = LocalText.one("zh", "店")
    refused = Refusal("f", 1, "why")
    imported = ImportedStore(Store(StoreId("s"), name, ("zh",), Persona(name)), iter([product("水壶 2升"), refused]))
    kettle, rest = completed(imported).items
    assert isinstance(kettle, Product)
    assert str(fact(kettle, "容量").value) == "2升"
    assert rest is refused
