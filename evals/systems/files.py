"""Record files of a shop, read as published."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from assistant.domain.errors import PackRefused


def read_records(path: Path) -> dict[str, Any]:
    """The object that a JSON file holds, its fractions as Decimals. Raises PackRefused, naming the file."""
    try:
        content = json.loads(path.read_text("utf-8-sig"), parse_float=Decimal)
    except FileNotFoundError as error:
        raise PackRefused(f"{path} is missing: it holds records of the shop's system.", file=path.name) from error
    except (OSError, ValueError, RecursionError) as error:
        raise PackRefused(f"{path.name} cannot be read: {error}", file=path.name) from error
    if not isinstance(content, dict):
        raise PackRefused(f"{path.name} must hold an object of records by id.", file=path.name)
    return content
