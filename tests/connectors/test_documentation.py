"""What the connectors' pages show can be written so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

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


def parts(model: type[BaseModel]) -> set[str]:
    """The names of all that can stand in a mapping, however deep."""
    found = set()
    for name, field in model.model_fields.items():
        found.add(field.alias or name)
        for inner in _models(field.annotation):
            found |= parts(inner)
    return found


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models(inner)]


@pytest.mark.parametrize(("page", "model"), [("http", HttpMap), ("mcp", McpMap)])
def test_every_part_of_a_mapping_is_described_or_shown(page: str, model: type[BaseModel]) -> None:
    files = [PAGES / "http.md", PAGES / f"{page}.md", *PAGES.glob("*-example/mapping.yaml")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert sorted(name for name in parts(model) if not re.search(rf"\b{name}\b", text)) == []
