"""Why something was refused, in every language; the texts are data (`knowledge/data/reasons.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

from assistant.domain.errors import PackRefused
from assistant.domain.packs import Refusal
from assistant.domain.text import LocalText


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """The templates by code, then by language."""
    loaded: dict[str, dict[str, str]] = yaml.safe_load(
        files("knowledge").joinpath("data/reasons.yaml").read_text(encoding="utf-8")
    )
    return loaded


def reason(code: str, **values: object) -> LocalText:
    """The text of `code` with `values` filled in. Raises KeyError for a code or a value that is not there."""
    short = {name: _short(value) for name, value in values.items()}
    return LocalText.of({language: template.format(**short) for language, template in texts()[code].items()})


def refusal(file: str, row: int, code: str, **values: object) -> Refusal:
    """A row that was not taken."""
    text = reason(code, **values)
    return Refusal(file, row, text.in_language("en"), text=text)


def remark(file: str, row: int, code: str, **values: object) -> Refusal:
    """A row that was taken, with a part left out or read in a way worth a look."""
    text = reason(code, **values)
    return Refusal(file, row, text.in_language("en"), remark=True, text=text)


def pack_refused(file: str, code: str, *, row: int = 0, **values: object) -> PackRefused:
    """The error that refuses the import as a whole; `data` names file, row, reason code and the Chinese text."""
    text = reason(code, **values)
    place = f"{file}, line {row}" if row else file
    return PackRefused(
        f"{place}: {text.in_language('en')}", file=file, row=row, reason=code, detail_zh=text.in_language("zh")
    )


def _short(value: object) -> object:
    """Values come from the shop's files: a page-long one must not become a page-long error."""
    if isinstance(value, str):
        return value if len(value) <= 120 else value[:117] + "..."
    return value
