"""Every intent has a name that people know."""

from __future__ import annotations

from assistant.nlu.intents import IntentLabels, load


def test_every_built_in_intent_is_called_something_in_both_languages_and_nothing_is_left_over() -> None:
    labels = IntentLabels.load().labels
    assert set(labels) == {definition.name for definition in load()}
    assert all(set(label.languages) == {"zh", "en"} for label in labels.values())


def test_no_two_intents_are_called_the_same() -> None:
    labels = IntentLabels.load().labels
    for language in ("zh", "en"):
        called = [label.in_language(language) for label in labels.values()]
        assert len(set(called)) == len(called)


def test_an_intent_that_a_store_adds_is_called_as_the_one_above_it_or_by_its_name() -> None:
    labels = IntentLabels.load()
    assert labels.of("order.track.by_drone").in_language("en") == "Track a parcel"
    assert labels.of("engraving").in_language("zh") == "engraving"
