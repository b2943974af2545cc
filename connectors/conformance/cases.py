"""`check.yaml`: with whom and with which calls a system is checked, as its owner writes it down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from assistant.domain.backend import ShopperRef
from connectors.conformance.subject import Call
from connectors.written import Faults, read_written

CASES = "check.yaml"
_MAX_BYTES = 256 * 1024


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CallYaml(_Written):
    operation: str = Field(min_length=1)
    arguments: dict[str, Any] = Field(default_factory=dict)

    def call(self) -> Call:
        return Call(self.operation, self.arguments)


class Cases(_Written):
    """The fields are those of Subject; only the shopper has to be told."""

    shopper: str = Field(min_length=1)
    other: str | None = None
    particulars: dict[str, str] | None = None
    read: CallYaml | None = None
    write: CallYaml | None = None
    another: CallYaml | None = None
    foreign: CallYaml | None = None
    refused: CallYaml | None = None

    def named(self, *, writes: bool) -> dict[str, Any]:
        """Arguments of Subject beside its backend. writes: also the calls that change something, or should not."""
        calls = {"read": self.read}
        if writes:
            calls |= {"write": self.write, "another": self.another, "foreign": self.foreign, "refused": self.refused}
        return {
            "shopper": ShopperRef(self.shopper),
            "other": ShopperRef(self.other) if self.other else None,
            "particulars": self.particulars,
            **{name: told.call() for name, told in calls.items() if told},
        }


def read_cases(folder: Path, name: str = CASES) -> Cases:
    """Raises SystemRefused with every fault."""
    faults = Faults()
    written = read_written(folder, name, _MAX_BYTES, faults)
    cases = written.model(Cases, faults) if written else None
    faults.check()
    assert cases is not None
    return cases
