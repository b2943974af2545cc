"""YAML and JSON that people write for a connector: with the line of everything in it, and all faults at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from yaml.nodes import MappingNode, Node, SequenceNode

from assistant.domain.systems import SystemFault, system_refused
from assistant.domain.text import LocalText

Place = Sequence[str | int]
_Model = TypeVar("_Model", bound=BaseModel)
_MAX_DEPTH = 100
_CHINESE = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项，请检查拼写",
    "string_type": "应为文本，必要时请加引号",
    "dict_type": "应为若干 `名称: 值`",
    "model_type": "应为若干 `名称: 值`",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "bool_parsing": "应为 true 或 false",
    "int_parsing": "应为整数",
    "float_parsing": "应为数字",
}


class _Reader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """JSON's types only: "no", "on" and 2026-11-22 are texts, so that a schema stays one."""

    yaml_implicit_resolvers: ClassVar = {
        first: [
            (tag, pattern)
            for tag, pattern in resolvers
            if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


_Reader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


@dataclass
class Faults:
    """What is wrong so far."""

    found: list[SystemFault] = field(default_factory=list)

    def add(self, file: str, line: int, *, zh: str, en: str) -> None:
        fault = SystemFault(file, line, LocalText.of({"zh": zh, "en": en}))
        if fault not in self.found:
            self.found.append(fault)

    def check(self) -> None:
        """Raises SystemRefused if there is any, in the order of the files' lines."""
        if self.found:
            raise system_refused(sorted(self.found, key=lambda fault: (fault.file, fault.line)))


@dataclass(frozen=True)
class Written:
    """A file's content, and where in it things stand."""

    file: str
    content: Any
    _root: Node | None

    def line(self, place: Place) -> int:
        """The line of what stands at a place, or of the nearest thing around it; 1 where nothing is known."""
        node, line = self._root, 1
        for part in place:
            found = _child(node, part)
            if found is None:
                continue  # pydantic puts names of its own into the path
            line, node = found
        return line

    def model(self, model: type[_Model], faults: Faults) -> _Model | None:
        """The content as a model; None where it is none, and `faults` says why."""
        try:
            return model.model_validate(self.content)
        except ValidationError as error:
            for problem in error.errors(include_url=False, include_input=False, include_context=False):
                place = [part for part in problem["loc"] if _is_written(part)]
                name = ".".join(map(str, place)) or "(top)"
                said = problem["msg"].removeprefix("Value error, ")
                line = self.line(place[:-1] if problem["type"] == "missing" else place)
                faults.add(self.file, line, zh=f"{name}：{chinese(problem)}", en=f"{name}: {said}")
        return None


def chinese(problem: ErrorDetails) -> str:
    """What pydantic found wrong, in Chinese where it is of the usual kind."""
    return _CHINESE.get(problem["type"], problem["msg"].removeprefix("Value error, "))


def read_written(folder: Path, name: str, limit: int, faults: Faults) -> Written | None:
    """A YAML or JSON file below a folder; None where it cannot be read, and `faults` says why. limit: in bytes."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        faults.add(name, 0, zh="必须在店铺文件夹之内", en="it must stand below the store's folder")
        return None
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            faults.add(name, 0, zh=f"超过 {limit} 字节", en=f"it has more than {limit} bytes")
            return None
        return _parsed(data.decode("utf-8-sig"), name, faults)
    except OSError as error:
        reason = error.strerror or str(error)
        faults.add(name, 0, zh=f"无法读取：{reason}", en=f"it cannot be read: {reason}")
    except UnicodeDecodeError:
        faults.add(name, 0, zh="不是 UTF-8 文本", en="it is not UTF-8 text")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = str(getattr(error, "problem", None) or error)
        faults.add(name, mark.line + 1 if mark else 0, zh=f"YAML 格式有误：{reason}", en=f"malformed YAML: {reason}")
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        faults.add(name, 0, zh=f"格式有误：{error}", en=f"malformed: {error}")
    return None


def _parsed(text: str, name: str, faults: Faults) -> Written | None:
    depth, sound = 0, True
    for event in yaml.parse(text, Loader=_Reader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        # Anchors are what a "YAML bomb" is made of, and nesting without end what breaks a parser.
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            faults.add(name, line, zh="不能使用 YAML 锚点（& 和 *）", en="YAML anchors (& and *) are not allowed")
            return None
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            faults.add(name, line, zh="嵌套太深", en="it is nested too deeply")
            return None
    root = yaml.compose(text, Loader=_Reader)
    for key in _repeated(root):
        sound = False
        faults.add(name, key.start_mark.line + 1, zh=f"{key.value} 写了两次", en=f"{key.value} stands there twice")
    content = yaml.load(text, Loader=_Reader)  # noqa: S506  (a safe loader)
    return Written(name, {} if content is None else content, root) if sound else None


def _repeated(node: Node | None) -> Iterator[Node]:
    if isinstance(node, MappingNode):
        seen = set()
        for key, value in node.value:
            if isinstance(key.value, str):
                if key.value in seen:
                    yield key
                seen.add(key.value)
            yield from _repeated(value)
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from _repeated(item)


def _child(node: Node | None, part: str | int) -> tuple[int, Node] | None:
    """Line and value; of a member it is the line of its name."""
    if isinstance(node, MappingNode):
        return next(((key.start_mark.line + 1, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        item: Node = node.value[part]
        return item.start_mark.line + 1, item
    return None


def _is_written(part: str | int) -> bool:
    return not str(part).startswith(("function-", "lax-or-strict", "is-instance", "[key]")) and part != "[key]"
