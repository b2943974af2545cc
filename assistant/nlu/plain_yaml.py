"""YAML in which every scalar is text, so that "on" and "no" are words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode

# libyaml reads the word lists and intents 17 times as fast; they are read at every start.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_DEEPEST = 50  # lists and maps in each other: libyaml builds them by recursion, and falls over its stack


class Malformed(ValueError):
    """line: where, counted from 1. problem: what the parser found there."""

    def __init__(self, name: str, line: int, problem: str) -> None:
        super().__init__(f"{name}, line {line}: {problem}")
        self.line = line
        self.problem = problem


def read(text: str, name: str) -> Any:
    """The content: texts, lists and maps. Raises Malformed, beginning with `name`, where it is not well-formed."""
    try:
        _check_depth(text, name)
        return yaml.load(text, Loader=_LOADER)  # noqa: S506  (builds only text, lists, maps)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or error)
        raise Malformed(name, mark.line + 1 if mark else 1, problem) from error


def _check_depth(text: str, name: str) -> None:
    """Parsing is done step by step and stands any depth; it is what comes after that does not."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise Malformed(name, line, f"it is nested more than {_DEEPEST} levels deep")


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line, from 1, where what `path` leads to begins, or the nearest thing around it that there is."""
    node: Node | None = yaml.compose(text, Loader=_LOADER)
    line = 1
    for part in path:
        node = _below(node, part)
        if node is None:
            break
        line = node.start_mark.line + 1
    return line


def _below(node: Node | None, part: str | int) -> Node | None:
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        found: Node = node.value[part]
        return found
    return None
