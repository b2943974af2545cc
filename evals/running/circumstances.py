"""What a run was made under, apart from what was asked for: outcomes of different ones are not mixed unasked."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args
from urllib.parse import urlsplit, urlunsplit

from pydantic import SecretStr

from assistant.settings import Settings
from evals.program import Program

_WHERE = {"data_dir", "host", "port", "public_url", "trusted_proxies", "log_level"}
"""Settings of where things are and are told, which no answer depends on."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """store_hash: of the store's files. settings: of the assistant in this process, as `recorded` gives them."""

    program: Program
    store_hash: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    def differences(self, other: Circumstances) -> list[str]:
        """What `other` has that these do not, in words."""
        said = []
        if self.program.sources != other.program.sources:
            said.append(f"another version of the program, {other.program}")
        if self.store_hash != other.store_hash:
            said.append("another content of the store")
        if self.settings != other.settings:
            names = sorted(self.settings.keys() | other.settings.keys())
            changed = [name for name in names if self.settings.get(name) != other.settings.get(name)]
            said.append(f"other settings ({', '.join(changed)})")
        return said

    def canonical(self) -> str:
        """The same text for the same circumstances."""
        return json.dumps([self.program.sources, self.store_hash, self.settings], sort_keys=True)


def recorded(settings: Settings) -> dict[str, Any]:
    """The settings that answers depend on, as JSON data without secrets."""
    fields = type(settings).model_fields.items()
    secret = {name for name, field in fields if SecretStr in (field.annotation, *get_args(field.annotation))}
    values = settings.model_dump(mode="json", exclude=_WHERE | secret)
    return {name: without_password(value) if isinstance(value, str) else value for name, value in values.items()}


def without_password(url: str) -> str:
    """An address without the user and password that it may carry; any other text as it is."""
    if "://" not in url or "@" not in url:
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine() -> str:
    """The operating system, processor and Python, for the record."""
    return f"{platform.platform(terse=True)} {platform.machine()} Python {platform.python_version()}"
