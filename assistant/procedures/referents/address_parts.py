"""The parts of an address as it is written: in the Chinese order or the Western one, with every part in its place.

A part that fits no place of its own stays beside the street: in the unit of a Western address, in the street of a
Chinese one. None is dropped.
"""

from __future__ import annotations

import regex

from assistant.domain.backend import Address
from assistant.domain.folding import fold
from assistant.nlu.slots import postcodes
from assistant.procedures.referents import words
from assistant.procedures.referents.places import Places

_CODE = regex.compile(rf"(?<![\w-])(?P<code>{postcodes.ABROAD}|{postcodes.ZIP}|\d{{6}})\s*$")
_AUSTRALIAN = regex.compile(r"(?<=\b[A-Z]{2,3} )(?P<code>\d{4})$")
_BRITISH = regex.compile(r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}")
_STREET = regex.compile(r"^(?:p\.? ?o\.? ?box|\d+[a-z]?(?:[/-]\d+[a-z]?)?)\s+[\p{Latin}\d]", regex.IGNORECASE)
_PO_BOX = regex.compile(r"p\.? ?o\.? ?box", regex.IGNORECASE)
_DISTRICT = regex.compile(r".*(?:\b(?:district|new area)|\p{Han}[区县旗])$", regex.IGNORECASE)
_CHINESE_CODE = regex.compile(r"[,，、;\s]*(?:邮政编码|邮编|邮码)[是为:：\s]*(?P<code>\d{6})(?!\d)")
_LEVELS = (
    ("region", r"(?:\p{Han}{2,4}?(?:省|自治区|特别行政区))"),
    ("city", r"(?:\p{Han}{2,8}?(?:(?<!城)市|自治州|地区|盟))"),
    ("district", r"(?:\p{Han}{1,8}?(?:区|县|旗|(?<!城)市(?!场|政|民)))"),
)
_CHINESE = regex.compile("".join(f"(?P<{name}>{pattern})?" for name, pattern in _LEVELS) + r"(?P<street>.*)")


