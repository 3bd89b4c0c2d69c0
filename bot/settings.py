"""Every knob, from the environment, prefix ``DAOGOU_``; nothing is required, a misspelt name stops the start."""

import os
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.errors import SettingsError

PREFIX = "DAOGOU_"


class WeComAccount(BaseModel):
    """One WeCom account (企业微信): ``DAOGOU_WECOM__<account>__CORPID`` and so on."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    corpid: str = Field(min_length=1)
    secret: SecretStr = Field(min_length=1)
    agent_id: str = ""
    token: SecretStr = Field(min_length=1)
    aes_key: SecretStr
    kf_accounts: tuple[str, ...] = ()
    """open_kfid values served; empty serves every one that the platform names."""
    api_base: str = "https://qyapi.weixin.qq.com"
    workspace: Path | None = None
    """Content of this account where it is not the program's own."""
    handover: Literal["desk", "native"] = "desk"
    """desk: people answer here, the platform's session stays with us; native: the session goes to the platform's servicers."""
    servicer: str = ""
    """With native hand-over: the servicer (WeCom userid) who takes it; empty puts the shopper into the platform's pool."""

    @field_validator("kf_accounts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("aes_key")
    @classmethod
    def _key(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[0-9A-Za-z]{43}", value.get_secret_value()):
            raise ValueError("EncodingAESKey 应为 43 位字母或数字")
        return value

    @field_validator("api_base")
    @classmethod
    def _base(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("API_BASE 应以 http:// 或 https:// 开头")
        return value.rstrip("/")


class Settings(BaseSettings):
    """``DAOGOU_LISTEN=127.0.0.1:8080``, ``DAOGOU_WECOM__demo__TOKEN=…``; secrets never show in a log or an error."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, hide_input_in_errors=True, extra="forbid"
    )

    database_url: SecretStr | None = None
    redis_url: SecretStr | None = None
    home: Path = Path(".daogou")
    workspace: Path | None = None
    listen: str = "127.0.0.1:8080"
    secret_key: SecretStr | None = None
    workers: int = Field(default=1, ge=1, le=64)
    wecom: Mapping[str, WeComAccount] = {}
    debounce: float = Field(default=0.8, ge=0, le=10)
    """Longest wait in seconds for the rest of a message that was sent in pieces; a finished sentence does not wait."""
    backlog_minutes: int = Field(default=30, ge=0)
    """At the very first pull of an account, messages older than this are kept but not answered."""
    poll_seconds: float = Field(default=60, gt=0)
    """How often an account is pulled without a callback, in case one was lost."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    trust_proxy: bool = False
    """Whether the address of a caller is read from X-Forwarded-For (only behind a proxy of your own)."""

    @field_validator("listen")
    @classmethod
    def _listen(cls, value: str) -> str:
        host, colon, port = value.rpartition(":")
        if not colon or not host or not port.isdigit() or int(port) > 65535:
            raise ValueError("应为 主机:端口，例如 127.0.0.1:8080")
        return value

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the front door."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what ``from_environment`` passes in: it reads nested names itself, because account names keep their case."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read and check; every fault is told at once, and values of secrets are never repeated.

        Raises:
            SettingsError: a name is unknown or a value cannot be used.
        """
        values = _nested(os.environ if environ is None else environ)
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise SettingsError("\n".join(_explain(error))) from None


def _nested(environ: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {}
    accounts: dict[str, dict[str, str]] = {}
    for name, value in environ.items():
        if not name.upper().startswith(PREFIX):
            continue
        parts = name[len(PREFIX) :].split("__")
        if parts[0].upper() == "WECOM" and len(parts) == 3:
            accounts.setdefault(parts[1], {})[parts[2].lower()] = value
        else:
            values["__".join(part.lower() for part in parts)] = value
    if accounts:
        values.setdefault("wecom", accounts)
    return values


def _explain(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_input=False, include_url=False):
        place = [str(part) for part in fault["loc"]]
        name = PREFIX + (
            "__".join([place[0].upper(), place[1], *(p.upper() for p in place[2:])])
            if place[0] == "wecom" and len(place) > 1
            else "__".join(p.upper() for p in place)
        )
        if fault["type"] == "extra_forbidden":
            yield f"没有名为 {name} 的设置，请检查拼写"
        elif fault["type"] == "missing":
            yield f"缺少设置 {name}"
        else:
            yield f"设置 {name} 不可用：{fault['msg'].removeprefix('Value error, ')}"


def secret_key(settings: Settings) -> bytes:
    """The key that signs shoppers' tokens: from the environment, else generated once and kept in DAOGOU_HOME (mode 600)."""
    if settings.secret_key is not None:
        key = settings.secret_key.get_secret_value().encode()
        if len(key) < 16:
            raise SettingsError("DAOGOU_SECRET_KEY 至少要 16 个字符")
        return key
    path = settings.home / "secret_key"
    settings.home.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes().strip()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_urlsafe(32).encode())
    return path.read_bytes().strip()
