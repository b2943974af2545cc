"""What the demo store says, made false by code."""

from collections import Counter
from itertools import islice

from assistant.answers.verification.verifier import Standard, Verifier
from assistant.domain.evidence import Evidence
from tests.answers.verification.perturbing import perturbed, sentences
from tests.answers.verification.store import Stocked

EVERY = 4  # sentences, so that the test takes a second or two
LEAST_CAUGHT = 0.99
LEAST_SAID = 0.85


class Standards:
    """One for each evidence."""

    def __init__(self, store: Stocked, verifier: Verifier) -> None:
        self._store, self._verifier = store, verifier
        self._kept: dict[Evidence, Standard] = {}

    def of(self, evidence: Evidence) -> Standard:
        if evidence not in self._kept:
            products = [self._store.product(evidence.product_id)] if evidence.product_id else []
            self._kept[evidence] = self._verifier.over([evidence], products=products)
        return self._kept[evidence]


def test_what_code_made_false_is_not_said(demo_store: Stocked, verifier: Verifier) -> None:
    standards = Standards(demo_store, verifier)
    made, caught, said = Counter[str](), Counter[str](), []
    for each in islice(perturbed(demo_store), 0, None, EVERY):
        made[each.kind] += 1
        if standards.of(each.evidence).check(each.sentence).supported:
            said.append(each)
        else:
            caught[each.kind] += 1
    assert made.total() > 400
    assert caught.total() >= LEAST_CAUGHT * made.total(), said


def test_what_the_store_says_is_said_word_for_word(demo_store: Stocked, verifier: Verifier) -> None:
    standards = Standards(demo_store, verifier)
    checked = [
        standards.of(evidence).check(sentence) for sentence, evidence in islice(sentences(demo_store), 0, None, EVERY)
    ]
    assert sum(each.supported for each in checked) >= LEAST_SAID * len(checked)
