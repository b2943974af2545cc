"""What the importer reads out of a product title."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.adapters.ecom_bench.titles import parse_title


@pytest.mark.parametrize(
    ("title", "model", "names"),
    [
        ("欧岚（Oulan）40升热水器2200W D4022-S2(HE)以旧换新", "D4022-S2(HE)", {"D4022-S2", "S2"}),
        ("欧岚（Oulan）18升燃气灶 RG24-V7 Max", "RG24-V7 Max", {"V7 Max"}),
        ("18升燃气灶RG24-18RT7 Ultra特价", "RG24-18RT7 Ultra", {"RT7 Ultra"}),
        ("燃气灶 静音RG24-NOVA 20", "RG24-NOVA 20", {"NOVA 20"}),
        ("燃气灶 RG24‑V7 Max", "RG24-V7 Max", {"V7 Max"}),
        ("【云顶V7】40升热水器2200W速热", "", {"云顶V7", "V7"}),
        ("40升热水器ZKpro节能", "", {"ZKpro"}),
        ("5英寸落地扇 3300W 16L 105℃ ECO节能", "", set()),
    ],
)
def test_model_and_names_are_read_where_the_title_has_them(title: str, model: str, names: set[str]) -> None:
    parts = parse_title(title)
    assert parts.model == model
    assert set(parts.names) == names


@pytest.mark.parametrize("claim", ["国补立减15%", "8年质保", "套装商品", "优于13L", "搭配云顶V7系列", "售完即止"])
def test_a_claim_in_brackets_is_not_a_name(claim: str) -> None:
    assert parse_title(f"欧岚（Oulan）【{claim}】落地灯").names == ()


@given(st.text(max_size=80))
def test_any_title_is_parsed_and_names_stand_in_it(title: str) -> None:
    parts = parse_title(title)
    folded = " ".join(title.split()).replace("‑", "-").replace("‐", "-").replace("–", "-")
    for name in parts.names:
        assert name.removesuffix("系列") in folded
