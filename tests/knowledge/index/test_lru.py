"""What was used lately stays, and no more than fits."""

from knowledge.index.lru import LeastRecentlyUsed


def test_what_was_not_asked_for_longest_goes_first() -> None:
    kept: LeastRecentlyUsed[str, int] = LeastRecentlyUsed(2)
    kept.put("a", 1)
    kept.put("b", 2)
    kept.get("a")
    kept.put("c", 3)
    assert [kept.get(key) for key in "abc"] == [1, None, 3]


def test_weights_count_and_what_never_fits_is_not_kept() -> None:
    kept: LeastRecentlyUsed[str, int] = LeastRecentlyUsed(10)
    kept.put("a", 1, weight=4)
    kept.put("b", 2, weight=4)
    kept.put("huge", 3, weight=11)
    assert [kept.get(key) for key in ("a", "b", "huge")] == [1, 2, None]
    kept.put("a", 4, weight=7)
    assert [kept.get(key) for key in ("a", "b")] == [4, None]
