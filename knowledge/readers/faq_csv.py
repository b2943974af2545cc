"""Questions and answers as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assistant.domain.ids import ProductId
from assistant.domain.packs import Item, Refusal
from assistant.domain.text import LocalText
from knowledge.readers.csv_rows import CsvRow, header_of, read_rows
from knowledge.readers.faq_entry import make_faq
from knowledge.readers.reader import Pack, PackFile
from knowledge.readers.reasons import pack_refused, refusal
from knowledge.readers.texts import language_of, language_tag

_COLUMNS = {
    "question": "question|q|问题|标准问题|标准问",
    "answer": "answer|a|答案|回答|回复|标准答案",
    "similar": "similar|similar questions|相似问题|相似问|相似问法|其他问法",
    "product": "product|product id|product_id|商品|商品id",
    "language": "language|lang|语言",
}
_FIELD_OF = {column: field for field, columns in _COLUMNS.items() for column in columns.split("|")}


class FaqCsv:
    expects = "faq/*.csv"

    def claims(self, file: PackFile) -> bool:
        return file.section == "faq" and file.suffix in (".csv", ".tsv")

    def read(self, file: PackFile, pack: Pack) -> Iterator[Item | Refusal]:
        """Raises PackRefused when there are no columns for question and answer, or the file is cut off."""
        columns = {name: _split(name) for name in header_of(file)}
        if not {"question", "answer"} <= {field for field, _ in columns.values()}:
            raise pack_refused(file.shown, "no_columns", row=1, needed="question, answer", found=", ".join(columns))
        for row in read_rows(file):
            yield row if isinstance(row, Refusal) else _entry(row, columns, file, pack)


def _split(name: str) -> tuple[str, str]:
    """(field, language) of a column: "question.en" -> ("question", "en")."""
    base, _, language = name.partition(".")
    return _FIELD_OF.get(base.strip().casefold(), base), language.strip().lower()


def _entry(row: CsvRow, columns: Mapping[str, tuple[str, str]], file: PackFile, pack: Pack) -> Item | Refusal:
    texts: dict[str, dict[str, str]] = {}
    for column, cell in row.cells.items():
        field, tag = columns[column]
        texts.setdefault(field, {})[tag] = cell
    stated = next(iter(texts.get("language", {}).values()), "")
    plain = "".join(texts.get(field, {}).get("", "") for field in ("question", "answer"))
    language = language_tag(stated, language_of(plain, pack.language))
    question, answer = (_local(texts.get(field, {}), language) for field in ("question", "answer"))
    if question is None:
        return refusal(file.shown, row.number, "blank_question")
    if answer is None:
        return refusal(file.shown, row.number, "blank_answer", question=str(question))
    similar = [way for cell in texts.get("similar", {}).values() for way in cell.replace("｜", "|").split("|")]
    product = next(iter(texts.get("product", {}).values()), "")
    return make_faq(
        question,
        answer,
        pack.source(file, f"row {row.number}"),
        similar=tuple(dict.fromkeys(way.strip() for way in similar if way.strip())),
        product_id=ProductId(product) if product else None,
    )


def _local(texts: Mapping[str, str], language: str) -> LocalText | None:
    named = {tag or language: text for tag, text in texts.items()}
    return LocalText.of(named) if named else None
