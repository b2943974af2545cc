"""Whether evidence says the yes or no that a sentence begins with."""

from __future__ import annotations

from assistant.answers.verification.grounds import Ground
from assistant.answers.verification.names import Name
from assistant.answers.verification.span import ANYTHING, Span

_ASIDE = frozenset({"can", "if"})


def agrees(affirms: bool, asked: Span, ground: Ground, name: Name, *, alone: bool) -> bool:
    """Whether a yes or no to a question follows from evidence that holds all that is asked.

    alone: whether nothing but the yes or no is said, so that the evidence must not say more than the question.
    """
    held = ground.span
    if not asked.content or asked.negated:
        return False  # "isn't it?": a yes may mean either
    if not _about(asked, ground, name):
        return False
    if asked.marks - held.marks - _ASIDE or (alone and held.marks - asked.marks - _ASIDE):
        return False
    if alone and (held.words - asked.words - name.words or len(held.amounts) > len(asked.amounts)):
        return False
    told = all(any(bound.equals(other) for other in held.amounts) for bound in asked.amounts)
    if affirms:
        return told and not held.negated
    if held.negated:
        words = {token.key for token in asked.content}
        return told and (ANYTHING in held.negated or bool(words & set(held.negated)))
    return not told and _tells_another(asked, held)


def _about(asked: Span, ground: Ground, name: Name) -> bool:
    around = (ground.span,) if ground.answers else ground.around
    words = name.words.union(*(span.words for span in around))
    characters = name.characters.union(character for span in around for character in span.characters)
    return asked.words <= words and characters.issuperset(asked.characters)


def _tells_another(asked: Span, held: Span) -> bool:
    """Whether the one amount asked about is another in the evidence: "ten years?" - "no, six"."""
    kinds = [bound.amount.kind for bound in held.amounts]
    return len(asked.amounts) == 1 and kinds.count(asked.amounts[0].amount.kind) == 1
