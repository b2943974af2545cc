"""Settings: what the environment may say, and what is refused."""

from __future__ import annotations

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

import assistant
from assistant.settings import EmbedderKind, Settings, explain

DOCUMENTATION = Path(assistant.__file__).parents[1] / "docs" / "settings.md"
STRONG = "3f9c2b7a1d8e4f60a5b4c3d2e1f00918273645"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("STOREBOT_"):
            monkeypatch.delenv(name)


def test_every_setting_is_documented_with_its_default_and_none_that_is_gone() -> None:
    rows = dict(re.findall(r"^\| `STOREBOT_(\w+)` \| ([^|]*) \|", DOCUMENTATION.read_text("utf-8"), re.MULTILINE))
    assert set(rows) == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, "") else f"`{field.default}`"
        assert rows[name.upper()].strip() == default, name
        assert field.description, name


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STOREBOT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("STOREBOT_PUBLIC_URL", "https://bot.example/")
    monkeypatch.setenv("STOREBOT_EMBEDDER", "sentence-transformers")
    monkeypatch.setenv("STOREBOT_SECRET_KEY", "")  # as a compose file passes what is not set
    settings = Settings()
    assert settings.media_dir == tmp_path / "media"
    assert settings.public_url == "https://bot.example"
    assert settings.embedder is EmbedderKind.SENTENCE_TRANSFORMERS
    assert settings.secret_key is None


@pytest.mark.parametrize(
    "secret",
    ["changeme", "please-changeme-please-changeme-please", "a" * 64, "short-but-random-7f3a9", "my-Secret-key" * 3],
)
def test_a_placeholder_or_a_short_key_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("STOREBOT_SECRET_KEY", secret)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert "STOREBOT_SECRET_KEY: this" in explain(refused.value)
    assert secret not in explain(refused.value)
    assert secret not in str(refused.value)


def test_a_wrong_value_is_explained_by_the_variables_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOREBOT_PORT", "eighty")
    monkeypatch.setenv("STOREBOT_PUBLIC_URL", "bot.example")
    with pytest.raises(ValidationError) as refused:
        Settings()
    lines = explain(refused.value).splitlines()
    assert lines[0].startswith("STOREBOT_PORT: ")
    assert lines[1] == "STOREBOT_PUBLIC_URL: must begin with http:// or https://"


def test_an_endpoint_needs_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOREBOT_EMBEDDER", "openai")
    with pytest.raises(ValidationError, match="STOREBOT_EMBEDDER_MODEL"):
        Settings()


def test_secrets_do_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOREBOT_SECRET_KEY", STRONG)
    monkeypatch.setenv("STOREBOT_EMBEDDER_API_KEY", "sk-7f3a9")
    shown = f"{Settings()!r} {Settings()}"
    assert STRONG not in shown
    assert "sk-7f3a9" not in shown


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new")
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: settings.signing_key(), range(32)))
    assert len(keys) == 1
    assert Settings(data_dir=tmp_path / "new").signing_key() in keys
    path = tmp_path / "new" / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret.key"]


def test_a_damaged_key_file_is_an_error_and_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("oops")
    with pytest.raises(ValueError, match=r"secret\.key holds no key"):
        Settings(data_dir=tmp_path).signing_key()
    assert (tmp_path / "secret.key").read_text() == "oops"


def test_a_given_key_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STOREBOT_SECRET_KEY", STRONG)
    assert Settings(data_dir=tmp_path).signing_key() == STRONG
    assert list(tmp_path.iterdir()) == []
