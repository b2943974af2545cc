"""What a turn's text means."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from assistant.domain.commerce import FactGroup


class Script(StrEnum):
    SIMPLIFIED = "Hans"
    TRADITIONAL = "Hant"
    LATIN = "Latn"


@dataclass(frozen=True, slots=True)
class Language:
    """BCP 47 language ("zh", "en") and, for Chinese, the script it is written in."""

    tag: str
    script: Script


@dataclass(frozen=True, slots=True)
class Intent:
    """A named aim of the shopper with the probability that it is right, 0 to 1."""

    name: str
    confidence: float


class Extreme(StrEnum):
    """Which end of the prices is asked for."""

    CHEAPEST = "cheapest"
    DEAREST = "dearest"


class Relation(StrEnum):
    """How a quantity bounds what is meant: "300元以内" is AT_MOST."""

    EQUAL = "equal"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity in a text: its kind ("volume"), the number in the kind's base unit, and the words as written.

    A range ("300-500元") is two of them, one AT_LEAST and one AT_MOST.
    """

    kind: str
    number: Decimal
    text: str
    relation: Relation = Relation.EQUAL


@dataclass(frozen=True, slots=True)
class Term:
    """A content word of a question. A text that holds it or one of its synonyms covers it."""

    text: str
    weight: float = 1.0
    synonyms: tuple[str, ...] = ()
    group: FactGroup | None = None  # the group of facts this word names


class Route(StrEnum):
    """Which way a matter goes."""

    ANSWER = "answer"
    RECOMMEND = "recommend"
    CLARIFY = "clarify"
    PROCEDURE = "procedure"
    RETAIN = "retain"  # an order about to be given up that an offer might keep
    HANDOFF = "handoff"
    REFUSE = "refuse"
    SMALL_TALK = "smalltalk"


class QuestionForm(StrEnum):
    YES_NO = "yes_no"
    VALUE = "value"  # how much, how long, which
    LIST = "list"  # what ... are there
    HOW = "how"
    STATEMENT = "statement"  # no question word: keywords, an elliptic "那黑色呢"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, apart from which product it is asked about.

    kind: the kind of quantity the answer should hold, if the words tell. groups: fact groups the words name.
    codes: tokens that look like fault codes. elliptic: makes sense only with the question before it.
    message: the whole folded message. carried: the text of the question that this one leans on, where it does.
    """

    text: str
    form: QuestionForm
    terms: tuple[Term, ...]
    kind: str | None = None
    groups: tuple[FactGroup, ...] = ()
    codes: tuple[str, ...] = ()
    elliptic: bool = False
    message: str = ""
    carried: str = ""

    @property
    def whole(self) -> str:
        """The question with what it leans on."""
        return f"{self.text} {self.carried}".strip()


class ClauseKind(StrEnum):
    QUESTION = "question"
    REQUEST = "request"
    STATEMENT = "statement"  # a fact, a complaint, small talk: nothing is asked in words


@dataclass(frozen=True, slots=True)
class Slot:
    """A value named in a text. value: normalised (an ISO date, digits, an id as the shop writes it). text: as typed."""

    name: str
    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing said in a message, with what belongs to it.

    text: as typed. folded: as compared (see `folding.fold`). pattern: the intent where a pattern tells it for sure.
    conditions: what must hold for a request, as typed ("如果还没发货"). ordinals: "第二个" is 2, "最后一个" is -1.
    refers_back: "it", "这款". compares: "哪个更重". seeks: asks which products there are. corrects: "不是，我说的是".
    reckons: asks what is to be paid, or saved, once promotions are taken off.
    """

    text: str
    folded: str
    kind: ClauseKind
    question: Question
    pattern: Intent | None = None
    conditions: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()
    measures: tuple[Measure, ...] = ()
    ordinals: tuple[int, ...] = ()
    refers_back: bool = False
    compares: bool = False
    seeks: bool = False
    extreme: Extreme | None = None
    corrects: bool = False
    reckons: bool = False


class MoodLevel(StrEnum):
    CALM = "calm"
    DISPLEASED = "displeased"
    ANGRY = "angry"


class MoodCourse(StrEnum):
    """How the mood goes over a shopper's last messages; rising is towards anger."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"


@dataclass(frozen=True, slots=True)
class Mood:
    """How the shopper feels. score: 0 (calm) to 1 (furious). signals: what tells, by name ("swearing", "mockery")."""

    level: MoodLevel = MoodLevel.CALM
    score: float = 0.0
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message means. whole: all of it read as one clause. clauses: at least one, as said."""

    text: str
    folded: str
    language: Language
    whole: Clause
    clauses: tuple[Clause, ...]
    mood: Mood = Mood()
