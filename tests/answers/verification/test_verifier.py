from collections.abc import Mapping

import pytest

from assistant.answers.verification.verifier import Verifier
from tests.answers.verification.cases import Case, cases
from tests.answers.verification.store import Stocked

FILES = ("worked_with", "held_out", "written_last")
LIES = [case for name in FILES for case in cases(name) if not case.honest]
LEAST_HONEST = 0.75
"""Of true sentences, worded as a model words them, at least this share is said."""


@pytest.mark.parametrize("case", LIES, ids=lambda case: case.sentence)
def test_a_lie_is_not_said(case: Case, stores: Mapping[str, Stocked], verifier: Verifier) -> None:
    assert not case.standard(stores, verifier).check(case.sentence).supported


@pytest.mark.parametrize("name", FILES)
def test_most_honest_sentences_are_said(name: str, stores: Mapping[str, Stocked], verifier: Verifier) -> None:
    honest = [case for case in cases(name) if case.honest]
    said = [case for case in honest if case.standard(stores, verifier).check(case.sentence).supported]
    assert len(said) >= LEAST_HONEST * len(honest), [case.sentence for case in honest if case not in said]
