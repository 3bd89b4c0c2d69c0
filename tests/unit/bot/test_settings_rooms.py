"""Accounts of the other rooms: from the environment, misspelt names stop the start, secrets never show."""

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import Settings

KEY = "A" * 43
DING = {"DAOGOU_DINGTALK__Shop_A__APP_KEY": "ding1", "DAOGOU_DINGTALK__Shop_A__APP_SECRET": "geheim"}
FEISHU = {
    "DAOGOU_FEISHU__shop__APP_ID": "cli_1",
    "DAOGOU_FEISHU__shop__APP_SECRET": "geheim",
    "DAOGOU_FEISHU__shop__VERIFICATION_TOKEN": "geheim-token",
}
AIBOT = {"DAOGOU_AIBOT__shop__TOKEN": "geheim", "DAOGOU_AIBOT__shop__AES_KEY": KEY, "DAOGOU_AIBOT__shop__NAME": "@小助手"}


def refused(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(environ)
    assert "geheim" not in str(caught.value)
    return str(caught.value)


def test_each_platform_has_its_accounts_by_name() -> None:
    told = Settings.from_environment(DING | FEISHU | AIBOT)
    ding = told.dingtalk["Shop_A"]
    assert (ding.robot, ding.api_base, ding.oapi_base) == ("ding1", "https://api.dingtalk.com", "https://oapi.dingtalk.com")
    assert told.feishu["shop"].api_base == "https://open.feishu.cn"
    assert told.aibot["shop"].name == "小助手"
    assert told.wecom == {}
    assert "geheim" not in repr(told)


def test_a_robot_code_and_bases_of_ones_own() -> None:
    more = {"DAOGOU_DINGTALK__Shop_A__ROBOT_CODE": "r1", "DAOGOU_DINGTALK__Shop_A__OAPI_BASE": "http://127.0.0.1:9/"}
    account = Settings.from_environment(DING | more).dingtalk["Shop_A"]
    assert (account.robot, account.oapi_base) == ("r1", "http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        (DING | {"DAOGOU_DINGTALK__Shop_A__APPKEY": "x"}, "没有名为 DAOGOU_DINGTALK__Shop_A__APPKEY 的设置"),
        (FEISHU | {"DAOGOU_FEISHU__shop__ENCRYPTKEY": "geheim"}, "没有名为 DAOGOU_FEISHU__shop__ENCRYPTKEY 的设置"),
        ({"DAOGOU_AIBOT__shop__TOKEN": "geheim"}, "缺少设置 DAOGOU_AIBOT__shop__AES_KEY"),
        (AIBOT | {"DAOGOU_AIBOT__shop__AES_KEY": "geheim"}, "DAOGOU_AIBOT__shop__AES_KEY 不可用"),
        (AIBOT | {"DAOGOU_AIBOT__shop__API_BASE": "ftp://x"}, "DAOGOU_AIBOT__shop__API_BASE 不可用"),
        (DING | {"DAOGOU_DINGTALK__Shop_A__TOKEN": "geheim"}, "TOKEN 和 AES_KEY 一起写"),
        ({"DAOGOU_FEISHU__shop__APP_ID": "cli_1"}, "缺少设置 DAOGOU_FEISHU__shop__APP_SECRET"),
        ({"DAOGOU_FEISHUU__shop__APP_ID": "cli_1"}, "没有名为 DAOGOU_FEISHUU__SHOP__APP_ID 的设置"),
    ],
)
def test_what_cannot_be_used_stops_the_start_with_its_name(environ: dict[str, str], words: str) -> None:
    assert words in refused(environ)


def test_one_account_name_stands_for_one_folder_of_content(tmp_path: Path) -> None:
    own = {"DAOGOU_FEISHU__shop__WORKSPACE": str(tmp_path / "a")}
    same = Settings.from_environment(FEISHU | AIBOT | own | {"DAOGOU_AIBOT__shop__WORKSPACE": str(tmp_path / "a")})
    assert same.workspaces == {"shop": tmp_path / "a"}
    assert "不同的 WORKSPACE" in refused(FEISHU | AIBOT | own | {"DAOGOU_AIBOT__shop__WORKSPACE": str(tmp_path / "b")})
