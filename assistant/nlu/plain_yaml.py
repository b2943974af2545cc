"""YAML in which every scalar is text, so that "on" and "no" are words."""

from __future__ import annotations

from typing import Any

import yaml

# libyaml reads the word lists and intents 17 times as fast; they are read at every start.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read(text: str, name: str) -> Any:
    """The content: texts, lists and maps. Raises ValueError beginning with `name` where it is not well-formed."""
    try:
        return yaml.load(text, Loader=_LOADER)  # noqa: S506  (builds only text, lists, maps)
    except yaml.YAMLError as error:
        raise ValueError(f"{name}: {error}") from error
