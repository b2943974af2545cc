"""Where the public data stands that the peers are compared on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from evals.adapters.datasets import read_cases
from evals.cases import Case
from evals.running import sample
from evals.suites.intents import Intents
from evals.suites.qa import Qa
from evals.suites.retrieval import Retrieval


class Part(StrEnum):
    RETRIEVAL = "retrieval"
    QUESTIONS = "questions"
    TURNS = "turns"
    INTENTS = "intents"
    TOKENS = "tokens"


_TITLES, _SHOP, _QUESTIONS = "retrieval/multicpr", "ecom_bench", "qa*.jsonl"
_CUSTOMERS, _MANY = "nlu/hint3_sofmattress", "nlu/clinc150"
_NEEDED = {
    Part.RETRIEVAL: (_TITLES,),
    Part.QUESTIONS: (_SHOP, _QUESTIONS),
    Part.TURNS: (_SHOP, _QUESTIONS),
    Part.TOKENS: (_SHOP, _QUESTIONS),
    Part.INTENTS: (_CUSTOMERS, _MANY),
}


@dataclass(frozen=True, slots=True)
class PublicData:
    """The folder of the data sets. limit: at most so many cases of each are read, picked by the seed 0; None: all."""

    folder: Path
    limit: int | None = None

    def missing(self, parts: Iterable[Part]) -> list[str]:
        """What the parts need and is not in the folder, as paths under it."""
        needed = dict.fromkeys(path for part in parts for path in _NEEDED[part])
        return [path for path in needed if not any(self.folder.glob(path))]

    @property
    def shop(self) -> str:
        """The ECom-Bench shop, as `--store` names it."""
        return f"ecom-bench:{self.folder / _SHOP}"

    def queries(self) -> list[Case]:
        """Multi-CPR. Raises MalformedSuite, as all that read."""
        return self._some(read_cases(Retrieval(), f"multicpr:{self.folder / _TITLES}"))

    def questions(self) -> list[Case]:
        """About the shop."""
        return self._some(Qa().read(self.folder))

    def messages(self) -> dict[str, list[Case]]:
        """By name of the data set: HINT3 and CLINC150."""
        return {
            "HINT3": self._some(read_cases(Intents(), f"hint3:{self.folder / _CUSTOMERS}")),
            "CLINC150": self._some(read_cases(Intents(), f"clinc150:{self.folder / _MANY}")),
        }

    def _some(self, cases: list[Case]) -> list[Case]:
        return sample(cases, self.limit, seed=0)
