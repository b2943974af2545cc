"""Word lists and units as data, and the loader that checks them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.nlu import plain_yaml


@cache
def load(name: str) -> Any:
    """The content of `<name>.yaml` in this folder; every scalar is text, so that "on" and "no" are words.

    Several readers share it: it is not to be changed.

    Raises ValueError naming the file and line when it is not well-formed.
    """
    file = files(__package__) / f"{name}.yaml"
    return plain_yaml.read(file.read_text(encoding="utf-8"), f"grammar/{name}.yaml")


def word_lists(name: str) -> Mapping[str, list[str]]:
    """A file that maps names to lists of words.

    Raises ValueError naming the entry that is something else.
    """
    content = load(name)
    for key, words in content.items():
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ValueError(f"grammar/{name}.yaml: {key} must be a list of words")
    return {str(key): words for key, words in content.items()}
