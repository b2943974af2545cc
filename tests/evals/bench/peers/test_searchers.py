"""The peers of search find documents as they do by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.suites.retrieval_files import Collection, Document
from evals.target import Target
from tests.evals.bench.peers import extra

extra.needed()

from evals.bench.peers.searchers import Subject, bm25, chroma, ensemble  # noqa: E402

TITLES = {
    "cup": "不锈钢保温杯 500毫升",
    "umbrella": "儿童雨伞 反光边",
    "knife": "Stainless steel kitchen knife",
    "sheet": "纯棉四件套 床单被套",
    "ears": "无线蓝牙耳机 降噪",
    "twin": "儿童雨伞 反光边",
}
COLLECTION = Collection(tuple(Document(did, title) for did, title in TITLES.items()))
ALL = {
    "chroma": chroma(places=3),
    "bm25": bm25(places=3),
    "ensemble": ensemble(depth=3),
}


async def found(subject: Subject, data_dir: Path, text: str, limit: int = 3) -> list[str]:
    async with subject(Target(None, data_dir), COLLECTION) as searcher:
        return list(await searcher.search(text, limit))


@pytest.mark.parametrize("subject", ALL.values(), ids=ALL)
async def test_every_peer_finds_what_is_asked_for(subject: Subject, small_data_dir: Path) -> None:
    assert (await found(subject, small_data_dir, "保温杯"))[0] == "cup"
    assert (await found(subject, small_data_dir, "kitchen knife"))[0] == "knife"


@pytest.mark.parametrize("subject", ALL.values(), ids=ALL)
async def test_documents_with_the_same_title_are_both_found(subject: Subject, small_data_dir: Path) -> None:
    assert set((await found(subject, small_data_dir, "儿童雨伞"))[:2]) == {"umbrella", "twin"}


@pytest.mark.parametrize("subject", ALL.values(), ids=ALL)
async def test_no_document_is_found_twice_and_no_more_than_wanted(subject: Subject, small_data_dir: Path) -> None:
    ids = await found(subject, small_data_dir, "雨伞", limit=2)
    assert len(ids) == len(set(ids)) == 2


async def test_between_blanks_chinese_matches_only_whole_stretches(tmp_path: Path) -> None:
    subject = bm25(places=1, whitespace=True)
    assert (await found(subject, tmp_path, "儿童雨伞"))[0] in {"umbrella", "twin"}
    assert await found(subject, tmp_path, "床单被套") == ["sheet"]
    assert await found(subject, tmp_path, "保温杯") != ["cup"]


async def test_two_collections_at_once_are_kept_apart(small_data_dir: Path) -> None:
    other = Collection((Document("tent", "双人帐篷"), Document("rope", "登山绳")))
    target = Target(None, small_data_dir)
    async with chroma(places=6)(target, COLLECTION) as one:
        before = set(await one.search("帐篷", 6))
        async with chroma(places=6)(target, other) as two:
            assert set(await two.search("帐篷", 6)) == {"tent", "rope"}
        assert set(await one.search("帐篷", 6)) == before == set(TITLES)
