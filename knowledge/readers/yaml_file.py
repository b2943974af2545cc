"""YAML that people write: safe, small, without anchors, and with the line of everything in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from yaml.nodes import MappingNode, Node, SequenceNode

from knowledge.readers.encoding import decode
from knowledge.readers.reasons import pack_refused

MAX_BYTES = 256 * 1024
_MAX_DEPTH = 40
_Model = TypeVar("_Model", bound=BaseModel)


def read_model(data: bytes, file: str, model: type[_Model]) -> _Model:
    """`data` as a `model`. Raises PackRefused naming file, line, field and what is wrong with it."""
    text, root = _compose(data, file)
    value = _construct(text, file) if root is not None else {}
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = first["loc"]
        field = ".".join(str(part) for part in place if not str(part).startswith(("function-", "lax-or-strict")))
        raise pack_refused(
            file, "bad_field", row=_line(root, place), field=field or "(top)", error=first["msg"]
        ) from error


def read_mapping(data: bytes, file: str, *, first_line: int = 1) -> dict[str, Any]:
    """`data` as a mapping with text keys, for front matter. Raises PackRefused."""
    text, root = _compose(data, file, first_line)
    if root is None:
        return {}
    value = _construct(text, file)
    if not isinstance(value, dict):
        raise pack_refused(file, "bad_yaml", row=first_line, error="a list of `key: value` lines is needed")
    return {str(key): item for key, item in value.items()}


def checked_text(data: bytes, file: str) -> str:
    """`data` as text, known to be small, well-formed YAML without anchors. Raises PackRefused."""
    return _compose(data, file)[0]


def _compose(data: bytes, file: str, first_line: int = 1) -> tuple[str, Node | None]:
    if len(data) > MAX_BYTES:
        raise pack_refused(file, "too_large", size=len(data), limit=MAX_BYTES)
    text = decode(data, file)
    try:
        depth = 0
        # Anchors are what a "YAML bomb" is made of, and nesting without end what breaks a parser.
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            line = first_line + (event.start_mark.line if event.start_mark else 0)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise pack_refused(file, "yaml_alias", row=line)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _MAX_DEPTH:
                raise pack_refused(file, "bad_yaml", row=line, error="nested too deeply")
        return text, yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise _bad_yaml(error, file, first_line) from error


def _construct(text: str, file: str) -> object:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, TypeError, OverflowError) as error:
        raise _bad_yaml(error, file, 1) from error


def _bad_yaml(error: Exception, file: str, first_line: int) -> Exception:
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or error)
    return pack_refused(file, "bad_yaml", row=mark.line + first_line if mark else first_line, error=problem)


def _line(root: Node | None, place: Sequence[int | str]) -> int:
    """The line of the value at `place`, or of the nearest thing around it."""
    node, line = root, 1
    for part in place:
        following = _child(node, part)
        if following is None:
            continue  # pydantic puts names of its own validators into the path
        node = following
        line = node.start_mark.line + 1
    return line


def _child(node: Node | None, part: int | str) -> Node | None:
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        child: Node = node.value[part]
        return child
    return None
