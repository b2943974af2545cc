"""Evidence as what sentences may rest on: its clauses, in runs that may stand by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import regex

from assistant.answers.verification.lexicon import Role
from assistant.answers.verification.reading import Clause, Reader, Sentence, Token
from assistant.answers.verification.span import Span, alike
from assistant.domain.evidence import Evidence, EvidenceKind
from assistant.domain.ids import EvidenceId, ProductId

_LONGEST = 5  # clauses of a run
_BARE = 2  # words beside an amount that do not yet say what it is
_LONGEST_CELL = 40  # characters
_LEAD_END = regex.compile(r"(?:(?<![小及随同准])时|的|(?<!售)后|(?<!目)前|期间|问题|者|的话|[之以]?内|情况下|等)$")
_LEAD_START = regex.compile(
    r"(?:如|若|当|凡|除|只要|一旦|第|对于|因|由于|在|要是|逾期|超过|不?满|万一)"
    r"|(?:if|when|once|unless|except)(?![a-z])"
    r"|(?:for|on|in|after|before|until|with|within|during|without|above|below|over|under|from|to)(?![a-z-])(?!.*\b(?:you|we|it|is|are)\b)"
)
_TAKES_BACK = regex.compile(r"(?:但|不过|只是|除|仅|只|且|except|unless|only|provided|if|when)")
_MUST_STAND = frozenset({"unless", "only", "if", "part"})
_SHARE = "每"
_STANDS_FOR = regex.compile(r"它|其|it(?![a-z])|they(?![a-z])|this(?![a-z])")


@dataclass(frozen=True)
class Ground:
    """One run of clauses of one evidence.

    headings: what stands over it. subject: what its sentence begins with, where the run does not begin there; it holds
    of that only. answers: whether it says yes or no to the question over it. together: whether its clauses say
    things alike, so that they are held one by one. sentence: that it is from.
    """

    evidence_id: EvidenceId
    product_id: ProductId | None
    span: Span
    headings: tuple[Span, ...] = ()
    subject: Span | None = None
    answers: bool = False
    together: bool = False
    sentence: str = ""

    def is_beside(self, other: Ground) -> bool:
        """Whether both are from the same sentence."""
        return self.evidence_id == other.evidence_id and self.sentence == other.sentence

    @cached_property
    def own(self) -> frozenset[str]:
        """Words and characters of the run itself."""
        return self.span.words.union(self.span.characters)

    @cached_property
    def around(self) -> tuple[Span, ...]:
        """The run, and what may be said with it."""
        return (self.span, *self.headings, *((self.subject,) if self.subject else ()))

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset().union(*(span.words for span in self.around))

    @cached_property
    def characters(self) -> frozenset[str]:
        return frozenset(character for span in self.around for character in span.characters)

    @cached_property
    def pairs(self) -> frozenset[str]:
        return frozenset().union(*(span.pairs for span in self.around))


class Grounds:
    """Reads evidence. Stateless."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def of(self, item: Evidence) -> Iterator[Ground]:
        heading = self._whole(item.title)
        headings = (heading,) if heading else ()
        if item.kind is EvidenceKind.PRODUCT:
            yield from self._of_product(item, headings)
            return
        for line in item.text.splitlines():
            cells = _cells(line)
            for sentence in self._reader.sentences(", ".join(cells) if cells else line):
                if not self._reader.lexicon.instructions.search(sentence.text):
                    runs = (
                        _rows(sentence)
                        if cells
                        else _runs(sentence, headless=item.kind is EvidenceKind.FACT or _is_page(item))
                    )
                    yield from self._grounds(item, sentence, headings, runs)

    def _whole(self, text: str) -> Span | None:
        clauses = tuple(clause for sentence in self._reader.sentences(text) for clause in sentence.clauses)
        return Span(clauses) if clauses else None

    def _grounds(
        self,
        item: Evidence,
        sentence: Sentence,
        headings: tuple[Span, ...],
        runs: Iterator[tuple[Span, Span | None, bool]],
    ) -> Iterator[Ground]:
        if sentence.affirms is not None and headings and "or" not in headings[0].marks:
            whole = Span((_without_asking(headings[0]),), denied=not sentence.affirms)
            yield Ground(item.id, item.product_id, whole, headings, answers=True)
        labels = tuple(Span((clause,)) for clause in sentence.clauses if clause.label)
        for span, subject, row in runs:
            told = _with_title(item, span, headings)
            together = not row and alike(span)
            yield Ground(
                item.id, item.product_id, told, (*headings, *labels), subject, together=together, sentence=sentence.text
            )

    def _of_product(self, item: Evidence, headings: tuple[Span, ...]) -> Iterator[Ground]:
        """Its name is known; what it states are the price, and of an option the stock."""
        option = item.id.startswith("sku:")
        price = self._whole("价格")
        for sentence in self._reader.sentences(item.text):
            tokens = tuple(
                token
                for clause in sentence.clauses
                for token in clause.tokens
                if option or (token.amount and token.amount.kind in ("money", "dollar", "euro"))
            )
            if tokens and price:
                span = Span((Clause(sentence.text, tokens),))
                yield Ground(item.id, item.product_id, span, (*headings, price))


