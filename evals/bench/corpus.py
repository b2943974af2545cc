"""A made-up store of any size: products and pages of the shop in plausible Chinese, and questions about them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

import yaml

_PASSAGES_A_PRODUCT = 20
_SHOP_SHARE = 0.05  # of the passages, those on pages of the shop itself
_SENTENCES = 2
_PRODUCTS_A_FILE = 500
_PASSAGES_A_PAGE = 200

_STORE = """\
name: {zh: 万物杂货}
languages: [zh]
persona:
  name: {zh: 阿万}
"""
_PACK = """\
format: 1
name: goods
language: zh
version: "1"
currency: CNY
"""


@dataclass(frozen=True, slots=True)
class Corpus:
    """`passages` is how many paragraphs are written; a paragraph becomes one passage."""

    passages: int
    seed: int = 7

    @property
    def products(self) -> int:
        return round(self.passages * (1 - _SHOP_SHARE)) // _PASSAGES_A_PRODUCT

    def product_id(self, number: int) -> str:
        return f"P{number:06d}"

    def write(self, folder: Path) -> None:
        """Write it as a store folder."""
        writer, pack = _Writer(Random(self.seed)), folder / "knowledge" / "goods"
        for name in ("products", "pages"):
            (pack / name).mkdir(parents=True)
        (folder / "store.yaml").write_text(_STORE, "utf-8")
        (pack / "pack.yaml").write_text(_PACK, "utf-8")
        for start in range(0, self.products, _PRODUCTS_A_FILE):
            numbers = range(start, min(start + _PRODUCTS_A_FILE, self.products))
            lines = [json.dumps(writer.product(self.product_id(number)), ensure_ascii=False) for number in numbers]
            (pack / "products" / f"{start:06d}.jsonl").write_text("\n".join(lines), "utf-8")
        left = self.passages - self.products * _PASSAGES_A_PRODUCT
        for page, count in enumerate(_shares(left, _PASSAGES_A_PAGE)):
            (pack / "pages" / f"guide-{page:04d}.md").write_text(writer.page(page, count), "utf-8")

    def questions(self, count: int) -> list[str]:
        writer = _Writer(Random(self.seed + 1))
        return [writer.question() for _ in range(count)]


class _Writer:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._words: dict[str, list[str]] = yaml.safe_load((files(__package__) / "words.yaml").read_text("utf-8"))

    def product(self, product_id: str) -> dict[str, Any]:
        noun, material, quality = self._word("nouns"), self._word("materials"), self._word("qualities")
        number = self._random.randint(10, 999)
        return {
            "id": product_id,
            "title": {"zh": f"{material}{noun} {number}{self._word('units')} {quality} {product_id}"},
            "category": {"zh": noun},
            "price": self._random.randint(9, 900),
            "attributes": [
                {"key": {"zh": measure}, "value": {"zh": f"{self._random.randint(1, 999)} {self._word('units')}"}}
                for measure in self._random.sample(self._words["measures"], 4)
            ],
            "description": {"zh": "\n".join(self._paragraph() for _ in range(_PASSAGES_A_PRODUCT))},
        }

    def page(self, number: int, paragraphs: int) -> str:
        title = f"{self._word('nouns')}使用说明 {number}"
        return "\n\n".join((f"# {title}", *(self._paragraph() for _ in range(paragraphs))))

    def question(self) -> str:
        return self._filled(self._word("questions"))

    def _paragraph(self) -> str:
        return "".join(self._filled(self._word("frames")) for _ in range(_SENTENCES))

    def _filled(self, frame: str) -> str:
        return frame.format_map(
            {
                "noun": self._word("nouns"),
                "part": self._word("parts"),
                "material": self._word("materials"),
                "other": self._word("materials"),
                "quality": self._word("qualities"),
                "scene": self._word("scenes"),
                "benefit": self._word("benefits"),
                "action": self._word("actions"),
                "measure": self._word("measures"),
                "unit": self._word("units"),
                "number": self._random.randint(10, 999),
                "small": self._random.randint(2, 9),
            }
        )

    def _word(self, kind: str) -> str:
        return self._random.choice(self._words[kind])


def _shares(total: int, most: int) -> Iterator[int]:
    """`total` in parts of `most`, the last one smaller."""
    for start in range(0, total, most):
        yield min(most, total - start)
