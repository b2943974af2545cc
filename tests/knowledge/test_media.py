"""Pictures come with an import that succeeds, each in one step, and nothing else does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.api.stores import PICTURES as SERVED
from assistant.domain.errors import PackRefused
from assistant.domain.ids import StoreId
from assistant.domain.packs import Media
from knowledge.media import MAX_PICTURE_BYTES, PICTURES, MediaStore

STORE = StoreId("lamps")


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "media")


def media(path: str, data: bytes = b"<svg/>", *, pack: str = "a", size: int | None = None) -> Media:
    return Media(path, f"knowledge/{pack}/{path}", len(data) if size is None else size, lambda: data)


def receive(store: MediaStore, pictures: Sequence[Media]) -> list[str]:
    """Take and keep; the reasons of those that were not taken."""
    with store.receiving(STORE) as incoming:
        refused = [refusal.reason for each in pictures if (refusal := incoming.take(each))]
        incoming.keep()
    return refused


def files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_pictures_lie_where_the_api_looks_for_them(store: MediaStore, tmp_path: Path) -> None:
    assert receive(store, [media("media/a.svg"), media("media/灯/b 1.PNG", b"png")]) == []
    assert files(tmp_path / "media") == {"lamps/a.svg": b"<svg/>", "lamps/灯/b 1.PNG": b"png"}


def test_what_is_taken_is_what_the_api_serves() -> None:
    assert set(PICTURES) == set(SERVED)


def test_nothing_changes_until_pictures_are_kept(store: MediaStore, tmp_path: Path) -> None:
    receive(store, [media("media/a.svg", b"old")])
    with store.receiving(STORE) as incoming:
        incoming.take(media("media/a.svg", b"new"))
        incoming.take(media("media/b.svg"))
        assert (tmp_path / "media/lamps/a.svg").read_bytes() == b"old"
    assert files(tmp_path / "media") == {"lamps/a.svg": b"old"}


def test_a_changed_picture_takes_the_place_of_the_old_one_and_the_others_stay(
    store: MediaStore, tmp_path: Path
) -> None:
    receive(store, [media("media/a.svg", b"old"), media("media/b.svg")])
    reader = (tmp_path / "media/lamps/a.svg").open("rb")
    assert receive(store, [media("media/a.svg", b"new")]) == []
    assert files(tmp_path / "media") == {"lamps/a.svg": b"new", "lamps/b.svg": b"<svg/>"}
    with reader:
        assert reader.read() == b"old"  # who is reading it has it whole


def test_a_picture_that_is_there_is_not_written_again(store: MediaStore, tmp_path: Path) -> None:
    receive(store, [media("media/a.svg")])
    file = tmp_path / "media/lamps/a.svg"
    os.utime(file, (1, 1))
    with store.receiving(STORE) as incoming:
        assert incoming.take(media("media/a.svg")) is None
        incoming.keep()
        assert incoming.count == 1
    assert file.stat().st_mtime == 1


def test_the_same_picture_in_two_packs_is_taken_once(store: MediaStore) -> None:
    with store.receiving(STORE) as incoming:
        assert incoming.take(media("media/a.svg", pack="a")) is None
        assert incoming.take(media("media/a.svg", pack="b")) is None
        assert incoming.count == 1


def test_another_picture_of_the_same_path_is_refused_and_both_are_named(store: MediaStore, tmp_path: Path) -> None:
    with store.receiving(STORE) as incoming:
        incoming.take(media("media/a.svg", b"first", pack="a"))
        refused = incoming.take(media("media/a.svg", b"second", pack="b"))
        incoming.keep()
    assert refused is not None
    assert refused.file == "knowledge/b/media/a.svg"
    assert "knowledge/a/media/a.svg" in refused.reason
    assert files(tmp_path / "media") == {"lamps/a.svg": b"first"}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("media/film.mp4", "svg, png, jpg, jpeg, webp, gif, avif"),
        ("media/page.html", "svg, png"),
        ("media/svg", "svg, png"),
        ("media/../../evil.svg", "Rename it"),
        ("../evil.svg", "Rename it"),
        ("/etc/evil.svg", "Rename it"),
        ("media//evil.svg", "Rename it"),
        ("media/.hidden/a.svg", "Rename it"),
        ("media/a\\b.svg", "Rename it"),
        ("media/a\n.svg", "Rename it"),
        ("media/\ud83c.svg", "Rename it"),
        ("media/" + "灯" * 100 + ".svg", "Rename it"),
        ("media/" + "folder/" * 80 + "a.svg", "Rename it"),
        ("media/a.svg/b.svg", "Rename it"),
        ("pictures/a.svg", "Rename it"),
    ],
)
def test_what_cannot_be_served_is_refused_with_what_to_do(
    store: MediaStore, tmp_path: Path, path: str, said: str
) -> None:
    (reason,) = receive(store, [media(path)])
    assert said in reason
    assert files(tmp_path) == {}


def test_a_picture_of_more_than_5_mb_is_refused_unread(store: MediaStore) -> None:
    def unread() -> bytes:
        raise AssertionError("it was read")

    huge = Media("media/a.png", "knowledge/a/media/a.png", MAX_PICTURE_BYTES + 1, unread)
    (reason,) = receive(store, [huge])
    assert "5,242,881 bytes; at most 5,242,880" in reason
    assert receive(store, [media("media/a.png", bytes(MAX_PICTURE_BYTES))]) == []


def test_a_picture_that_is_larger_than_stated_is_refused(store: MediaStore, tmp_path: Path) -> None:
    (reason,) = receive(store, [media("media/a.png", bytes(MAX_PICTURE_BYTES + 1), size=10)])
    assert "at most 5,242,880" in reason
    assert files(tmp_path) == {}


def test_what_a_crash_left_behind_is_cleared_away(store: MediaStore, tmp_path: Path) -> None:
    crashed = store.receiving(STORE).__enter__()
    crashed.take(media("media/a.svg"))
    assert files(tmp_path / "media")
    receive(store, [media("media/b.svg")])
    assert files(tmp_path / "media") == {"lamps/b.svg": b"<svg/>"}


def test_a_picture_that_cannot_be_read_refuses_the_import(store: MediaStore) -> None:
    def broken() -> bytes:
        raise PackRefused("cut off")

    with pytest.raises(PackRefused), store.receiving(STORE) as incoming:
        incoming.take(Media("media/a.svg", "a.zip/media/a.svg", 1, broken))
