"""Whom an invoice is made out to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import regex

from assistant.nlu.phrases import Phrases
from assistant.nlu.slots.line import Line, Placed
from assistant.nlu.slots.people import after_links

_COMPANY = regex.compile(r"[\p{Han}()（）a-z0-9]{2,30}?(?:有限责任公司|股份有限公司|有限公司|合伙企业|事务所|工作室)")
_FORM = regex.compile("公司|企业|事务所|工作室")
_TITLE = regex.compile(r"[\p{Han}\p{Latin}()（）\d&.' -]{2,40}")
_KIND_WITHIN = 6  # characters in which a word says that it is only the kind of invoice ("抬头是个人的")


class TitleFinder:
    """invoice_title."""

    def __init__(
        self,
        invoice: Mapping[str, Sequence[str]],
        kinds: Mapping[str, Sequence[str]],
        names: Mapping[str, Sequence[str]],
        tax: Sequence[str],
    ) -> None:
        """`kinds`: words for kinds of invoices; `tax`: for a company's number."""
        self._about = Phrases((*kinds["about"], *tax))
        self._labels = Phrases((*invoice["title"], *invoice["made_out"]))
        self._kinds = Phrases((*kinds["personal"], *kinds["company"], *names["never"]))
        self._links = sorted(names["links"], key=len, reverse=True)

    def find(self, line: Line) -> Iterator[Placed]:
        """A company by its form of company, or else what follows "抬头"."""
        about = self._about.found_in(line.even)
        company = _COMPANY.search(line.even) if _FORM.search(line.even) else None
        if company and (about or company.group() == line.even.strip()):
            labels = list(self._labels.spans(company.group()))
            start = company.start() + (labels[-1][2] if labels else 0)
            yield self._placed(line, after_links(line.even, start, self._links), company.end(), 3)
        elif about:
            for _, _, end in self._labels.spans(line.even):
                start = after_links(line.even, end, self._links)
                match = _TITLE.match(line.even, start)
                if start > end and match and not self._kinds.found_in(match.group()[:_KIND_WITHIN]):
                    yield self._placed(line, start, match.end(), 2)

    def _placed(self, line: Line, start: int, end: int, strength: int) -> Placed:
        return line.place("invoice_title", line.typed[start:end].strip(), start, end, strength)
