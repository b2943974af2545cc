"""What a product title tells beside its words: brand, model code, and the names a shopper may use.

A title such as "欧岚（Oulan）【晨曦S2系列】40升电热水器2200W D4022-S2(HE)以旧换新" has brand 欧岚（Oulan）, model
D4022-S2(HE) and the names D4022-S2, S2, 晨曦S2系列 and 晨曦S2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TRIM = r"(?i:Pro|Max|Ultra|Plus|Mini|Lite)"
_NOT_BEFORE = r"(?<![A-Za-z0-9.\-])"
_NOT_AFTER = r"(?![A-Za-z0-9])"

_BRAND = re.compile(r"^([^\s（(【\[]{1,20}[（(][^）)]{1,30}[）)])")
_BRACKET = re.compile(r"【([^】]{1,30})】")
# Series, a hyphen (also the non-breaking one) and version: D4022-S2(HE), RG24-V7 Max, RG24-NOVA 20.
_MODEL = re.compile(
    rf"{_NOT_BEFORE}([A-Z][A-Z0-9.]*)[-‐‑–]([A-Za-z0-9]+(?:\s(?:{_TRIM}|\d{{1,3}}){_NOT_AFTER})*)(\s?[（(][A-Z]+[）)])?",
)
# A code without a hyphen starts with a letter and has a digit (V7 Max) or ends in a trim (ZKpro); 16L is a quantity.
_CODE = re.compile(
    rf"{_NOT_BEFORE}(?:[A-Z]+\d[A-Za-z0-9]*|[A-Z]{{2,}}{_TRIM}[A-Za-z0-9]?)(?:\s{_TRIM}{_NOT_AFTER})*{_NOT_AFTER}",
)
_CLAIM = re.compile(r"[%％]|补贴|国补|立减|套装|^搭配|^优于|质保|售完")


@dataclass(frozen=True, slots=True)
class TitleParts:
    brand: str
    model: str
    names: tuple[str, ...]


def parse_title(title: str) -> TitleParts:
    """Brand, model and names of `title`; what it does not have is empty."""
    title = " ".join(title.split())
    brand = _BRAND.match(title)
    names: dict[str, None] = {}
    model = ""
    if found := _model(title):
        series, version, suffix = found
        model = f"{series}-{version}{suffix}"
        names[f"{series}-{version}"] = None
        # The 18RT7 of a series is the RT7 with eighteen litres: shoppers leave the size away.
        bare = version.lstrip("0123456789")
        if len(bare) > 1:
            names[bare] = None
    for bracket in _BRACKET.findall(title):
        for name in _bracket_names(bracket):
            names[name] = None
    unclaimed = _BRACKET.sub(lambda found: " " if _CLAIM.search(found[1]) else found[0], title)
    for code in _CODE.findall(_MODEL.sub(" ", unclaimed)):
        names[code] = None
    names.pop(model, None)
    return TitleParts(brand=brand[1] if brand else "", model=model, names=tuple(names))


def _model(title: str) -> tuple[str, str, str] | None:
    """The last code with a hyphen and a digit; titles put the model number at the end."""
    for found in reversed(list(_MODEL.finditer(title))):
        if any(character.isdigit() for character in found[0]):
            return found[1], found[2], (found[3] or "").strip()
    return None


def _bracket_names(bracket: str) -> list[str]:
    bracket = bracket.strip()
    if _CLAIM.search(bracket) or not (bracket.endswith("系列") or _CODE.search(bracket)):
        return []
    return [bracket, bracket.removesuffix("系列")] if bracket.endswith("系列") else [bracket]
