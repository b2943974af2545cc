"""The journal of a run: every outcome as it comes, so that a run that was interrupted goes on where it stopped.

A run's journals lie in one folder, named by what was asked for; in it one file for each of the circumstances that the
run was made under. A file holds a header, then one outcome a line; a line that was torn is cut off and its case runs
again. A finished run's journal is removed by whoever has written the result.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from pydantic import TypeAdapter

from evals.cases import Outcome
from evals.results import decode, encode
from evals.running.circumstances import Circumstances

_HEADER = b'{"header": '


@dataclass(frozen=True, slots=True)
class Identity:
    """What was asked for. Runs that agree in it are the same run.

    data_hash: of the data as they are read now. shopper: the model that plays the shoppers, where one does.
    """

    suite: str
    data_hash: str
    store: str | None = None
    url: str | None = None
    seed: int = 0
    limit: int | None = None
    runs: int = 1
    shots: int | None = None
    shopper: str | None = None


@dataclass(frozen=True, slots=True)
class _Header:
    identity: Identity
    circumstances: Circumstances


_READ_HEADER: TypeAdapter[_Header] = TypeAdapter(_Header)


class JournalTaken(Exception):
    """Another process is at the same run."""


class Journal:
    """outcomes: what was kept from before, by case and run. notes: what was found, for people, in English.

    resumed_from: commits of other programs that kept outcomes were made with. `open_journal` makes one.
    """

    def __init__(self, path: Path, lock: BinaryIO) -> None:
        self.outcomes: dict[tuple[str, int], Outcome] = {}
        self.notes: list[str] = []
        self.resumed_from: tuple[str, ...] = ()
        self._path, self._lock = path, lock
        self._file: BinaryIO | None = None

    def append(self, outcome: Outcome) -> None:
        """Keeps an outcome: when this returns it survives the process. Raises OSError."""
        self._write(encode(outcome) + b"\n")

    def discard(self) -> None:
        """Removes the journal: the run's result is written. What circumstances before had left stays."""
        self.close()
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self, header: _Header, left: _Left | None) -> None:
        """Opens the file behind the lines that can be read, and writes the header of what comes now."""
        if left is None:
            self._file = self._path.open("wb")
        else:
            left.path.replace(self._path)
            self._file = self._path.open("r+b")
            self._file.truncate(left.size)
            self._file.seek(left.size)
        self._write(_HEADER + json.dumps(asdict(header)).encode() + b"}\n")

    def _write(self, data: bytes) -> None:
        assert self._file is not None, "the journal is closed"
        self._file.write(data)
        self._file.flush()


def open_journal(
    folder: Path, identity: Identity, circumstances: Circumstances, *, fresh: bool = False, any_version: bool = False
) -> Journal:
    """The journal of a run, with what an interrupted run of the same circumstances left in it.

    fresh: what was left is removed. any_version: what the latest run under other circumstances left is taken up too,
    instead of only told. Raises JournalTaken; OSError.
    """
    place = folder / f"{identity.suite}-{_digest(json.dumps(asdict(identity), sort_keys=True))}"
    place.mkdir(parents=True, exist_ok=True)
    journal = Journal(place / f"{_digest(circumstances.canonical())}.jsonl", _locked(place / "lock"))
    try:
        _fill(journal, place, _Header(identity, circumstances), fresh=fresh, any_version=any_version)
    except BaseException:
        journal.close()
        raise
    return journal


def _fill(journal: Journal, place: Path, header: _Header, *, fresh: bool, any_version: bool) -> None:
    found = sorted(place.glob("*.jsonl"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    if fresh:
        for path in found:
            path.unlink()
        found = []
    left = [read for path in found if (read := _Left.read(path)) is not None and read.outcomes]
    own = next((read for read in left if read.path == journal._path), None)
    others = [read for read in left if read.path != journal._path]
    taken = own or (others[0] if others and any_version else None)
    if taken is not None:
        journal.outcomes = {(outcome.case_id, outcome.run): outcome for outcome in taken.outcomes}
        programs = dict.fromkeys(
            made.circumstances.program.commit
            for made in taken.headers
            if made.circumstances.program.sources != header.circumstances.program.sources
        )
        journal.resumed_from = tuple(programs)
        journal.notes.append(
            f"going on with an interrupted run (outcomes kept: {len(journal.outcomes)})"
            + ("; --fresh starts afresh" if taken is own else f", made with {taken.differences(header)}")
        )
    elif others:
        journal.notes.append(
            f"an interrupted run was made with {others[0].differences(header)} "
            f"(outcomes kept: {len(others[0].outcomes)}): starting afresh; --any-version goes on with it"
        )
    journal._start(header, taken)


@dataclass(frozen=True, slots=True)
class _Left:
    """What a journal holds up to the first line that cannot be read, in its first `size` bytes."""

    path: Path
    headers: tuple[_Header, ...]
    outcomes: tuple[Outcome, ...]
    size: int

    @classmethod
    def read(cls, path: Path) -> _Left | None:
        """None where not even the header can be read."""
        headers: list[_Header] = []
        outcomes: list[Outcome] = []
        size = 0
        for line in _whole_lines(path):
            try:
                if line.startswith(_HEADER):
                    headers.append(_READ_HEADER.validate_json(line[len(_HEADER) : -2]))
                else:
                    outcomes.append(decode(line))
            except ValueError:
                break
            size += len(line)
        return cls(path, tuple(headers), tuple(outcomes), size) if headers else None

    def differences(self, header: _Header) -> str:
        return "; ".join(header.circumstances.differences(self.headers[-1].circumstances))


def _whole_lines(path: Path) -> Iterable[bytes]:
    return (line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n"))


def _locked(path: Path) -> BinaryIO:
    lock = path.open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise JournalTaken("another process is at the same run; wait for it, or end it") from error
    return lock


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
