"""What the parts share: a folder for what they write, the demo store imported into it, and signs of progress."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from assistant.bootstrap import application
from assistant.domain.ids import StoreId
from assistant.settings import Settings

DEMO = StoreId("demo")


@dataclass(slots=True)
class Workspace:
    """`small`: sizes for trying the bench out, whose figures mean little."""

    folder: Path
    small: bool = False
    console: Console = field(default_factory=lambda: Console(stderr=True))

    def say(self, text: str) -> None:
        self.console.print(f"[dim]{text}[/]", highlight=False)

    @contextmanager
    def progress(self, text: str) -> Iterator[Callable[[int, int], None]]:
        """A bar that is moved by calling with what is done and how much there is."""
        columns = (TextColumn("[dim]{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True) as bars:
            task = bars.add_task(text, total=None)
            yield lambda done, total: bars.update(task, completed=done, total=total)

    def data_dir(self, name: str) -> Path:
        """A fresh, empty data folder."""
        path = self.folder / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def demo_store(self) -> Path:
        """A copy of the demo store's folder, to be changed at will."""
        copy = self.folder / "demo-store"
        shutil.rmtree(copy, ignore_errors=True)
        with as_file(files("knowledge") / "packs" / "demo") as folder:
            shutil.copytree(folder, copy)
        return copy

    async def demo_data(self) -> Path:
        """A data folder with the demo store, imported once for all parts."""
        path = self.folder / "demo-data"
        if not path.exists():
            self.say("importing the demo store")
            path.mkdir(parents=True)
            store = self.demo_store()
            async with application(settings(path)) as app:
                await app.embedder.take(store / "embeddings.npz")
                await app.import_store(str(store), DEMO)
        return path


def settings(data_dir: Path) -> Settings:
    """Settings of a measured application: no wait for more of a burst, else as a deployment has them."""
    return Settings(data_dir=data_dir, coalesce_ms=0)
