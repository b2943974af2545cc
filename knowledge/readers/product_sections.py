"""The lists under a product: attributes, services, gifts, materials, faults, exchanges, promotions, size tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from assistant.domain.commerce import Fact, FactGroup, Product, SizeTable
from assistant.domain.text import LocalText
from knowledge.catalogue import make_fact
from knowledge.readers.numbers import parse_date
from knowledge.readers.reader import Pack
from knowledge.readers.texts import base_language, is_language_map, plain_text

_MAX_CELLS = 20_000


class Place(Protocol):
    """Where the record stands; takes remarks on it."""

    @property
    def pack(self) -> Pack: ...

    def remark(self, code: str, **values: object) -> None: ...

    def text(self, value: object) -> LocalText | None: ...


@dataclass(frozen=True, slots=True)
class Statement:
    """What one entry of a list says."""

    key: LocalText
    value: LocalText
    aliases: tuple[str, ...] = ()


Entry = Mapping[str, object]


def _keyed(entry: Entry, place: Place) -> Statement | None:
    key, value = place.text(entry.get("key") or entry.get("name")), place.text(entry.get("value"))
    unit = plain_text(entry.get("unit"))
    if key is None or value is None:
        return None
    if unit:
        value = LocalText.of({language: f"{text} {unit}" for language, text in value.variants})
    return Statement(key, value)


def _named(entry: Entry, place: Place) -> Statement | None:
    name = place.text(entry.get("name"))
    if name is None:
        return None
    return Statement(name, place.text(entry.get("description")) or name)


def _fault(entry: Entry, place: Place) -> Statement | None:
    code = place.text(entry.get("code"))
    name, remedy = place.text(entry.get("name")), place.text(entry.get("remedy") or entry.get("description"))
    if code is None or (name is None and remedy is None):
        return None
    return Statement(code, joined(name, remedy), name.texts if name else ())


def _exchange(entry: Entry, place: Place) -> Statement | None:
    product = plain_text(entry.get("product"))
    name = place.text(entry.get("name")) or (place.text(product) if product else None)
    if name is None:
        return None
    value = place.text(entry.get("description")) or name
    return Statement(name, value, (product,) if product else ())


def _promotion(entry: Entry, place: Place) -> Statement | None:
    stated = _named(entry, place)
    if stated is None:
        return None
    begins, ends = _period(entry)
    for field, day in (("from", begins), ("to", ends)):
        if day is None and plain_text(entry.get(field)):
            place.remark("bad_date", value=plain_text(entry[field]))
    return replace(stated, value=dated(stated.value, begins, ends))


def dated(text: LocalText, begins: date | None, ends: date | None) -> LocalText:
    """The text with the period it holds for behind it; as it is where it has none."""
    if begins is None and ends is None:
        return text
    first, last = (day.isoformat() if day else "" for day in (begins, ends))
    spans = {"zh": f"（{first} 至 {last}）", "en": f" ({first or '...'} to {last or '...'})"}
    return LocalText.of(
        {tag: words + spans["zh" if base_language(tag) == "zh" else "en"] for tag, words in text.variants}
    )


def _period(entry: Entry) -> tuple[date | None, date | None]:
    start, end = (parse_date(entry.get(name)) for name in ("from", "to"))
    return start and start.date(), end and end.date()


@dataclass(frozen=True, slots=True)
class Section:
    """One list: the group of its facts, how an entry is read, and which fields an entry needs."""

    group: FactGroup
    read: Callable[[Entry, Place], Statement | None]
    needs: str


SECTIONS: Mapping[str, Section] = {
    "services": Section(FactGroup.SERVICE, _keyed, "key, value"),
    "gifts": Section(FactGroup.GIFT, _named, "name"),
    "materials": Section(FactGroup.MATERIAL, _named, "name"),
    "faults": Section(FactGroup.FAULT, _fault, "code, and name or remedy"),
    "exchanges": Section(FactGroup.EXCHANGE, _exchange, "product or name"),
    "promotions": Section(FactGroup.PROMOTION, _promotion, "name"),
}
_ATTRIBUTES = Section(FactGroup.ATTRIBUTE, _keyed, "key, value")


def section_facts(name: str, value: object, product: Product, place: Place, as_of: datetime | None) -> list[Fact]:
    """The facts of the list `name` ("attributes" or one of SECTIONS); what cannot be read is remarked and left out."""
    section = SECTIONS.get(name, _ATTRIBUTES)
    facts = []
    for index, entry in enumerate(_entries(name, value, place), start=1):
        stated = section.read(entry, place)
        if stated is None:
            place.remark("bad_entry", field=name, index=index, needed=section.needs)
            continue
        dated = as_of if section.group is FactGroup.PROMOTION else None
        fact = make_fact(product, stated.key, stated.value, section.group, as_of=dated)
        begins, ends = _period(entry) if section.group is FactGroup.PROMOTION else (None, None)
        facts.append(replace(fact, aliases=(*_aliases(entry), *stated.aliases), begins=begins, ends=ends))
    return facts


def joined(first: LocalText | None, second: LocalText | None) -> LocalText:
    """ "name: remedy" in each language that either has. One of the two may be missing, not both."""
    if first is None or second is None:
        present = first or second
        if present is None:
            raise ValueError("nothing to join")
        return present
    languages = dict.fromkeys((*first.languages, *second.languages))
    colon = {tag: "：" if base_language(tag) == "zh" else ": " for tag in languages}
    return LocalText.of({tag: f"{first.in_language(tag)}{colon[tag]}{second.in_language(tag)}" for tag in languages})


def read_size_tables(value: object, place: Place) -> tuple[SizeTable, ...]:
    """Size tables as printed; one without columns and rows is remarked and left out."""
    if value is None:
        return ()
    tables = []
    for index, entry in enumerate(_entries("size_tables", value, place), start=1):
        columns, rows = entry.get("columns"), entry.get("rows")
        if not isinstance(columns, list) or not isinstance(rows, list) or not columns or not rows:
            place.remark("bad_entry", field="size_tables", index=index, needed="columns, rows")
            continue
        language = plain_text(entry.get("language")) or place.pack.language
        caption = place.text(entry.get("caption"))
        cells = [row for row in rows if isinstance(row, list) and len(row) == len(columns)]
        if len(cells) < len(rows) or len(cells) * len(columns) > _MAX_CELLS:
            place.remark("bad_entry", field="size_tables", index=index, needed="as many cells in each row as columns")
        tables.append(
            SizeTable(
                columns=tuple(_cell(column, language, place) for column in columns),
                rows=tuple(tuple(_cell(cell, language, place) for cell in row) for row in cells[:1000]),
                caption=caption.in_language(language) if caption else "",
                language=language,
            )
        )
    return tuple(tables)


def _cell(value: object, language: str, place: Place) -> str:
    text = place.text(value)
    return text.in_language(language) if text else ""


def _aliases(entry: Entry) -> tuple[str, ...]:
    words = entry.get("aliases")
    listed = words if isinstance(words, list) else [words]
    return tuple(text for word in listed if (text := plain_text(word)))


def _key_fields(name: str, key: object) -> Entry:
    return {"code": key} if name == "faults" else {"key": key, "name": key}


def _entries(name: str, value: object, place: Place) -> Iterator[Entry]:
    """The entries of a list; a plain map is a list of keys and values."""
    if value is None or value == "":
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            nested = item if isinstance(item, Mapping) and not is_language_map(item) else None
            yield {**_key_fields(name, key), **(nested or {"value": item, "description": item})}
    elif isinstance(value, list):
        for entry in value:
            yield entry if isinstance(entry, Mapping) else {"name": entry}
    else:
        place.remark("bad_value", field=name)
