"""What the pages say, in each language."""

from __future__ import annotations

from importlib.resources import files

import yaml

from assistant.answers.texts import Texts


def load_texts() -> Texts:
    """Those of every file in `texts/`. Raises ValueError naming the text that is incomplete or there twice."""
    all_texts: dict[str, dict[str, str]] = {}
    for file in sorted((files(__package__) / "texts").iterdir(), key=lambda file: file.name):
        texts = yaml.safe_load(file.read_text(encoding="utf-8"))
        if twice := all_texts.keys() & texts.keys():
            raise ValueError(f"{file.name}: {', '.join(sorted(twice))} stand in another file too")
        all_texts |= texts
    return Texts(all_texts)