def _cells(line: str) -> list[str]:
    """The cells of a row of a table, where a line is one: "Grade J; Diameter 26-28 mm"."""
    cells = [cell.strip() for cell in regex.split(r"[；;]", line) if cell.strip()]
    narrow = all(len(cell) <= _LONGEST_CELL and regex.search(r"\S\s+\S", cell) for cell in cells)
    plain = not regex.search(r"[。，,!?]|\.\s", line)
    return cells if len(cells) > 1 and narrow and plain else []


def _rows(sentence: Sentence) -> Iterator[tuple[Span, Span | None, bool]]:
    """Each cell, and any that stand beside each other, with the first, which says what the row is about."""
    first, *cells = map(_cell, sentence.clauses)
    first = replace(first, tokens=_behind_header(first))
    for start in range(len(cells)):
        for end in range(start + 1, len(cells) + 1):
            yield Span((first, *cells[start:end])), None, True


def _cell(clause: Clause) -> Clause:
    """A cell with what its column is called, but for words that only this store may know."""
    value = _behind_header(clause)
    if not _is_bare(value):
        return replace(clause, tokens=value)
    if not any(token.key and not token.character for token in clause.tokens):
        return clause
    kept = tuple(token for token in clause.tokens if token in value or not token.character)
    return replace(clause, tokens=kept)


def _is_bare(tokens: Sequence[Token]) -> bool:
    """Whether an amount stands almost alone, so that only its name says what it is."""
    return sum(token.amount is None for token in tokens if token.role is Role.CONTENT) <= _BARE


def _behind_header(clause: Clause) -> tuple[Token, ...]:
    header = len(clause.text.split()[0])
    start = clause.tokens[0].start if clause.tokens else 0
    return tuple(token for token in clause.tokens if token.start >= start + header) or clause.tokens


def _runs(sentence: Sentence, *, headless: bool) -> Iterator[tuple[Span, Span | None, bool]]:
    """Clauses that may stand by themselves, with what the sentence begins with where they do not."""
    for label, clause in pairwise(sentence.clauses):
        if label.label:
            yield Span((label, clause)), None, False
    clauses = [clause for clause in sentence.clauses if not clause.label]
    first = None if headless else _subject(clauses)
    for start in range(len(clauses)):
        subject = first and replace(first, contrasts=alike(Span((clauses[0], clauses[start]))))
        if start and _is_or(clauses[start]):  # another way, which stands by itself
            clauses[start] = replace(clauses[start], tokens=clauses[start].tokens[1:])
            subject = None
        if start and (leads(clauses[start - 1]) or clauses[start].aside):
            continue
        for end in range(start + 1, min(len(clauses), start + _LONGEST) + 1):
            if end < len(clauses) and (leads(clauses[end - 1]) or _goes_on(clauses, end)):
                continue
            run = clauses[start:end]
            yield Span(tuple(run)), subject if start else None, False
            plain = [clause for clause in run if not (clause.aside and _may_go(clause))]
            if len(plain) < len(run):
                yield Span(tuple(plain)), subject if start else None, False


def _is_page(item: Evidence) -> bool:
    """Prose about a product: what it says without naming anything it says of the product."""
    return item.kind is EvidenceKind.PASSAGE and item.product_id is not None


def _is_or(clause: Clause) -> bool:
    return bool(clause.tokens) and clause.tokens[0].key == "or"


def _subject(clauses: Sequence[Clause]) -> Span | None:
    """The first thing that is named, with what limits it ("a few dark threads")."""
    if not clauses or _STANDS_FOR.match(clauses[0].text):
        return None
    tokens = [token for token in clauses[0].content if not token.amount]
    if not tokens or tokens[0].key.startswith(_SHARE):
        return None
    first = [token for token in clauses[0].tokens if token.role is Role.MARK and token.end <= tokens[0].start]
    for token in tokens:
        named = [each for each in first if each.role is not Role.MARK]
        if named and not (token.character and named[-1].character and token.start == named[-1].end):
            break
        first.append(token)
    return Span((Clause("", tuple(first)),))


def _may_go(clause: Clause) -> bool:
    """Whether what stands in brackets may be left out."""
    span = Span((clause,))
    return not span.negated and not span.marks & _MUST_STAND


def leads(clause: Clause) -> bool:
    """Whether a clause is only the beginning of what the next one says: "after approval, ..."."""
    return _LEAD_END.search(clause.text) is not None or _LEAD_START.match(clause.text) is not None


def _goes_on(clauses: Sequence[Clause], end: int) -> bool:
    """Whether what follows takes something back."""
    following = clauses[end]
    if following.aside:
        return not _may_go(following)
    return (
        bool(following.opens) or "unless" in Span((following,)).marks or _TAKES_BACK.match(following.text) is not None
    )


def _with_title(item: Evidence, span: Span, headings: tuple[Span, ...]) -> Span:
    """A fact says its value of what its name says: "Warranty of the pump: 8 years"."""
    if item.kind is not EvidenceKind.FACT or not headings:
        return span
    if span.amounts:
        return Span((*headings[0].clauses, *span.clauses)) if _is_bare(span.content) else span
    unknown = tuple(
        Clause(clause.text, tuple(token for token in clause.tokens if token.character or token.amount))
        for clause in headings[0].clauses
    )
    return Span((*unknown, *span.clauses))


def _without_asking(title: Span) -> Clause:
    tokens = tuple(token for clause in title.clauses for token in clause.tokens if token.role is not Role.PRONOUN)
    return Clause(" ".join(clause.text for clause in title.clauses), tokens)
