"""One file: what is written in it, and the faults that are found in it, each with its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from assistant.domain.faults import Fault
from assistant.domain.procedures import ProcedureFile
from assistant.domain.text import LocalText
from assistant.procedures.reasons import reason
from assistant.procedures.written import PARTS, WrittenProcedure, keys_of
from assistant.procedures.yaml_tree import Place, Tree, read

_SHAPES: Mapping[str, str] = {
    "string_type": "needs_text",
    "list_type": "needs_list",
    "tuple_type": "needs_list",
    "dict_type": "needs_map",
    "model_type": "needs_map",
    "bool_parsing": "needs_yes_or_no",
    "bool_type": "needs_yes_or_no",
    "string_pattern_mismatch": "needs_name",
    "string_too_short": "empty",
}
_WORDS = ("title", "label", "ask", "say", "confirm", "done")


@dataclass(slots=True)
class Document:
    """A file whose shape is right. What is wrong with its meaning is added to `faults`."""

    file: str
    tree: Tree
    written: WrittenProcedure
    faults: list[Fault] = field(default_factory=list)

    def add(self, place: Place, code: str, *, within: int = 0, **values: object) -> None:
        """A fault at a place; `within`: at that line of the text that stands there, counted from 1."""
        line = self.tree.line_in(place, within) if within else self.tree.line(place)
        self.faults.append(Fault(self.file, line, reason(code, where=shown(place), **values)))


def open_document(file: ProcedureFile) -> Document | list[Fault]:
    """The file as a procedure, or everything that is wrong with its shape."""
    tree, faults = read(file.text, file.file)
    if tree is None:
        return faults
    if not isinstance(tree.content, dict) or "procedure" not in tree.content:
        return [Fault(file.file, tree.line(()), reason("not_a_procedure"))]
    try:
        return Document(file.file, tree, WrittenProcedure.model_validate(tree.content))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=True)
        return [Fault(file.file, tree.line(item["loc"]), _told(item)) for item in found]


def shown(place: Place) -> str:
    """A place as people write it: rules[2].say.zh, counted from 1."""
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place)
    return "".join(parts).lstrip(".")


def meant(name: str, known: Iterable[str]) -> LocalText:
    """The known name that was probably meant, as a sentence; empty where none is near."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return reason("meant", name=near[0]) if near else reason("nothing_meant")


def listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "–"


def _told(error: Mapping[str, Any]) -> LocalText:
    """A fault of pydantic in our words."""
    loc: tuple[str | int, ...] = error["loc"]
    where, kind = shown(loc), str(error["type"])
    if kind == "missing":
        return reason("missing", where=shown(loc[:-1]) or reason("whole"), key=loc[-1])
    if kind == "extra_forbidden":
        known = _known_keys(loc)
        key = str(loc[-1])
        above = shown(loc[:-1]) or reason("whole")
        return reason("unknown_key", where=above, key=key, meant=meant(key, known), known=", ".join(known))
    found = repr(error["input"])
    if kind == "enum":
        choices = [choice.strip("' ") for choice in _choices(str(error["ctx"]["expected"]))]
        guess = meant(str(error["input"]), choices)
        return reason("needs_one_of", where=where, found=found, meant=guess, known=", ".join(choices))
    code = _SHAPES.get(kind, "odd_value")
    if code in ("needs_map", "needs_text") and {*loc[-2:]} & {*_WORDS}:
        code = "needs_words"
    return reason(code, where=where, found=found, what=error["msg"])


def _choices(expected: str) -> Iterator[str]:
    """ "'a', 'b' or 'c'" one by one."""
    for part in expected.split(","):
        yield from part.split(" or ")


def _known_keys(loc: tuple[str | int, ...]) -> list[str]:
    lists = [part for part in loc[:-1] if part in PARTS]
    return keys_of(PARTS[str(lists[-1])] if lists else WrittenProcedure)
