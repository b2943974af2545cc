"""The words by which orders, items, variants, addresses, payments and conditions are told, and their loader."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.nlu import plain_yaml

Words = Mapping[str, list[str]]


def word_lists(name: str) -> Words:
    """A file that maps names to lists of words. Raises Malformed naming the file and line that is something else."""
    text, content = _read(name)
    _check(name, text, content, depth=1)
    return {str(key): list(words) for key, words in content.items()}


def sections(name: str) -> Mapping[str, Words]:
    """A file of several such maps, by name. Raises Malformed naming the file and line that is something else."""
    text, content = _read(name)
    _check(name, text, content, depth=2)
    return {str(key): {str(inner): list(words) for inner, words in entry.items()} for key, entry in content.items()}


def check(name: str, text: str, *, depth: int) -> None:
    """Whether a text holds lists of words, `depth` maps deep. Raises Malformed naming the file and line."""
    _check(name, text, plain_yaml.read(text, f"words/{name}.yaml"), depth=depth)


@cache
def _read(name: str) -> tuple[str, Any]:
    text = (files(__package__) / f"{name}.yaml").read_text(encoding="utf-8")
    return text, plain_yaml.read(text, f"words/{name}.yaml")


def _check(name: str, text: str, content: Any, *, depth: int) -> None:
    path = _wrong(content, depth)
    if path is not None:
        expected = "a map" if len(path) < depth else "a list of words, none of them empty"
        problem = f"{'.'.join(path) or 'the file'} must be {expected}"
        raise plain_yaml.Malformed(f"words/{name}.yaml", plain_yaml.line_of(text, path), problem)


def _wrong(content: Any, depth: int) -> tuple[str, ...] | None:
    """The path to the first entry that is of another shape."""
    if depth == 0:
        right = isinstance(content, list) and all(isinstance(word, str) and word.strip() for word in content)
        return None if right else ()
    if not isinstance(content, dict):
        return ()
    for key, entry in content.items():
        path = _wrong(entry, depth - 1)
        if path is not None:
            return (str(key), *path)
    return None
