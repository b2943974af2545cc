"""store.yaml and pack.yaml."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.errors import PackRefused
from assistant.domain.ids import StoreId
from assistant.domain.store import Risk
from knowledge.readers.pack_yaml import read_manifest
from knowledge.readers.store_yaml import read_store_yaml

STORE = StoreId("s")
FULL = """
name: {zh: 青禾, en: Greenstalk}
languages: [zh, en]
persona:
  name: {zh: 小禾, en: Hattie}
  address: {zh: 亲, en: ""}
  greeting: 你好
hours:
  timezone: Asia/Shanghai
  open: {mon-fri: "09:00-22:00", sun: "10:00-20:00"}
origins: ["https://shop.example/", "http://localhost:*"]
url: https://shop.example
"""


def test_a_store_is_read_with_persona_hours_and_origins() -> None:
    store = read_store_yaml(FULL.encode(), "store.yaml", STORE)
    assert store.name.in_language("en") == "Greenstalk"
    assert store.default_language == "zh"
    assert store.persona.address.in_language("en") == ""
    assert store.persona.greeting is not None
    assert store.persona.greeting.variants == (("zh", "你好"),)
    assert store.hours.weekly[0] == (0, "09:00", "22:00")
    assert store.hours.weekly[-1] == (6, "10:00", "20:00")
    assert store.origins == ("https://shop.example", "http://localhost:*")


def test_a_name_is_all_that_a_store_needs() -> None:
    store = read_store_yaml("name: Greenstalk\nlanguages: [en]".encode("utf-16"), "store.yaml", STORE)
    assert store.persona.name.variants == (("en", "Greenstalk"),)


def test_a_store_says_how_a_language_model_is_to_word_its_answers() -> None:
    stated = "name: x\npersona: {tone: {zh: 亲切, en: Warm}}\nmodel: {rephrase: true}"
    store = read_store_yaml(stated.encode(), "store.yaml", STORE)
    assert store.model.rephrase
    assert store.persona.tone is not None
    assert store.persona.tone.in_language("en") == "Warm"


def test_a_risk_is_a_share_and_what_is_not_stated_is_left_open() -> None:
    stated = "name: x\nrisk: {hand_over: 0.03, answer: {at_most_wrong: 0.05}}"
    assert read_store_yaml(stated.encode(), "store.yaml", STORE).risk == Risk(answer=0.05, hand_over=0.03)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name: x\nrisk: {hand_over: 3}", "line 2: risk.hand_over.at_most_wrong: Input should be less than 1"),
        ("name: x\nrisk: {hand_over: often}", "line 2: risk.hand_over"),
        ("languages: [zh]", "store.yaml, line 1: name: Field required"),
        ("name: x\nlanguages: [zh, Klingon!]", "store.yaml, line 2: languages.1:"),
        ("name: x\nhours:\n  timezone: Mars/Base", "line 3: hours.timezone: Value error, 'Mars/Base' is no IANA"),
        ("name: x\nhours:\n  open:\n    mon: '22:00-09:00'", "line 4: hours.open"),
        ("name: x\nhours:\n  open: {noday: '09:00-22:00'}", "'noday' names no days"),
        ("name: x\nhours:\n  open: {mon-fri: '09:00-22:00', tue: '09:00-22:00'}", "stands there twice"),
        ("name: x\norigins:\n  - shop.example", "line 3: origins.0: Value error, write an origin as scheme"),
        ("name: x\nlogo: y.png", "line 2: logo: Extra inputs"),
        ("name: x\nlanguages: [zh, zh]", "names one twice"),
        ("name: {zh: ''}", "line 1: name:"),
        ("name: x\npersona:\n  address: 5", "line 3: persona.address"),
        ("name: [x", "Not valid YAML"),
        ("- x", "Input should be"),
        ("", "name: Field required"),
        ("a: &a [x]\nb: [*a, *a]", "line 1: YAML anchors and aliases"),
        ("x: " + "{a: " * 100, "nested too deeply"),
        ("name: !!python/object/apply:os.system [ls]", "Not valid YAML"),
        ("name: " + "x" * 300_000, "at most 262,144 are read"),
    ],
)
def test_what_is_wrong_in_store_yaml_is_named_with_line_and_field(content: str, said: str) -> None:
    with pytest.raises(PackRefused, match=re.escape(said)):
        read_store_yaml(content.encode(), "store.yaml", STORE)


def test_a_pack_has_a_name_a_language_a_currency_and_aliases() -> None:
    content = "format: 1\nname: shoes\nlanguage: en\nversion: 2026.11\ncurrency: EUR\n"
    content += "aliases: {材质: [料子], 重量: 多沉}"
    manifest = read_manifest(content.encode(), "pack.yaml")
    assert (manifest.name, manifest.language, manifest.version, manifest.currency) == ("shoes", "en", "2026.11", "EUR")
    assert manifest.aliases == {"材质": ("料子",), "重量": ("多沉",)}


@pytest.mark.parametrize(
    "content", ["format: 2\nname: x", "name: ''", "name: x\ncurrency: yuan", "name: x\nlanguage: 中文"]
)
def test_a_pack_yaml_that_is_wrong_refuses_the_import(content: str) -> None:
    with pytest.raises(PackRefused, match=r"pack\.yaml, line \d: \w+:"):
        read_manifest(content.encode(), "pack.yaml")


@given(st.binary(max_size=120) | st.text(alphabet="name: [x]{}\n-&*!|>'\"#%?", max_size=60).map(str.encode))
def test_no_bytes_raise_anything_but_pack_refused(data: bytes) -> None:
    for read in (lambda: read_manifest(data, "f"), lambda: read_store_yaml(data, "f", STORE)):
        with suppress(PackRefused):
            read()
