"""Prompt files: Markdown with front matter, one file a language, checked when they are read.

---
name: answer        # as the file is called: answer.en.md
version: 3          # raised with every change; the same in each language
purpose: answer     # assistant.domain.models.Purpose
budget: 1200        # tokens that a whole prompt may have
most_tokens: 200    # that the model may write
---
# Always
What stays the same for a store, with {values} that the store has set.
# Now
What changes with each message: {blocks} of data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files

import regex
import yaml
from yaml.nodes import MappingNode, ScalarNode

from assistant.domain.models import Purpose

LANGUAGES = ("zh", "en")
_NAME = regex.compile(r"[a-z][a-z_]*")
_SLOT = regex.compile(r"\{([a-z][a-z_]*)\}")
_FENCE = "---"
_PARTS = ("# Always", "# Now")
_KEYS = ("name", "version", "purpose", "budget", "most_tokens")


class PromptFault(ValueError):
    """Something wrong in a prompt file. line: where, counted from 1; 0 means the whole file."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}, line {line}: {problem}" if line else f"{file}: {problem}")
        self.file = file
        self.line = line
        self.problem = problem


@dataclass(frozen=True, slots=True)
class PromptFile:
    """A prompt in one language. budget: tokens that all of it may have. most_tokens: that the model may write.

    always: the part that is the same for every message of a store. now: the part that is not.
    """

    name: str
    language: str
    version: str
    purpose: Purpose
    budget: int
    most_tokens: int
    always: str
    now: str

    @property
    def values(self) -> frozenset[str]:
        """Names of what is filled into `always`."""
        return frozenset(_SLOT.findall(self.always))

    @property
    def blocks(self) -> frozenset[str]:
        """Names of what is filled into `now`."""
        return frozenset(_SLOT.findall(self.now))


class Prompts:
    """All prompt files, by name and language."""

    def __init__(self, prompts: Iterable[PromptFile]) -> None:
        self._prompts = {(prompt.name, prompt.language): prompt for prompt in prompts}
        for name, language in self._prompts:
            _check_twins(self._prompts[name, language], [self._prompts.get((name, other)) for other in LANGUAGES])

    @classmethod
    def load(cls) -> Prompts:
        """The prompts that come with the assistant. Raises PromptFault naming file and line."""
        folder = files(__package__)
        return cls(
            read(item.name, item.read_text(encoding="utf-8")) for item in folder.iterdir() if item.name.endswith(".md")
        )

    def get(self, name: str, language: str) -> PromptFile:
        """A prompt in a language (a BCP 47 tag; English unless it is Chinese). Raises KeyError for an unknown name."""
        return self._prompts[name, "zh" if language.startswith("zh") else "en"]

    def names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self._prompts)


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its {slots} filled, in one pass: a value that looks like a slot stays as it is. Raises KeyError
    for a slot without a value."""
    return _SLOT.sub(lambda match: values[match[1]], template)


def read(file: str, text: str) -> PromptFile:
    """A prompt file. Raises PromptFault."""
    name, language = _named(file)
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != _FENCE:
        raise PromptFault(file, 1, f"the file must begin with front matter between two lines of {_FENCE}")
    end = next((index for index, line in enumerate(lines) if index and line.rstrip() == _FENCE), None)
    if end is None:
        raise PromptFault(file, 1, f"the front matter is never closed; add a line of {_FENCE} after it")
    given = _front_matter(file, "\n".join(lines[1:end]))
    if given["name"][0] != name:
        raise PromptFault(file, given["name"][1], f"name is {given['name'][0]!r}, but the file is called {name!r}")
    always, now = _parts(file, lines, end + 1)
    return PromptFile(
        name,
        language,
        str(_positive(file, "version", *given["version"])),
        _purpose(file, *given["purpose"]),
        _positive(file, "budget", *given["budget"]),
        _positive(file, "most_tokens", *given["most_tokens"]),
        always,
        now,
    )


def _named(file: str) -> tuple[str, str]:
    name, _, rest = file.partition(".")
    language = rest.removesuffix(".md")
    if not _NAME.fullmatch(name) or language not in LANGUAGES:
        raise PromptFault(file, 0, f"a prompt file is called name.language.md, with a language of {LANGUAGES}")
    return name, language


def _front_matter(file: str, text: str) -> dict[str, tuple[str, int]]:
    """Each key with its value and line."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise PromptFault(file, line, str(error.problem or error)) from error
    if not isinstance(node, MappingNode):
        raise PromptFault(file, 2, f"the front matter must be keys with values: {', '.join(_KEYS)}")
    given: dict[str, tuple[str, int]] = {}
    for key, value in node.value:
        line = key.start_mark.line + 2  # from 1, after the fence
        if key.value not in _KEYS:
            raise PromptFault(file, line, f"{key.value!r} is no key of a prompt; known are {', '.join(_KEYS)}")
        if key.value in given:
            raise PromptFault(file, line, f"{key.value} stands twice")
        if not isinstance(value, ScalarNode):
            raise PromptFault(file, line, f"{key.value} must be one value")
        given[key.value] = (value.value, line)
    for wanted in _KEYS:
        if wanted not in given:
            raise PromptFault(file, 1, f"{wanted} is missing in the front matter")
    return given


def _parts(file: str, lines: list[str], start: int) -> tuple[str, str]:
    heads = [index for index in range(start, len(lines)) if lines[index].rstrip() in _PARTS]
    if [lines[index].rstrip() for index in heads] != list(_PARTS):
        raise PromptFault(
            file, start + 1, f"the text must have the parts {' and '.join(_PARTS)}, each once, so ordered"
        )
    if any(line.strip() for line in lines[start : heads[0]]):
        raise PromptFault(file, start + 1, f"nothing may stand before {_PARTS[0]}")
    always, now = "\n".join(lines[heads[0] + 1 : heads[1]]).strip(), "\n".join(lines[heads[1] + 1 :]).strip()
    for part, head in ((always, heads[0]), (now, heads[1])):
        if not part:
            raise PromptFault(file, head + 1, f"{lines[head].strip()} is empty")
    return always, now


def _positive(file: str, key: str, value: str, line: int) -> int:
    if not value.isascii() or not value.isdigit() or int(value) == 0:
        raise PromptFault(file, line, f"{key} must be a whole number above 0, not {value!r}")
    return int(value)


def _purpose(file: str, value: str, line: int) -> Purpose:
    if value not in list(Purpose):
        raise PromptFault(file, line, f"purpose must be one of {', '.join(Purpose)}, not {value!r}")
    return Purpose(value)


def _check_twins(prompt: PromptFile, twins: list[PromptFile | None]) -> None:
    """The same in each language but for the wording."""
    file = f"{prompt.name}.{prompt.language}.md"
    for language, twin in zip(LANGUAGES, twins, strict=True):
        if twin is None:
            raise PromptFault(file, 0, f"there is no {prompt.name}.{language}.md beside it")
        for what in ("version", "purpose", "values", "blocks"):
            if getattr(prompt, what) != getattr(twin, what):
                raise PromptFault(file, 0, f"its {what} are not those of {prompt.name}.{language}.md")
