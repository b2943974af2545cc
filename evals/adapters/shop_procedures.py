"""The procedures that come with an adapter: the shop's rules, written as a merchant would write them."""

from __future__ import annotations

from importlib.resources import files

from assistant.domain.procedures import ProcedureFile


def procedures_of(adapter: str) -> tuple[ProcedureFile, ...]:
    """The files in the folder `procedures` of an adapter's package."""
    folder = files(adapter) / "procedures"
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return tuple(ProcedureFile(f"procedures/{file.name}", file.read_text(encoding="utf-8")) for file in found)
