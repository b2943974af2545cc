"""The files in `intents/` of a store's folder, as text; what stands in them, the assistant checks."""

from __future__ import annotations

from pathlib import Path

from assistant.domain.tuning import WrittenFile
from knowledge.readers.reasons import pack_refused
from knowledge.readers.yaml_file import checked_text

SECTION = "intents"
_SUFFIXES = (".yaml", ".yml")


def read_intent_files(store_folder: Path) -> tuple[WrittenFile, ...]:
    """The files by name; none where there is no such folder. Raises PackRefused, naming file and line."""
    section = store_folder.expanduser() / SECTION
    if not section.is_dir():
        return ()
    return tuple(
        WrittenFile(f"{SECTION}/{path.name}", _text(path))
        for path in sorted(section.iterdir())
        if path.suffix.lower() in _SUFFIXES and not path.name.startswith(".")
    )


def _text(path: Path) -> str:
    shown = f"{SECTION}/{path.name}"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise pack_refused(shown, "unreadable", error=error.strerror or str(error)) from error
    return checked_text(data, shown)
