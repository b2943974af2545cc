"""Words the answer to a question from the candidates that a search found, or finds that there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answers.extraction import excerpt, without_mark
from assistant.answers.facts import FactAnswers, abstention, options_named
from assistant.answers.ranking import Ranked, Ranker, coverage
from assistant.answers.voice import Voice
from assistant.domain.commerce import Fact, FactGroup, Faq, Passage, Product
from assistant.domain.evidence import Candidate
from assistant.domain.folding import fold
from assistant.domain.reply import Action, ActionKind, Part, Reply
from assistant.domain.understanding import Question, QuestionForm

_LEAST_COVERAGE = 0.4  # of the question's words, whatever else speaks for the evidence
_LEAST_COVERAGE_WITH_KIND = 0.2  # where the evidence holds the kind of quantity asked for
_LONGEST = 180  # characters of an answer; a shopper asked a question, not for the page
_ANSWERED_GROUPS = (
    FactGroup.STOCK,
    FactGroup.STATUS,
    FactGroup.PRICE,
    FactGroup.GIFT,
    FactGroup.MATERIAL,
    FactGroup.FAULT,
    FactGroup.EXCHANGE,
    FactGroup.PROMOTION,
    FactGroup.SIZE,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a question is about: a product and how the reply calls it, or the shop (product None)."""

    product: Product | None = None
    name: str = ""

    @property
    def known(self) -> str:
        """Folded words that name the product."""
        if self.product is None:
            return ""
        names = (*self.product.title.texts, *(self.product.category.texts if self.product.category else ()))
        return fold(" ".join((*names, self.product.brand)))


@dataclass(frozen=True, slots=True)
class Answering:
    """`threshold`: the least probability at which evidence is taken for an answer."""

    ranker: Ranker
    threshold: float = 0.5

    def from_facts(self, question: Question, subject: Subject, voice: Voice) -> Reply | None:
        """The answer where a question asks for a typed fact or a whole group of them; None where it asks for more."""
        if subject.product is None:
            return None
        facts = FactAnswers(voice, subject.product, subject.name)
        if question.codes and (reply := facts.fault(question.codes)):
            return reply
        if FactGroup.FAULT in question.groups and question.codes:
            return abstention(voice, voice.say("fault_unknown", product=subject.name, code=question.codes[0].upper()))
        if question.form is QuestionForm.YES_NO and self._asks_for_option(question, subject.product):
            return facts.stock(question.text)
        group = next((group for group in _ANSWERED_GROUPS if group in question.groups), None)
        return self._group(group, question, facts) if group and _asks_only_for(group, question, subject) else None

    def _asks_for_option(self, question: Question, product: Product) -> bool:
        """ "有黑色42码的吗": every content word names an option of the product."""
        named = options_named(product, question.text)
        options = fold(" ".join(text for sku in product.skus for pair in sku.options for text in pair))
        return len(named) < len(product.skus) and all(
            coverage((term,), options) >= 1 or term.group in (FactGroup.SIZE, FactGroup.STOCK)
            for term in question.terms
        )

    def _group(self, group: FactGroup, question: Question, facts: FactAnswers) -> Reply | None:
        match group:
            case FactGroup.STOCK:
                return facts.stock(question.text)
            case FactGroup.STATUS:
                return facts.status()
            case FactGroup.PRICE:
                return facts.price(question.text)
            case _:
                return facts.group(group) if question.form is not QuestionForm.HOW else None

    def from_candidates(
        self, question: Question, candidates: Sequence[Candidate], subject: Subject, voice: Voice
    ) -> tuple[Reply | None, list[Ranked]]:
        """The best answer at or above the threshold, and all candidates as ranked."""
        ranked = self.ranker.rank(question, candidates, voice.language.tag, known=subject.known)
        best = ranked[0] if ranked else None
        if best is None or not self.believes(best):
            return None, ranked
        return self._worded(question, best, subject, voice), ranked

    def believes(self, item: Ranked) -> bool:
        """Whether evidence is taken for an answer: likely enough, and about what was asked by its words too."""
        least = _LEAST_COVERAGE_WITH_KIND if item.features.kind > 0 else _LEAST_COVERAGE
        return item.probability >= self.threshold and item.features.coverage >= least

    def _worded(self, question: Question, best: Ranked, subject: Subject, voice: Voice) -> Reply:
        entry = best.candidate.entry
        evidence = voice.evidence(entry)
        text = excerpt(without_mark(best.text), lambda clause: coverage(question.terms, fold(clause)), _LONGEST - 60)
        if isinstance(entry, Fact):
            said, reason = self._fact(entry, text, subject, voice), "fact"
        elif isinstance(entry, Faq):
            said, reason = voice.say("quoted", text=text), "faq"
        else:
            foreign = isinstance(entry, Passage) and entry.language.split("-")[0] != voice.language.tag
            said, reason = voice.say("quoted_other_language" if foreign else "quoted", text=text), "passage"
        parts = (Part(said, (evidence.id,)),)
        return Reply(voice.language.tag, Action(ActionKind.ANSWER, reason), parts, (evidence,))

    def _fact(self, fact: Fact, value: str, subject: Subject, voice: Voice) -> str:
        key = fact.key.in_language(voice.language.tag)
        value = value.rstrip("。.")
        if subject.product is None:
            return voice.say("shop_fact", key=key, value=value)
        return voice.say("fact", product=subject.name, key=key, value=value)


def _asks_only_for(group: FactGroup, question: Question, subject: Subject) -> bool:
    """True where every content word names the group, the product, or an option of it."""
    skus = subject.product.skus if subject.product else ()
    about = f"{subject.known} {fold(' '.join(value for sku in skus for _, value in sku.options))}"
    return all(term.group is group or coverage((term,), about) >= 1 or term.weight < 1 for term in question.terms)
