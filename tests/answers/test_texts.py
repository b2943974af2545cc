import pytest

from assistant.answers.texts import Texts


def test_every_text_exists_in_both_languages() -> None:
    texts = Texts.load()
    assert "abstain" in texts.names()


def test_a_text_missing_in_a_language_is_refused() -> None:
    with pytest.raises(ValueError, match="hello has no text in en"):
        Texts({"hello": {"zh": "你好"}})


def test_a_text_with_other_placeholders_in_one_language_is_refused() -> None:
    with pytest.raises(ValueError, match="placeholders"):
        Texts({"hello": {"zh": "你好{name}", "en": "Hello"}})
