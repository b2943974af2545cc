"""What stores have of their own: kept, replaced, and told apart by a stamp."""

from __future__ import annotations

from pathlib import Path

from assistant.domain.ids import StoreId
from assistant.domain.tuning import Tuning, WrittenFile
from assistant.storage import TuningFiles

STORE = StoreId("orchard")
FRUIT = WrittenFile("intents/fruit.yaml", "- {name: 熟}")


async def test_what_is_put_is_got_by_another_process_too(tmp_path: Path) -> None:
    here, there = TuningFiles(tmp_path), TuningFiles(tmp_path)
    await here.put_intents(STORE, [FRUIT])
    await here.put_calibration(STORE, "weights: {}")
    assert await there.get(STORE) == Tuning((FRUIT,), "weights: {}")
    assert there.stamp(STORE) == here.stamp(STORE) != ""


async def test_a_store_with_nothing_of_its_own_has_no_stamp(tmp_path: Path) -> None:
    files = TuningFiles(tmp_path)
    assert (files.stamp(STORE), await files.get(STORE)) == ("", Tuning())
    await files.put_intents(STORE, [FRUIT])
    assert files.stamp(StoreId("elsewhere")) == ""
    await files.put_intents(STORE, [])
    assert (files.stamp(STORE), await files.get(STORE)) == ("", Tuning())


async def test_each_change_has_another_stamp_and_the_same_again_has_none(tmp_path: Path) -> None:
    files = TuningFiles(tmp_path)
    stamps = [files.stamp(STORE)]
    for text in ("- {name: a}", "- {name: b}", "- {name: a}"):
        await files.put_intents(STORE, [WrittenFile("intents/own.yaml", text)])
        stamps.append(files.stamp(STORE))
    await files.put_calibration(STORE, "weights: {}")
    stamps.append(files.stamp(STORE))
    assert len(set(stamps)) == len(stamps)
    await files.put_calibration(STORE, "weights: {}")
    assert files.stamp(STORE) == stamps[-1]
