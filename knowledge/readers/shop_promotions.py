"""The promotions of the whole shop, as a `pack.yaml` lists them, made into facts of the shop."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.domain.commerce import Fact, FactGroup, Source
from assistant.domain.packs import evidence_id
from assistant.domain.text import LocalText
from knowledge.readers.pack_yaml import Manifest
from knowledge.readers.product_sections import dated

_UNTAGGED = "und"


def shop_promotions(manifest: Manifest, source: Source) -> Iterator[Fact]:
    """One fact a promotion, with its period in its text and as dates."""
    for written in manifest.promotions:
        name = _in(written.name, manifest.language)
        value = dated(_in(written.description or written.name, manifest.language), written.begins, written.ends)
        yield Fact(
            id=evidence_id("fact", "", FactGroup.PROMOTION.value, *_flat(name), "=", *_flat(value)),
            key=name,
            value=value,
            group=FactGroup.PROMOTION,
            source=source,
            aliases=written.aliases,
            begins=written.begins,
            ends=written.ends,
        )


def _in(text: LocalText, language: str) -> LocalText:
    """A text without a language is in the pack's; the pack's language comes first."""
    tagged = {language if tag == _UNTAGGED else tag: words for tag, words in text.variants}
    return LocalText.of(dict(sorted(tagged.items(), key=lambda item: item[0] != language)))


def _flat(text: LocalText) -> Iterator[str]:
    for variant in text.variants:
        yield from variant
