"""Suite files in JSON Lines: each line is checked against its type, and every fault is told with file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from evals.cases import Case, Place
from evals.suites.suite import MalformedSuite, Refused

_MAX_BYTES = 200 * 1024 * 1024


class Identified(Protocol):
    @property
    def id(self) -> str: ...


Row = TypeVar("Row", bound=Identified)


@dataclass(frozen=True, slots=True)
class LineFormat(Generic[Row]):
    """A format of one case a line.

    row: the dataclass a line is read into; fields it does not have are passed over. names: a glob of the files that a
    folder is searched for. faults: what is wrong with a row besides the types of its fields.
    """

    row: type[Row]
    names: str
    faults: Callable[[Row], Iterable[str]] = lambda _: ()

    def read(self, data: Path) -> list[Case]:
        """The cases of a file, or of the files of a folder in the order of their names.

        Raises MalformedSuite with all that is wrong; a line of 0 means the whole file.
        """
        faults: list[Refused] = []
        cases: dict[str, Case] = {}
        for path in self._files(data):
            name = path.name if path == data else path.relative_to(data).as_posix()
            for place, found in self._rows(path, name):
                if isinstance(found, str):
                    faults.append(Refused(place, found))
                elif (known := cases.get(found.id)) is not None:
                    faults.append(Refused(place, f"id {found.id} is taken by {known.place}; give each case its own"))
                else:
                    cases[found.id] = Case(found.id, place, found)
                    faults += (Refused(place, reason) for reason in self.faults(found))
        if not cases and not faults:
            faults.append(Refused(Place(str(data), 0), "it holds no case"))
        if faults:
            raise MalformedSuite(faults)
        return list(cases.values())

    def _files(self, data: Path) -> list[Path]:
        if data.is_file():
            return [data]
        files = sorted(data.rglob(self.names)) if data.is_dir() else []
        if not files:
            reason = f"no file {self.names} is there" if data.is_dir() else "there is no such file or folder"
            raise MalformedSuite([Refused(Place(str(data), 0), reason)])
        return files

    def _rows(self, path: Path, name: str) -> Iterator[tuple[Place, Row | str]]:
        """Each line as a row, or the reasons why it is none, one after the other."""
        if path.stat().st_size > _MAX_BYTES:
            yield Place(name, 0), f"it is larger than {_MAX_BYTES // 1024**2} MB"
            return
        adapter = TypeAdapter(self.row)
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                line = raw.removeprefix(b"\xef\xbb\xbf").strip()
                if not line:
                    continue
                place = Place(name, number)
                try:
                    yield place, adapter.validate_json(line, strict=True)
                except ValidationError as error:
                    for reason in reasons(error):
                        yield place, reason


def reasons(error: ValidationError) -> Iterator[str]:
    """What is wrong, a field each."""
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        field = ".".join(str(part) for part in problem["loc"])
        message = problem["msg"].removeprefix("Value error, ")
        yield f"{field}: {message}" if field else message
