"""The suites there are: entry points of the group `storebot.suites`.

Entry points and not a mapping in this file: an outsider's suite is registered as the built-in ones are, and a suite's
libraries are loaded only when it is used.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from assistant.domain.errors import InvalidInput
from evals.suites.suite import Suite

GROUP = "storebot.suites"


class NoSuchSuite(InvalidInput):
    """No suite of the name, or one that cannot be loaded."""


def suite_names() -> list[str]:
    """The names of all suites, built in or from other packages, sorted."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def load_suite(name: str) -> Suite:
    """The suite of this name. Raises NoSuchSuite."""
    entries = {entry.value: entry for entry in entry_points(group=GROUP, name=name)}
    if not entries:
        raise NoSuchSuite(f"There is no suite {name!r}. There are: {', '.join(suite_names()) or 'none'}.")
    if len(entries) > 1:
        raise NoSuchSuite(f"Several packages have a suite {name!r}: {', '.join(sorted(entries))}. Remove one.")
    return _loaded(next(iter(entries.values())))


def _loaded(entry: EntryPoint) -> Suite:
    try:
        suite: Suite = entry.load()()
    except Exception as error:  # an outsider's module can raise anything
        raise NoSuchSuite(
            f"The suite {entry.name!r} cannot be loaded from {entry.value}: {type(error).__name__}: {error}"
        ) from error
    if suite.name != entry.name:
        raise NoSuchSuite(f"The suite registered as {entry.name!r} ({entry.value}) calls itself {suite.name!r}.")
    return suite
