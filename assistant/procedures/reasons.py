"""What is wrong with a procedure, in every language; the texts are data (`reasons.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

from assistant.domain.text import LocalText

_LONGEST = 160  # characters of what is quoted from a file


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """The templates by code, then by language."""
    loaded: dict[str, dict[str, str]] = yaml.safe_load(
        (files(__package__) / "reasons.yaml").read_text(encoding="utf-8")
    )
    return loaded


def reason(code: str, **values: object) -> LocalText:
    """The text of `code` with `values` filled in. Raises KeyError for a code or a value that is not there."""
    return LocalText.of(
        {
            language: template.format(**{name: _filled(value, language) for name, value in values.items()})
            for language, template in texts()[code].items()
        }
    )


def _filled(value: object, language: str) -> object:
    if isinstance(value, LocalText):
        value = value.in_language(language)
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"{value[: _LONGEST - 1]}…"
    return value
