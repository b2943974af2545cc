"""`storebot connector check`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Storebot
from tests.connectors.files.kettle_shop import LIN, OPERATIONS, PAID, SENT, TOM, TOMS, write_kettle_shop

CASES = f"""\
shopper: {LIN}
other: {TOM}
particulars: {{email: lin@kettles.example}}
read: {{operation: variants_of, arguments: {{sku_id: KET-R}}}}
write: {{operation: cancel_order, arguments: {{order_id: {PAID}}}}}
another: {{operation: cancel_order, arguments: {{order_id: {PAID}, reason: late}}}}
foreign: {{operation: cancel_order, arguments: {{order_id: {TOMS}}}}}
refused: {{operation: cancel_order, arguments: {{order_id: {SENT}}}}}
"""


@pytest.fixture
def kettles(tmp_path: Path) -> Path:
    folder = tmp_path / "kettles"
    write_kettle_shop(folder / "system")
    (folder / "store.yaml").write_text("name: Kettles\nsystem: {connector: files}\n", "utf-8")
    (folder / "system" / "check.yaml").write_text(CASES, "utf-8")
    return folder


def test_without_the_flag_nothing_is_written_and_what_is_left_out_is_said(storebot: Storebot, kettles: Path) -> None:
    run = storebot("connector", "check", str(kettles))
    assert run.code == 0
    assert "Left out: it needs write" in run.out
    assert "12 kept, 3 left out, 0 broken" in run.out


def test_with_the_flag_all_is_checked_and_the_files_stay(storebot: Storebot, kettles: Path) -> None:
    before = {file.name: file.read_bytes() for file in (kettles / "system").iterdir()}
    run = storebot("connector", "check", str(kettles), "--write", language="zh")
    assert run.code == 0
    assert "15 项通过，0 项未检查" in run.out
    assert {file.name: file.read_bytes() for file in (kettles / "system").iterdir()} == before


def test_what_is_broken_is_told_and_ends_in_failure(storebot: Storebot, kettles: Path) -> None:
    odd = OPERATIONS.replace("required: [order_id, state], properties", "required: [order_id, fee], properties")
    write_kettle_shop(kettles / "system", operations_yaml=odd)
    run = storebot("connector", "check", str(kettles), "--write", "--json")
    assert run.code == 1
    (found,) = [finding for finding in run.data if finding["verdict"] == "broken"]
    assert (found["check"], found["needs"]) == ("once", [])
    assert "'fee' is a required property" in found["detail"]


def test_a_slip_is_told_before_anything_is_called(storebot: Storebot, kettles: Path) -> None:
    (kettles / "system" / "check.yaml").write_text(CASES + "colour: red\n", "utf-8")
    run = storebot("connector", "check", str(kettles))
    assert run.code == 1
    assert "check.yaml, line 9: colour" in run.err
    (kettles / "store.yaml").write_text("name: Kettles\n", "utf-8")
    assert "没有 system" in storebot("connector", "check", str(kettles), language="zh").err


def test_the_demo_stores_system_is_sound(storebot: Storebot) -> None:
    demo = Path(__file__).parents[2] / "knowledge" / "packs" / "demo"
    assert storebot("connector", "check", str(demo), "--write").code == 0
