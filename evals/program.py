"""Which program is running: its commit and version for people, a hash of its files for the journal."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

PROJECT = Path(__file__).parents[1]
_PACKAGES = ("assistant", "knowledge", "connectors", "evals")
_DISTRIBUTION = "storebot"


@dataclass(frozen=True, slots=True)
class Program:
    """commit: with a plus where files of the program differ from it; "unknown" outside of a checkout."""

    commit: str
    version: str
    sources: str

    def __str__(self) -> str:
        return f"{self.version} ({self.commit})"


@cache
def this_program() -> Program:
    """As it was when first asked for: what is changed later does not run in this process."""
    return Program(commit(), version(_DISTRIBUTION), _sources())


def commit() -> str:
    """The checkout's commit, with a plus where files of the program differ from it; "unknown" outside of one."""
    git = shutil.which("git")
    if git is None or not (PROJECT / ".git").exists():
        return "unknown"

    def output(*arguments: str) -> str:
        command = [git, "-C", str(PROJECT), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603

    changed = output("status", "--porcelain", "--", *_PACKAGES)
    return (output("rev-parse", "--short", "HEAD") or "unknown") + ("+" if changed else "")


@cache
def versions() -> Mapping[str, str]:
    """The installed version of the program and of every library that it uses, those of its developers apart."""
    used = (each for each in requires(_DISTRIBUTION) or () if not re.search(r"extra\s*==\s*.dev", each))
    named = (re.match(r"[A-Za-z0-9._-]+", requirement) for requirement in used)
    libraries = sorted({match.group().lower() for match in named if match})
    return dict(_installed([_DISTRIBUTION, *libraries]))


def _installed(names: list[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue  # of an extra that is not installed


def _sources() -> str:
    """Two states of a checkout that git calls the same, both changed, must not pass for one program."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for path in sorted((PROJECT / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(PROJECT).as_posix()}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
