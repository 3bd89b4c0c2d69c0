"""Accounts of the rooms in which a bot may sit beside WeCom's own: DingTalk, Feishu, and WeCom's intelligent robots (aibot)."""

import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

_KEY = re.compile(r"[0-9A-Za-z]{43}", re.ASCII)


class _Account(BaseModel):
    """What all have in common: frozen, no unknown names, and no value ever repeated in an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    workspace: Path | None = None
    """Content of this account where it is not the program's own."""

    @field_validator("api_base", "oapi_base", check_fields=False)
    @classmethod
    def _base(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("应以 http:// 或 https:// 开头")
        return value.rstrip("/")

    @field_validator("aes_key", check_fields=False)
    @classmethod
    def _key(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _KEY.fullmatch(value.get_secret_value()):
            raise ValueError("应为 43 位字母或数字（后台的 EncodingAESKey / aes_key）")
        return value


class DingTalkAccount(_Account):
    """One robot of an internal DingTalk application: ``DAOGOU_DINGTALK__<account>__APP_KEY`` and so on."""

    app_key: str = Field(min_length=1)
    """Client ID; also the receiver of sealed event callbacks."""
    app_secret: SecretStr = Field(min_length=1)
    """Client Secret; also signs what the robot receives."""
    robot_code: str = ""
    """Empty: the same as ``app_key``, as it is for robots of internal applications."""
    corp_id: str = ""
    """Receiver of event callbacks of older applications, whose events are sealed for the corporation."""
    token: SecretStr = SecretStr("")
    """Signs event callbacks; without it (and ``aes_key``) only the robot's own messages are received."""
    aes_key: SecretStr = SecretStr("")
    api_base: str = "https://api.dingtalk.com"
    oapi_base: str = "https://oapi.dingtalk.com"
    """Where a session's webhook must lead: the address comes in a body that nobody signed."""

    @property
    def robot(self) -> str:
        """The robot's code."""
        return self.robot_code or self.app_key

    @model_validator(mode="after")
    def _events(self) -> "DingTalkAccount":
        if bool(self.token.get_secret_value()) != bool(self.aes_key.get_secret_value()):
            raise ValueError("事件回调要 TOKEN 和 AES_KEY 一起写，或者都不写")
        return self


class FeishuAccount(_Account):
    """One Feishu application with a bot: ``DAOGOU_FEISHU__<account>__APP_ID`` and so on."""

    app_id: str = Field(min_length=1)
    app_secret: SecretStr = Field(min_length=1)
    verification_token: SecretStr = Field(min_length=1)
    encrypt_key: SecretStr = SecretStr("")
    """With it every event must be sealed and signed; without it the verification token alone is compared."""
    api_base: str = "https://open.feishu.cn"


class AibotAccount(_Account):
    """One intelligent robot (智能机器人) of WeCom in callback mode: ``DAOGOU_AIBOT__<account>__TOKEN`` and so on."""

    token: SecretStr = Field(min_length=1)
    aes_key: SecretStr = Field(min_length=1)
    name: str = ""
    """What the robot is called in its groups: its own 「@名」 is then taken out of what is said to it."""
    api_base: str = "https://qyapi.weixin.qq.com"
    """Where a ``response_url`` must lead."""

    @field_validator("name")
    @classmethod
    def _plain(cls, value: str) -> str:
        if len(value) > 64 or not value.isprintable():
            raise ValueError("应是机器人在群里的名字，64 个字以内")
        return value.strip().lstrip("@＠")
