"""Whether a span of text follows from a run of evidence: what each says, denies and limits is in the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from assistant.answers.verification.amounts import Amount
from assistant.answers.verification.finding import Reason
from assistant.answers.verification.grounds import Ground
from assistant.answers.verification.lexicon import Role
from assistant.answers.verification.names import Name
from assistant.answers.verification.reading import Clause, Token
from assistant.answers.verification.span import ANYTHING, Bound, Party, Span

_ADDABLE = frozenset({"can", "if", "or"})  # what makes a sentence say no more than without it
_DROPPABLE = frozenset({"can", "all", "again", "already", "daily"})
_ASKED = ("if", "before", "after")  # a question may say on which condition it asks
_IN_ORDER = frozenset({"first", "becomes", "than"})
_WEIGHT_OF_WORD = 2  # in Chinese characters
_LEAST_PAIRED = 0.5  # of a span's unknown characters that stand beside the same one in the evidence
_PHYSICAL = frozenset({"length", "mass", "volume", "power", "size", "level", "charge", "voltage", "number"})
_MOST_THINGS = 2  # that stand at either end of a list
_NOTHING = Span(())


@dataclass(frozen=True)
class Told:
    """What need not be said again: the name of the product, what the question says, what a sentence began with."""

    name: Name
    question: Span = _NOTHING
    so_far: Span = _NOTHING


def fault(said: Span, ground: Ground, told: Told) -> Reason | None:
    """Why a span does not follow from a run of evidence; None where it does."""
    held = ground.span
    return (
        _words(said, ground, told.name)
        or _borrowed(said, ground, told.name)
        or _amounts(said, ground, told.name)
        or _polarity(said, held)
        or _marks(said, ground, told)
        or _parties(said.parties, held.parties)
        or _binding(said, held)
        or _order(said, held)
        or _left_out(said, ground, told)
        or _mixed(said, ground)
    )


def _words(said: Span, ground: Ground, name: Name) -> Reason | None:
    if missing := said.words - said.light - ground.words - name.words:
        return _reason_of(said, missing)
    if not said.characters:
        return None
    if not (ground.characters | name.characters).issuperset(said.characters):
        return Reason.WORDS
    own = {character for pair in said.pairs & (ground.pairs | name.pairs) for character in pair}
    paired = sum(character in own for character in said.characters)
    return None if paired >= _LEAST_PAIRED * len(said.characters) else Reason.WORDS


def _borrowed(said: Span, ground: Ground, name: Name) -> Reason | None:
    """No clause rests on a heading, or on what the sentence begins with, more than on what is said of it."""
    for clause in said.clauses:
        own = strange = 0
        for token in clause.content:
            weight = 1 if token.character else _WEIGHT_OF_WORD
            if token.amount or token.key in ground.own:
                own += weight
            elif token.role is not Role.LIGHT and token.key not in name.words and token.key not in name.characters:
                strange += weight
        if strange > own:
            return Reason.WORDS
    return None


def _reason_of(said: Span, missing: Set[str]) -> Reason:
    """Why words that no evidence holds must not be said."""
    roles = {token.role for token in said.content if token.key in missing}
    if Role.PROMISE in roles or Role.OFFER in roles:
        return Reason.PROMISE if Role.PROMISE in roles else Reason.OFFER
    coded = any(any(character.isdigit() for character in key) for key in missing)
    return Reason.CODE if coded else Reason.WORDS


def _amounts(said: Span, ground: Ground, name: Name) -> Reason | None:
    """Amounts that the evidence does not hold. A title may be said beside anything: "the 80 L one"."""
    titles = [bound for span in ground.headings for bound in span.amounts] + list(name.amounts)
    for bound in said.amounts:
        if any(_follows(bound, other) for other in ground.span.amounts) or _stands_for_none(bound):
            continue
        rivals = any(other.amount.family == bound.amount.family for other in ground.span.amounts)
        if not rivals and any(other.equals(bound) and other.amount.kind in _PHYSICAL for other in titles):
            continue
        close = any(bound.amount.equals(other.amount) for other in ground.span.amounts)
        return Reason.BOUND if close else Reason.QUANTITY
    return None


def _stands_for_none(bound: Bound) -> bool:
    return bound.amount.one and not bound.bounds


def _follows(said: Bound, held: Bound) -> bool:
    """About as much follows from as much."""
    loosened = "about" in said.bounds or "about" not in held.bounds
    return loosened and said.amount.equals(held.amount) and said.bounds - {"about"} == held.bounds - {"about"}


def _polarity(said: Span, held: Span) -> Reason | None:
    if len(said.negated) != len(held.negated):
        return Reason.POLARITY
    if ANYTHING in held.negated or ANYTHING in said.negated:
        return None
    return None if Counter(said.negated) == Counter(held.negated) else Reason.POLARITY


def _marks(said: Span, ground: Ground, told: Told) -> Reason | None:
    held = ground.span
    fixed = bool(held.marks & {"must", "unneeded"} or held.negated)
    limits = ground.subject.marks if ground.subject and _subject_said(ground.subject, said) else frozenset()
    if said.marks - held.marks - limits - (_ADDABLE - {"can"} if fixed else _ADDABLE):
        return Reason.BOUND
    asked = {mark for mark in told.question.marks if mark.startswith(_ASKED)}
    return Reason.CONDITION if held.marks - said.marks - asked - _DROPPABLE else None


def _parties(said: Sequence[Party], held: Sequence[Party]) -> Reason | None:
    """Who does it: whom the evidence names is named, nobody else is, and each stands on the same side."""
    spoken, known = {party.key for party in said}, {party.key for party in held}
    named = {party.key for party in held if party.named}
    if named - spoken or (spoken and known and not spoken & known):
        return Reason.BINDING
    if {party.key for party in said if party.named} - known and known:
        return Reason.BINDING
    if _exchanged(Counter(party.key for party in said), Counter(party.key for party in held)):
        return Reason.BINDING
    if len(spoken & known) > 1 and not _in_turn([party.key for party in said], [party.key for party in held]):
        return Reason.BINDING
    for party in said:
        same = [other for other in held if other.key == party.key]
        turned = any(_same(party.before, other.after) or _same(party.after, other.before) for other in same)
        kept = any(_same(party.before, other.before) or _same(party.after, other.after) for other in same)
        if turned and not kept:
            return Reason.BINDING
    return None


def _exchanged(said: Counter[str], held: Counter[str]) -> bool:
    """Whether one is named where the evidence names the other."""
    return any(said[key] > held[key] for key in said) and any(said[key] < held[key] for key in held)


def _same(one: str, other: str) -> bool:
    return bool(one) and one == other


def _in_turn(some: Iterable[str], all_: Iterable[str]) -> bool:
    """Whether some things come in the order in which they come among all."""
    rest = iter(all_)
    return all(any(one == other for other in rest) for one in some)


def _binding(said: Span, held: Span) -> Reason | None:
    """Of several amounts of a kind, each stands with the word that it stands with in the evidence, and a range stays
    the way round it is."""
    kinds = Counter(bound.amount.family for bound in held.amounts)
    for bound in said.amounts:
        if kinds[bound.amount.family] < 2:
            continue
        beside = _nearest(bound, said)
        places = [other for other in held.amounts if other.amount.equals(bound.amount)]
        alike = any(_nearest(other, held) == beside or _stands_by(beside, other, held) for other in places)
        if beside and places and not alike:
            return Reason.BINDING
    return _order_of_amounts(said, held, kinds)


def _order_of_amounts(said: Span, held: Span, kinds: Counter[str]) -> Reason | None:
    for kind in (kind for kind, count in kinds.items() if count > 1):
        own = [bound.amount for bound in said.amounts if bound.amount.family == kind]
        theirs = [bound.amount for bound in held.amounts if bound.amount.family == kind]
        if len(own) > 1 and not _amounts_in_turn(own, theirs):
            return Reason.BINDING
    return None


def _amounts_in_turn(own: Iterable[Amount], theirs: Iterable[Amount]) -> bool:
    rest = iter(theirs)
    return all(any(one.equals(other) for other in rest) for one in own)


def _nearest(bound: Bound, span: Span) -> str:
    """The word in the same clause that stands nearest before an amount, else nearest behind it."""
    words = [token for token in span.clauses[bound.clause].content if not token.amount]
    before = [token for token in words if token.end <= bound.place]
    behind = [token for token in words if token.start >= bound.place]
    nearest = before[-1:] or behind[:1]
    return nearest[0].key if nearest else ""


def _stands_by(word: str, bound: Bound, held: Span) -> bool:
    """Whether no other amount of the kind stands nearer to one of the places of a word, in the same clause."""
    clause = held.clauses[bound.clause]
    rivals = [
        other for other in held.amounts if other.amount.family == bound.amount.family and other.clause == bound.clause
    ]
    places = [token.start for token in clause.content if token.key == word]
    if not places:
        return not any(token.key == word for other in held.clauses for token in other.content)
    for place in places:
        nearest = min(rivals, key=lambda rival: abs(rival.place - place))
        if nearest is bound or _side_by_side(nearest, bound, clause):
            return True
    return False


def _side_by_side(one: Bound, other: Bound, clause: Clause) -> bool:
    """Whether two amounts belong together: "from 9:00 to 22:00", "6 or 12"."""
    low, high = sorted((one.place, other.place))
    return not any(low < token.start < high and not token.amount for token in clause.content)


def _order(said: Span, held: Span) -> Reason | None:
    """Where the evidence says what comes first, or what becomes what, things come in its order."""
    if not held.marks & _IN_ORDER:
        return None
    own = [token.key for token in said.content if token.key]
    theirs = [token.key for token in held.content if token.key]
    shared = set(own) & set(theirs)
    first_own = list(dict.fromkeys(key for key in own if key in shared))
    first_theirs = list(dict.fromkeys(key for key in theirs if key in shared))
    return None if first_own == first_theirs else Reason.BINDING


def _left_out(said: Span, ground: Ground, told: Told) -> Reason | None:
    """What the evidence says and the span does not: without it, the span would say more than the evidence.

    What the question says need not be said again, but where something is denied: "not returned without a reason".
    """
    held = ground.span
    topic = _NOTHING if held.negated and not ground.answers else told.question
    words = said.words | told.name.words | topic.words
    characters = {*said.characters, *told.name.characters, *topic.characters}
    left_words, left_characters = held.words - words, set(held.characters) - characters
    if (left_words or left_characters) and not _listed(held, left_words, left_characters):
        return Reason.CONDITION
    amounts = [bound.amount for bound in (*said.amounts, *told.question.amounts, *told.name.amounts)]
    for bound in held.amounts:
        if not _stands_for_none(bound) and not any(bound.amount.equals(other) for other in amounts):
            return Reason.CONDITION
    words, characters = words | told.so_far.words, {*characters, *told.so_far.characters}
    return None if ground.subject is None or _subject_told(ground.subject, words, characters) else Reason.CONDITION


def _subject_told(subject: Span, words: frozenset[str], characters: set[str]) -> bool:
    """Whether it is told what a sentence begins with; what is said alike of something else has its own beginning."""
    return subject.contrasts or (subject.words <= words and characters.issuperset(subject.characters))


def _subject_said(subject: Span, said: Span) -> bool:
    return subject.words <= said.words and set(said.characters).issuperset(subject.characters)


def _listed(held: Span, words: frozenset[str], characters: set[str]) -> bool:
    """Whether what is left out are some of several things that are listed, while others of them are told."""
    for clause in held.clauses:
        items = [[token for token in clause.content if token.item == number] for number in range(_items(clause))]
        left = [[token for token in item if token.key in (characters if token.character else words)] for item in items]
        if not any(left):
            continue
        if len(items) < 2 or all(left):
            return False
        for number, (item, gone) in enumerate(zip(items, left, strict=True)):
            inner = 0 < number < len(items) - 1
            edge = item[len(item) - len(gone) :] if number == 0 else item[: len(gone)]
            if not inner and (gone != edge or _things(gone) > _MOST_THINGS):
                return False
    return True


def _things(tokens: Sequence[Token]) -> int:
    """Words, and runs of characters that no word list knows."""
    return sum(
        not (token.character and place and tokens[place - 1].character and tokens[place - 1].end == token.start)
        for place, token in enumerate(tokens)
    )


def _items(clause: Clause) -> int:
    return max((token.item for token in clause.tokens), default=0) + 1


def _mixed(said: Span, ground: Ground) -> Reason | None:
    """Clauses that say things alike ("you pay to us, we pay to you") are held one by one; what a sentence begins with
    is not said of what stands beside it."""
    if ground.together and (len(said.clauses) > 1 or len(ground.span.clauses) > 1):
        return Reason.BINDING
    subject = ground.subject
    if subject is not None and subject.contrasts:
        own = subject.words - ground.span.words
        strange = set(subject.characters) - set(ground.span.characters)
        if own & said.words or (strange and strange <= set(said.characters)):
            return Reason.BINDING
    return None
