"""Words the answer to a question from the candidates that a search found, or finds that there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import regex

from assistant.answers.calibration import Calibration, Thresholds
from assistant.answers.extraction import excerpt, without_mark
from assistant.answers.facts import FactAnswers, abstention
from assistant.answers.figures import Figures
from assistant.answers.options import option_words, skus_named
from assistant.answers.ranking import MeasureReader, Ranked, Ranker, coverage
from assistant.answers.sizing import BodyMeasures, advised
from assistant.answers.verdict import Verdict, verdict
from assistant.answers.voice import Voice
from assistant.domain.commerce import Fact, FactGroup, Faq, Passage, Product
from assistant.domain.evidence import Candidate, Entry
from assistant.domain.folding import fold
from assistant.domain.reply import Action, ActionKind, Part, Reply
from assistant.domain.store import Risk
from assistant.domain.text import same_language
from assistant.domain.understanding import Question, QuestionForm, Slot

# Groups that only the product itself states: the shop's policies on gifts are no answer to "有什么赠品".
_OF_ONE_PRODUCT = (FactGroup.GIFT, FactGroup.MATERIAL, FactGroup.FAULT, FactGroup.EXCHANGE)
_LEAST_COVERAGE = 0.4  # of the question's words, whatever else speaks for the evidence
_LEAST_COVERAGE_WITH_KIND = 0.2  # where the evidence holds the kind of quantity asked for
_HALF = 0.5
_SURE_ON_LITTLE = 1.4  # log-odds in the ranking that are asked for where the question has no word of content
_TABLE_WORDS = ("码表", "尺码", "chart", "sizes")  # the whole table is asked for
_LONGEST = 150  # characters of a quotation; what the shop wrote as an answer is given whole
# What rules written for the staff say of the shopper: "用户提出申请" is "您提出申请" to the shopper.
_OF_SHOPPER = regex.compile(
    r"(?:用户|客户|顾客|买家)(?=明确|主动|提出|提供|申请|要求|需要?|可以?|确认|取消|选择|联系|未|已|想|若|如)"
)
_OF_THIS = regex.compile(r"[这那该此](?:一|两)?[个款台件双条种只把套瓶箱盒辆床本支张包罐]|\bth(?:is|at)(?: one)?\b")
_HOW_MUCH = regex.compile(r"(?:多少|几多|几何)[呢啊呀哦]?\W*$")
_ASKING_WHETHER = (QuestionForm.YES_NO, QuestionForm.STATEMENT)
# Kinds of amounts that texts state without their unit too: "42" pieces, "当天" for days.
_LOOSE_KINDS = ("count", "duration", "percent", "discount")
_NUMBER = regex.compile(r"\d|[一二两三四五六七八九十百千万半]")
_SIDES = regex.compile(r"\d\s*[x×*]\s*\d")
_NOTHING_PAID = regex.compile(r"免|不收|无需|不用|包邮|赠|\b(?:free|no (?:charge|fee|cost)|included|waived)\b")
SINGLE_FACTS = (FactGroup.STOCK, FactGroup.STATUS, FactGroup.PRICE)
_ANSWERED_GROUPS = (
    *SINGLE_FACTS,
    FactGroup.GIFT,
    FactGroup.MATERIAL,
    FactGroup.FAULT,
    FactGroup.EXCHANGE,
    FactGroup.PROMOTION,
    FactGroup.SIZE,
)


Observer = Callable[[Question, Sequence[Ranked], Sequence[bool]], None]
"""Told of a question, what was ranked for it, and which of that may be an answer if it is likely enough."""


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
    """body: reads what size tables are by. thresholds: how sure evidence must be, and for what.
    observe: is told of every ranking, for calibration."""

    ranker: Ranker
    measures: MeasureReader
    body: BodyMeasures
    figures: Figures
    thresholds: Thresholds
    observe: Observer | None = None

    def calibrated(self, calibration: Calibration) -> Answering:
        """The same, by another calibration and what it states of risks."""
        return replace(self, ranker=self.ranker.calibrated(calibration), thresholds=calibration.thresholds())

    def at_risk(self, risk: Risk) -> Answering:
        """The same, for a store that states this."""
        return replace(self, thresholds=self.ranker.calibration.thresholds(risk))

    def from_facts(self, question: Question, subject: Subject, voice: Voice) -> Reply | None:
        """The answer where a question asks for a typed fact or a whole group of them; None where it asks for more."""
        if subject.product is None:
            return None
        facts = FactAnswers(voice, subject.product, subject.name)
        if question.codes and (reply := facts.fault(question.codes)):
            return reply
        if FactGroup.FAULT in question.groups and question.codes:
            return abstention(voice, voice.say("fault_unknown", product=subject.name, code=question.codes[0].upper()))
        chosen = skus_named(subject.product, question, self.measures)
        if len(chosen) < len(subject.product.skus) and self._asks_for_option(question, subject.product):
            return facts.stock(chosen)
        group = self.group_asked_for(question, subject)
        if group is None and len(chosen) < len(subject.product.skus) and _asks_how_much(question):
            group = FactGroup.PRICE  # "240毫升的多少": an option, and nothing said but how much
        if group is None:
            return None
        match group:
            case FactGroup.STOCK:
                return facts.stock(chosen) or facts.stated_status()
            case FactGroup.STATUS:
                return facts.status()
            case FactGroup.PRICE:
                return facts.price(chosen)
            case _:
                return facts.group(group) or (facts.nothing_of(group) if group in _OF_ONE_PRODUCT else None)

    def size(self, question: Question, given: Sequence[Slot], subject: Subject, voice: Voice) -> Reply | None:
        """Which size fits, where that is asked and the product has a size table."""
        if subject.product is None or FactGroup.SIZE not in question.groups:
            return None
        if not given and any(word in question.message for word in _TABLE_WORDS):
            return None
        return advised(subject.product, given, voice, subject.name, self.body)

    def group_asked_for(self, question: Question, subject: Subject) -> FactGroup | None:
        """The group of facts that a question asks for and for nothing else."""
        group = next((group for group in _ANSWERED_GROUPS if group in question.groups), None)
        if group is None or (question.form is QuestionForm.HOW and group not in SINGLE_FACTS):
            return None
        if group is FactGroup.GIFT and question.form is QuestionForm.YES_NO and question.kind is None:
            return group if _states(subject.product, group) else None  # "送不送勺子": the list tells
        about = f"{subject.known} {option_words(subject.product) if subject.product else ''}"
        pointed = _pointed_at(question) if group in SINGLE_FACTS else -1
        only = all(
            term.group is group
            or term.weight < 1
            or coverage((term,), about) >= 1
            or (group is FactGroup.MATERIAL and term.group is FactGroup.SERVICE)  # "安装要哪些辅材"
            or -1 < question.text.find(term.text) < pointed
            for term in question.terms
        )
        return group if only else None

    def nothing_found(self, question: Question, subject: Subject, voice: Voice) -> Reply:
        """That the shop does not state what was asked, named as precisely as the question allows."""
        group = self.group_asked_for(question, subject)
        if subject.product is None:
            return abstention(voice, voice.say("abstain"))
        if group is not None:
            return FactAnswers(voice, subject.product, subject.name).nothing_of(group)
        return abstention(voice, voice.say("abstain_product", product=subject.name))

    def _asks_for_option(self, question: Question, product: Product) -> bool:
        """ "有黑色42码的吗": every content word names an option, and the question is whether there is one."""
        if question.form not in _ASKING_WHETHER and FactGroup.STOCK not in question.groups:
            return False
        if FactGroup.PRICE in question.groups:
            return False
        words = option_words(product)
        return all(
            coverage((term,), words) >= 1 or term.group in (FactGroup.SIZE, FactGroup.STOCK) or term.weight < 1
            for term in question.terms
        )

    def from_candidates(
        self, question: Question, candidates: Sequence[Candidate], subject: Subject, voice: Voice
    ) -> tuple[Reply | None, list[Ranked]]:
        """The best answer at or above the threshold, and all candidates as ranked."""
        current = [item for item in candidates if not isinstance(item.entry, Fact) or voice.holds_today(item.entry)]
        own = subject.product.id if subject.product else None
        ranked = self.ranker.rank(question, current, voice.language.tag, known=subject.known, own=own)
        if self.observe is not None:
            self.observe(question, ranked, [self._may_be(question, item) for item in ranked])
        best = ranked[0] if ranked else None
        if best is None or not self.believes(question, best):
            return None, ranked
        return self._worded(question, best, subject, voice), ranked

    def believes(self, question: Question, item: Ranked) -> bool:
        """Whether evidence is taken for an answer: likely enough, and such that it may be one."""
        return item.probability >= self.thresholds.answer and self._may_be(question, item)

    def suspects(self, question: Question, item: Ranked) -> bool:
        """Whether evidence is worth asking back whether it was meant."""
        return item.probability >= self.thresholds.ask_back and self._may_be(question, item)

    def _may_be(self, question: Question, item: Ranked) -> bool:
        """Whether evidence is about what was asked by its words too, and has an amount where one was asked for."""
        signals = item.features
        if signals.kind < 0 and not _may_answer(question.kind, item.text):
            return False
        if signals.kind > 0 and signals.own > 0 and signals.asked < 1:
            return True  # nothing but an amount is asked of the product: "一箱几个苹果"
        if 0 < signals.asked < 1 and item.standing.log_odds < _SURE_ON_LITTLE:
            return False  # a character or two that the evidence holds tell little
        whether = question.form is QuestionForm.YES_NO and question.kind is None
        if whether and signals.coverage <= _HALF and not isinstance(item.candidate.entry, Faq):
            # What is stated of half of the words is no answer to whether ("车轮能换成充气胎吗"), unless it says so.
            return signals.coverage >= _LEAST_COVERAGE and _verdict(question, item) is not None
        return signals.coverage >= (_LEAST_COVERAGE_WITH_KIND if signals.kind > 0 else _LEAST_COVERAGE)

    def _worded(self, question: Question, best: Ranked, subject: Subject, voice: Voice) -> Reply:
        entry = best.candidate.entry
        evidence = voice.evidence(entry)
        text = without_mark(best.text)
        said_so = _verdict(question, best)
        if said_so:
            lead, voice = voice, voice.continuing()
        if not isinstance(entry, Faq):
            text = excerpt(text, lambda clause: coverage(question.terms, fold(clause)), _LONGEST)
        if isinstance(entry, Fact):
            said, reason = self._fact(entry, text, subject, voice), "fact"
        elif isinstance(entry, Faq):
            said, reason = voice.say("quoted", text=text), "faq"
        else:
            foreign = isinstance(entry, Passage) and not same_language(entry.language, voice.language.tag)
            text = _to_shopper(text) if subject.product is None else text
            said, reason = voice.say("quoted_other_language" if foreign else "quoted", text=text), "passage"
        if said_so:
            said = lead.say(f"verdict_{said_so.by}_{'yes' if said_so.affirms else 'no'}", text=said)
        parts = (Part(said, (evidence.id,)),)
        return Reply(voice.language.tag, Action(ActionKind.ANSWER, reason), parts, (evidence,))

    def _fact(self, fact: Fact, value: str, subject: Subject, voice: Voice) -> str:
        key = voice.key(fact)
        value = value.rstrip("。.")
        if subject.product is None:
            return voice.say("shop_fact", key=key, value=value)
        return voice.say("fact", product=subject.name, key=key, value=value)


def _may_answer(kind: str | None, text: str) -> bool:
    """Whether a text without an amount of the kind asked for may answer: by a bare number, or with nothing to pay."""
    folded = fold(text)
    match kind:
        case "money":
            return _NOTHING_PAID.search(folded) is not None
        case "length":
            return _SIDES.search(folded) is not None
        case _ if kind in _LOOSE_KINDS:
            return _NUMBER.search(folded) is not None or _NOTHING_PAID.search(folded) is not None or kind == "duration"
    return False


def _pointed_at(question: Question) -> int:
    """Where "this one" stands last, -1 if nowhere: what comes before describes the product ("浴室能装的那个多少钱")."""
    return max((match.start() for match in _OF_THIS.finditer(question.text)), default=-1)


def _asks_how_much(question: Question) -> bool:
    own = (term for term in question.terms if term.text in question.message)
    said = question.carried or question.message
    return _HOW_MUCH.search(said) is not None and not any(term.weight >= 1 for term in own)


def _states(product: Product | None, group: FactGroup) -> bool:
    return product is not None and any(fact.group is group for fact in product.facts)


def _verdict(question: Question, item: Ranked) -> Verdict | None:
    entry = item.candidate.entry
    return None if isinstance(entry, Faq) else verdict(question, _name_of(entry), without_mark(item.text))


def _name_of(entry: Entry) -> str:
    return " ".join((*entry.key.texts, *entry.aliases)) if isinstance(entry, Fact) else ""


def _to_shopper(text: str) -> str:
    return _OF_SHOPPER.sub("您", text)
