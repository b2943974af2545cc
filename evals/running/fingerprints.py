"""Hashes of what a run reads, so that two runs know whether they read the same."""

from __future__ import annotations

import hashlib
from pathlib import Path


def fingerprint(named: str | None) -> str:
    """A hash of the names and contents of a file or folder, given as PATH or ADAPTER:PATH; "" where there is none.

    The folder's own place does not matter. Raises OSError where a file cannot be read.
    """
    path, reader = _located(named or "")
    if path is None:
        return ""
    digest = hashlib.sha256(f"{reader}\0".encode())
    files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    for file in files:
        inside = file.relative_to(path)
        if ".git" in inside.parts or "__pycache__" in inside.parts:
            continue
        with file.open("rb") as content:
            digest.update(f"{inside.as_posix()}\0".encode() + hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()[:16]


def _located(named: str) -> tuple[Path | None, str]:
    """The path that exists, and the adapter that reads it."""
    adapter, _, path = named.partition(":")
    for place, reader in ((named, ""), (path, adapter)):
        if place and (found := Path(place).expanduser()).exists():
            return found, reader
    return None, ""
