"""Whether evidence says yes or no to a question that asks for one; nothing where it says neither or both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import regex

from assistant.domain.folding import fold
from assistant.domain.understanding import Question, QuestionForm, Term

_CLAUSE = regex.compile(r"[^,，;；。!！?？、\n()（）]+")
_UNLESS = regex.compile(r"[仅只需须除但]|以外|之外|才|(?<![a-z])(?:only|except|unless|but|if|requires?)(?![a-z])")
# What stands right before the word asked about, or begins the whole value. The name tells how the answer is worded.
_SAYS = (
    (
        "can",
        False,
        r"不可以?|不能|不宜|不得|请勿|切勿|勿|禁止|不建议|避免|不要|cannot|can't|can not|do not|don't|never",
    ),
    ("support", False, r"不支持|不兼容|不带|不具备"),
    ("have", False, r"没有|无|不含|不附|零|without|no|free of"),
    ("be", False, r"不是|并非|非|不|否|not"),
    ("support", True, r"支持|兼容|具备|自带|带有?|supports?"),
    ("can", True, r"可以?|能够?|can|may"),
    ("have", True, r"有|含有?|附带?|内置|配备|with|has|includes?"),
    ("be", True, r"是|为|yes"),
)
# What may stand between: a verb of use, and, where it is allowed, how ("可低温烘干"). "不可高温烘干" forbids no drying.
_BETWEEN = {False: r"(?:放[入进]|用于|用|进|入|放)?", True: r"\p{Han}{0,4}"}
_BEFORE = tuple(
    (name, affirms, regex.compile(rf"(?<![不非无未勿没])(?:{words})\s*{'' if name == 'be' else _BETWEEN[affirms]}\s*$"))
    for name, affirms, words in _SAYS
)
_BEGINS = tuple((name, affirms, regex.compile(rf"^\s*(?:{words})(?![a-z])")) for name, affirms, words in _SAYS)
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """affirms: yes or no. by: which verb says so: can, support, have or be."""

    affirms: bool
    by: str


def verdict(question: Question, name: str, text: str) -> Verdict | None:
    """What an evidence text under a name ("清洗方式") says to a yes-no question; None where it is none, or unclear."""
    if question.form is not QuestionForm.YES_NO or question.kind is not None:
        return None
    words = [word for term in question.terms if term.weight >= 1 for word in _words(term)]
    found = {said for clause in _CLAUSE.findall(fold(text)) if (said := _of_clause(clause, words))}
    if not found and any(word in fold(name) for word in words):
        found = {said for said in [_begun(fold(text))] if said}
    if len({said.affirms for said in found}) != 1:
        return None
    return min(found, key=lambda said: said.by)


def _of_clause(clause: str, words: Iterable[str]) -> Verdict | None:
    """What stands right before a word asked about in a clause without conditions."""
    if _UNLESS.search(clause):
        return None
    for word in words:
        place = clause.find(word)
        if place > 0:
            for by, affirms, pattern in _BEFORE:
                if pattern.search(clause[:place]):
                    return Verdict(affirms, by)
    return None


def _begun(text: str) -> Verdict | None:
    first = _CLAUSE.search(text)
    if first is None or _UNLESS.search(first.group()):
        return None
    return next((Verdict(affirms, by) for by, affirms, pattern in _BEGINS if pattern.search(text)), None)


def _words(term: Term) -> list[str]:
    return [word for word in (term.text, *term.synonyms) if len(word) >= _SHORTEST]
