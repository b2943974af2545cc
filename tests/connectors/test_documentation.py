"""What the connectors' pages show can be written so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from connectors.http.settings import HttpMap
from connectors.mcp.settings import McpMap

PAGES = Path(__file__).parents[2] / "docs" / "connectors"
_BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
_LINK = re.compile(r"\]\(([^)#:]+)\)")


def shown() -> list[Any]:
    kinds: tuple[tuple[str, type[BaseModel]], ...] = (("http", HttpMap), ("mcp", McpMap))
    return [
        pytest.param(name, model, block, id=f"{name}-{number}")
        for name, model in kinds
        for number, block in enumerate(_BLOCK.findall((PAGES / f"{name}.md").read_text(encoding="utf-8")))
    ]


@pytest.mark.parametrize(("name", "model", "block"), shown())
def test_what_is_shown_can_stand_in_the_example(name: str, model: type[BaseModel], block: str) -> None:
    example = yaml.safe_load((PAGES / f"{name}-example" / "mapping.yaml").read_text(encoding="utf-8"))
    model.model_validate({**example, **yaml.safe_load(block)})


@pytest.mark.parametrize("page", ["http.md", "mcp.md"])
def test_what_a_page_links_to_is_there(page: str) -> None:
    links = _LINK.findall((PAGES / page).read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (PAGES / link).exists()] == []


@pytest.mark.parametrize(("page", "model"), [("http", HttpMap), ("mcp", McpMap)])
def test_every_part_of_a_mapping_is_described(page: str, model: type[BaseModel]) -> None:
    text = (PAGES / "http.md").read_text(encoding="utf-8") + (PAGES / f"{page}.md").read_text(encoding="utf-8")
    assert [name for name in model.model_fields if not re.search(rf"\b{name}\b", text)] == []
