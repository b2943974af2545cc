"""How fast a store is imported: for the first time, again unchanged, and with one product changed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from assistant.bootstrap import Application, application
from evals.bench.section import Check, Section, figure, table
from evals.bench.workspace import DEMO, Workspace, settings

UNCHANGED_SHARE = 0.05
_CHANGED = ("sportswear", "products", "shoes.json")


@dataclass(frozen=True, slots=True)
class Import:
    """One import. Seconds: in all, and of that for reading, for embedding, for writing the index."""

    name: str
    seconds: float
    read_seconds: float
    embed_seconds: float
    write_seconds: float
    entries: int
    embedded: int
    unchanged: bool


async def measure(workspace: Workspace) -> Section:
    store = workspace.demo_store()
    async with application(settings(workspace.data_dir("imports"))) as app:
        workspace.say("importing the demo store for the first time, again, and with a change")
        first = await _import(app, "first time", store)
        again = await _import(app, "again, unchanged", store)
        _change_a_product(store)
        changed = await _import(app, "one product changed", store)
    imports = (first, again, changed)
    share = again.seconds / first.seconds
    return Section(
        name="imports",
        title="Import of the demo store",
        about=(
            "The demo store's folder goes into an empty data folder, without the embeddings that come with it; then "
            "once more as it is; then with the title and the price of one product changed. Entries are products, "
            "facts, FAQ entries and passages; texts are what had to be embedded, each different one once. Seconds "
            "include everything from the first file opened to the version published."
        ),
        tables=(
            table(
                ("import", "s", "reading s", "embedding s", "writing s", "entries", "entries/s", "texts", "texts/s"),
                [_row(item) for item in imports],
            ),
        ),
        checks=(
            Check(
                "importing again unchanged takes at most 5 % of the first time",
                f"{share * 100:.1f} %",
                again.unchanged and share <= UNCHANGED_SHARE,
            ),
        ),
        data={"imports": [asdict(item) for item in imports], "unchanged_share": share},
    )


async def _import(app: Application, name: str, store: Path) -> Import:
    stages: dict[str, list[float]] = {}

    def note(step: Any) -> None:
        stages.setdefault(step.stage, []).append(perf_counter())

    started = perf_counter()
    report = await app.import_store(str(store), DEMO, note)
    seconds = perf_counter() - started
    read = stages["read"][-1] - started
    embed = stages["embed"][-1] - stages["embed"][0] if "embed" in stages else 0.0
    write = stages["write"][-1] - stages["write"][0] if "write" in stages else 0.0
    return Import(
        name=name,
        seconds=seconds,
        read_seconds=read,
        embed_seconds=embed,
        write_seconds=write,
        entries=sum(report.accepted.values()),
        embedded=report.embedded,
        unchanged=report.unchanged,
    )


def _row(item: Import) -> tuple[str, ...]:
    return (
        item.name,
        figure(item.seconds),
        figure(item.read_seconds),
        figure(item.embed_seconds),
        figure(item.write_seconds),
        figure(item.entries),
        figure(item.entries / item.seconds),
        figure(item.embedded),
        figure(item.embedded / item.embed_seconds) if item.embedded else "–",
    )


def _change_a_product(store: Path) -> None:
    path = store.joinpath("knowledge", *_CHANGED)
    products = json.loads(path.read_text("utf-8"))
    products[0]["title"]["zh"] += " 限量礼盒装"
    products[0]["price"] = 1234
    path.write_text(json.dumps(products, ensure_ascii=False), "utf-8")
