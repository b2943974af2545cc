"""The procedures that come with an adapter hold together, and call what their shop's system has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assistant.domain.backend import Operation
from assistant.nlu.intents.definitions import load
from assistant.procedures.files import check
from assistant.procedures.shop_checks import Shop
from evals.adapters.shop_procedures import procedures_of
from evals.systems import ecom_bench, tau2_retail
from tests.evals.systems.ecom_lamps import write_lamp_records
from tests.evals.systems.retail_shop import write_retail_shop


def faults(adapter: str, operations: Mapping[str, Operation]) -> list[str]:
    intents = {definition.name for definition in load()}
    checked = check(procedures_of(adapter), Shop(intents=intents, operations=operations))
    assert checked.procedures or checked.faults
    return [str(fault) for fault in checked.faults]


def test_those_of_the_ecom_bench_shop_can_be_carried_out(tmp_path: Path) -> None:
    shop = ecom_bench.load(write_lamp_records(tmp_path))()
    assert faults("evals.adapters.ecom_bench", shop.operations) == []


def test_those_of_the_retail_shop_can_be_carried_out(tmp_path: Path) -> None:
    shop = tau2_retail.load(write_retail_shop(tmp_path))()
    assert faults("evals.adapters.tau2_retail", shop.operations) == []