class AddressParts:
    """Built once."""

    def __init__(self, places: Places) -> None:
        lists = words.sections("addresses")
        self._places = places
        self._countries = {fold(word): name for name, spellings in lists["countries"].items() for word in spellings}
        units = "|".join(map(regex.escape, sorted(lists["points"]["unit"], key=len, reverse=True)))
        code = r"(?:\d[\w/-]*|[a-z](?!\p{Latin})[\d-]*)"
        unit = rf"(?:(?:{units})\b\.?|#)\s*#?{code}|(?:the )?\d+(?:st|nd|rd|th) floor|\d{{1,3}}/[fg]\b"
        self._unit = regex.compile(rf"(?:{unit})", regex.IGNORECASE)
        self._unit_at_end = regex.compile(rf"[\s,]+(?P<unit>{unit})\s*$", regex.IGNORECASE)
        self._unit_at_start = regex.compile(rf"^(?P<unit>{unit})[\s,，]+(?=\S)", regex.IGNORECASE)
        provinces = "|".join(lists["municipalities"]["provinces"])
        self._cities = lists["municipalities"]["cities"]
        cities = "|".join(lists["prefectures"]["cities"])
        self._prefecture = regex.compile(
            rf"^(?P<city>{cities})(?=市)?(?!\p{{Han}}?(?:路|街|大道|巷))(?=\p{{Han}}{{2,}})"
        )
        self._province = regex.compile(rf"^(?P<region>{provinces})(?!省|自治区|路|街|大道|特别)(?=\p{{Han}}{{2,}})")

    def of(self, written: str) -> Address:
        """The parts of a written address. What it does not say is empty; a US state is told by the ZIP code too."""
        text = " ".join(written.split()).strip(" ,.，。")
        western = any(_STREET.search(part.strip()) for part in regex.split("[,，]", text) if not _has_han(part))
        return self._chinese(text) if _has_han(text) and not western else self._western(text.replace("，", ","))

    def _western(self, text: str) -> Address:
        """ "Flat 3, 1234 Elm St, Apt 5, Springfield, IL, 62701, USA"."""
        parts = [part.strip() for part in text.split(",") if part.strip()]
        country = self._countries[fold(parts.pop())] if len(parts) > 1 and fold(parts[-1]) in self._countries else ""
        parts, postcode = _without_code(parts)
        state = ""
        if len(parts) > 1:
            state, parts[-1] = self._state_at_end(parts[-1], alone=len(parts) > 2 or not postcode)
            parts = [part for part in parts if part]
        at = next((place for place, part in enumerate(parts) if self._is_street(part)), 0)
        units, street = parts[:at], parts[at] if parts else ""
        parts = parts[at + 1 :]
        if (first := self._unit_at_start.match(street)) and _STREET.search(street[first.end() :]):
            units, street = [*units, first["unit"]], street[first.end() :]
        if (inline := self._unit_at_end.search(street)) and not _PO_BOX.match(street):
            units, street = [*units, inline["unit"].strip()], street[: inline.start()].strip(" ,")
        units += [part for part in parts if self._unit.fullmatch(part)]
        parts = [part for part in parts if not self._unit.fullmatch(part)]
        city = parts.pop() if parts and not (len(parts) == 1 and _DISTRICT.match(parts[0])) else ""
        districts = [part for part in parts if _DISTRICT.match(part)]
        units += [part for part in parts if part not in districts[:1]]
        state = state or self._places.state_of(postcode)
        if not country and _BRITISH.fullmatch(postcode):
            country = self._countries.get("uk", "")
        in_us = bool(state) or bool(regex.fullmatch(postcodes.ZIP, postcode) and city)
        return Address(
            country=country or ("USA" if in_us else ""),
            region=state,
            city=city,
            district=districts[0] if districts else "",
            street=street,
            unit=", ".join(units),
            postcode=postcode,
        )

    def _is_street(self, part: str) -> bool:
        return _STREET.search(self._unit_at_start.sub("", part)) is not None

    def _state_at_end(self, part: str, *, alone: bool) -> tuple[str, str]:
        """The state that a part ends with, and the rest of it. alone: the whole part may be a state."""
        if alone and (state := self._places.state(part)) and fold(part) not in ("new york", "washington"):
            return state, ""
        head, _, tail = part.rpartition(" ")
        if head and len(tail) == 2 and tail.isalpha() and (state := self._places.state(tail)):
            return state, head.strip()
        return "", part

    def _chinese(self, text: str) -> Address:
        """省、市、区县、街道门牌, each where it is written; 省 and 市 may be left out of a name."""
        postcode = ""
        if code := _CHINESE_CODE.search(text):
            postcode, text = code["code"], text[: code.start()] + text[code.end() :]
        units = []
        for pattern in (self._unit_at_start, self._unit_at_end):
            if found := pattern.search(text):
                units.append(found["unit"].strip())
                text = (text[: found.start()] + text[found.end() :]).strip(" ,，")
        text = regex.sub(r"(?<=\p{Latin})\s+(?=\p{Latin})", "\0", text)
        text = regex.sub(r"(?<=\p{Han}|\d)[,，、]+(?=\p{Han}|\w)|\s", "", text).replace("\0", " ")
        text = regex.sub(r"^(?:中华人民共和国|中国)", "", text)
        region = ""
        city = next((name for name in self._cities if text.startswith(name)), "")
        if city:
            text = regex.sub(rf"^{city}市?(?:{city}市)?", "", text)
            region = city = f"{city}市"
        else:
            if match := self._province.match(text) or regex.match(_LEVELS[0][1], text):
                region, text = match.group(), text[match.end() :]
            if match := self._prefecture.match(text):
                city, text = f"{match['city'].removesuffix('市')}市", text[match.end() :].removeprefix("市")
        found = _CHINESE.fullmatch(text)
        parts = {name: str(part) for name, part in found.groupdict("").items()} if found else {"street": text}
        return Address(
            region=region or parts.get("region", ""),
            city=city or parts.get("city", ""),
            district=(parts.get("city", "") if city else "") + parts.get("district", ""),
            street=(parts.get("region", "") if region else "") + parts.get("street", ""),
            unit=", ".join(units),
            postcode=postcode,
        )


def _without_code(parts: list[str]) -> tuple[list[str], str]:
    """The parts without the postcode that the last of them ends with, and the code."""
    if not parts or not (match := _CODE.search(parts[-1]) or _AUSTRALIAN.search(parts[-1])):
        return parts, ""
    if len(parts) == 1 and match.start() == 0:
        return parts, ""
    return [part for part in (*parts[:-1], parts[-1][: match.start()].strip(" ,")) if part], match["code"]


def _has_han(text: str) -> bool:
    return regex.search(r"\p{Han}", text) is not None
