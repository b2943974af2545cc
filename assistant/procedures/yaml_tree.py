"""YAML that people write, with the line of everything in it. Every scalar is text, so that "no" is a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from assistant.domain.faults import Fault
from assistant.procedures.reasons import reason

MAX_CHARS = 64 * 1024
_DEEPEST = 20
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Place = Sequence[str | int]
"""How something is reached from the top: keys of maps and places in lists."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A YAML text as texts, lists and maps."""

    root: Node
    content: Any

    def line(self, place: Place) -> int:
        """The line of what stands at a place, by its key where it has one; else of the nearest thing around it."""
        return self._found(place)[0]

    def line_in(self, place: Place, line: int) -> int:
        """Where the `line`th line of the text at a place stands in the file."""
        _, node = self._found(place)
        block = isinstance(node, ScalarNode) and node.style in ("|", ">")
        return int(node.start_mark.line) + line + block

    def _found(self, place: Place) -> tuple[int, Node]:
        node, line = self.root, int(self.root.start_mark.line) + 1
        for part in place:
            if isinstance(node, MappingNode):
                entry = next(((key, value) for key, value in node.value if key.value == str(part)), None)
                if entry is None:
                    break
                line, node = int(entry[0].start_mark.line) + 1, entry[1]
            elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = int(node.start_mark.line) + 1
            else:
                break
        return line, node


def read(text: str, file: str) -> tuple[Tree | None, list[Fault]]:
    """What the text holds, and what is wrong with it as YAML. Without a tree there is at least one fault."""
    if len(text) > MAX_CHARS:
        return None, [Fault(file, 0, reason("yaml_too_large", most=MAX_CHARS))]
    try:
        faults = list(_not_allowed(text, file))
        if faults:
            return None, faults
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or error).split("\n", 1)[0]
        return None, [Fault(file, mark.line + 1 if mark else 0, reason("yaml", what=problem))]
    if root is None:
        return None, [Fault(file, 0, reason("yaml_empty"))]
    odd = list(_odd_keys(root, file))
    return None if odd else Tree(root, _content(root)), odd


def _not_allowed(text: str, file: str) -> Iterator[Fault]:
    """Anchors are what a "YAML bomb" is made of; nesting without end breaks the parser, so it is looked for first."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            yield Fault(file, line, reason("yaml_alias"))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            yield Fault(file, line, reason("yaml_too_deep", most=_DEEPEST))
            return


def _content(node: Node) -> Any:
    if isinstance(node, MappingNode):
        return {str(key.value): _content(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [_content(item) for item in node.value]
    return node.value


def _odd_keys(node: Node, file: str) -> Iterator[Fault]:
    """Keys that stand twice in one map, of which YAML would take the last, and keys that are no words."""
    if isinstance(node, MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = int(key.start_mark.line) + 1
            if not isinstance(key, ScalarNode):
                yield Fault(file, line, reason("yaml_braces"))
                continue
            if key.value in seen:
                yield Fault(file, line, reason("yaml_twice", key=key.value, first=seen[key.value]))
            seen.setdefault(key.value, line)
            yield from _odd_keys(value, file)
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from _odd_keys(item, file)
