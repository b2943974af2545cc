"""Procedures out of files: everything that is wrong is found at once, with file, line and reason."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.domain.errors import ProcedureRefused
from assistant.domain.faults import Fault, told
from assistant.domain.folding import fold
from assistant.domain.procedures import (
    Expression,
    Look,
    Option,
    Procedure,
    ProcedureFile,
    Rule,
    SlotSpec,
    Step,
    Value,
)
from assistant.domain.text import LocalText
from assistant.procedures.document import Document, open_document
from assistant.procedures.names import Names
from assistant.procedures.shop_checks import Shop, check_calls, check_together
from assistant.procedures.structure import check_structure, owner
from assistant.procedures.written import Words, WrittenCall, WrittenOption, WrittenRule, WrittenSlot


@dataclass(frozen=True, slots=True)
class Checked:
    """Procedures, in the order of their files, and all that is wrong; with faults none should be used."""

    procedures: tuple[Procedure, ...]
    faults: tuple[Fault, ...]

    def refuse(self) -> tuple[Procedure, ...]:
        """The procedures, where nothing is wrong. Raises ProcedureRefused."""
        if self.faults:
            detail, data = told(self.faults)
            raise ProcedureRefused(detail, **data)
        return self.procedures


def check(files: Sequence[ProcedureFile], shop: Shop) -> Checked:
    """All procedures of a store."""
    documents: list[Document] = []
    faults: list[Fault] = []
    texts: dict[str, str] = {}
    for file in files:
        opened = open_document(file)
        if isinstance(opened, Document):
            documents.append(opened)
            texts[file.file] = file.text
        else:
            faults += opened
    for document in documents:
        check_structure(document)
        Names(document, shop.languages).check()
        check_calls(document, shop.operations)
    check_together(documents, shop)
    faults += (fault for document in documents for fault in document.faults)
    order = {file.file: number for number, file in enumerate(files)}
    faults.sort(key=lambda fault: (order[fault.file], fault.line))
    sound = [document for document in documents if not document.faults]
    return Checked(tuple(_procedure(document, texts[document.file]) for document in sound), tuple(faults))


def load(file: ProcedureFile) -> Procedure:
    """A procedure that was checked when it came in. Raises ProcedureRefused where its shape is not what it was."""
    opened = open_document(file)
    if isinstance(opened, Document):
        return _procedure(opened, file.text)
    return Checked((), tuple(opened)).refuse()[0]


def version_of(text: str) -> str:
    """Names a text, however its lines end: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(normalised(text).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def normalised(text: str) -> str:
    lines = unicodedata.normalize("NFC", text.removeprefix("\ufeff")).splitlines()
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def _procedure(document: Document, text: str) -> Procedure:
    written = document.written
    return Procedure(
        name=written.procedure,
        title=LocalText.of(written.title),
        version=version_of(text),
        intents=tuple(written.intents),
        words=tuple(map(fold, written.words)),
        after=frozenset(written.after),
        identified=written.identified,
        slots=tuple(_slot(slot, written.slots) for slot in written.slots),
        looks=tuple(Look(look.name, look.call, _arguments(look), _expression(look.when)) for look in written.looks),
        values=tuple(Value(name, Expression(expression)) for name, expression in written.values.items()),
        rules=tuple(map(_rule, written.rules)),
        confirm=_text(written.confirm),
        steps=tuple(Step(step.name, step.call, _arguments(step), _expression(step.when)) for step in written.steps),
        done=_text(written.done),
    )


def _slot(slot: WrittenSlot, slots: list[WrittenSlot]) -> SlotSpec:
    return SlotSpec(
        name=slot.name,
        kind=slot.kind,
        where=_expression(slot.where),
        many=slot.many,
        of=owner(slot, slots),
        options=tuple(map(_option, slot.options)),
        optional=slot.optional,
        default=_expression(slot.default),
        source=_expression(slot.source),
        reads=slot.reads,
        ask=_text(slot.ask),
    )


def _option(option: WrittenOption) -> Option:
    return Option(option.value, LocalText.of(option.label), tuple(option.words), tuple(option.means))


def _rule(rule: WrittenRule) -> Rule:
    return Rule(
        name=rule.name,
        holds=Expression(rule.holds),
        say=LocalText.of(rule.say),
        instead=rule.instead,
        suggest=tuple(rule.suggest),
        handoff=rule.handoff,
    )


def _arguments(call: WrittenCall) -> tuple[tuple[str, Expression], ...]:
    return tuple((name, Expression(text)) for name, text in call.arguments.items())


def _expression(text: str | None) -> Expression | None:
    return None if text is None else Expression(text)


def _text(words: Words | None) -> LocalText | None:
    return LocalText.of(words) if words else None
