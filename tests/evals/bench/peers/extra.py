"""What tests of the peers themselves need: the extra, which the other tests do without."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

MODULES = ("langchain_chroma", "langchain_classic", "langchain_community", "rank_bm25", "semantic_router")
INSTALLED = all(find_spec(module) is not None for module in MODULES)


def needed() -> None:
    """To be called before peers are imported: skips the module where they are not there."""
    if not INSTALLED:
        pytest.skip("the peers are not installed: pip install -e '.[dev,peers]'", allow_module_level=True)
