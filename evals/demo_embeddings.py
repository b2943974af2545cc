"""Puts the embeddings of the demo store into its folder: `python -m evals.demo_embeddings`, after changing its texts.

Takes about a minute on two cores. Without them, the first start of the demo would take that minute on every machine.
"""

from __future__ import annotations

import asyncio
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

from assistant.bootstrap import application
from assistant.domain.ids import StoreId
from assistant.settings import Settings


async def embed_demo(folder: Path) -> None:
    """Embeds all texts of the store in `folder` with the default embedder, and writes them to its embeddings.npz."""
    with tempfile.TemporaryDirectory(prefix="storebot-demo-") as data:
        async with application(Settings(data_dir=Path(data))) as app:
            await app.import_store(str(folder), StoreId("demo"))
            await app.embedder.export(folder / "embeddings.npz")


if __name__ == "__main__":
    with as_file(files("knowledge") / "packs" / "demo") as demo:
        asyncio.run(embed_demo(demo))
