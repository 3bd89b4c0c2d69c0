"""Settings: everything from the environment, every fault told at once, no secret ever repeated."""

import re
import stat
from pathlib import Path

import pytest

from bot.db.engine import asyncpg_url
from bot.errors import SettingsError
from bot.settings import Settings, secret_key

KEY = "A" * 43
ACCOUNT = {
    "DAOGOU_WECOM__demo__CORPID": "ww1",
    "DAOGOU_WECOM__demo__SECRET": "geheim-secret",
    "DAOGOU_WECOM__demo__TOKEN": "geheim-token",
    "DAOGOU_WECOM__demo__AES_KEY": KEY,
}


def refused(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(environ)
    assert caught.value.__cause__ is None
    return str(caught.value)


def test_nothing_is_required() -> None:
    settings = Settings.from_environment({"PATH": "/bin", "HOME": "/root"})
    assert settings.address == ("127.0.0.1", 8080)
    assert settings.wecom == {}
    assert settings.database_url is None


def test_an_account_keeps_the_case_and_the_underscores_of_its_name() -> None:
    environ = {name.replace("demo", "My_Shop_SH"): value for name, value in ACCOUNT.items()}
    settings = Settings.from_environment(environ | {"DAOGOU_WECOM__My_Shop_SH__KF_ACCOUNTS": " wk1, wkB ,,"})
    account = settings.wecom["My_Shop_SH"]
    assert account.corpid == "ww1"
    assert account.kf_accounts == ("wk1", "wkB")
    assert account.api_base == "https://qyapi.weixin.qq.com"
    assert account.secret.get_secret_value() == "geheim-secret"


def test_two_accounts_whose_names_differ_only_in_case_are_two() -> None:
    other = {name.replace("demo", "Demo"): value for name, value in ACCOUNT.items()}
    assert set(Settings.from_environment(ACCOUNT | other).wecom) == {"demo", "Demo"}


def test_the_end_of_an_api_base_may_have_a_slash() -> None:
    settings = Settings.from_environment(ACCOUNT | {"DAOGOU_WECOM__demo__API_BASE": "http://127.0.0.1:9100/"})
    assert settings.wecom["demo"].api_base == "http://127.0.0.1:9100"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DAOGOU_LISTN", "x", "没有名为 DAOGOU_LISTN 的设置"),
        ("DAOGOU_LISTEN", "8080", "DAOGOU_LISTEN"),
        ("DAOGOU_LISTEN", "127.0.0.1:99999", "主机:端口"),
        ("DAOGOU_WORKERS", "0", "DAOGOU_WORKERS"),
        ("DAOGOU_WORKERS", "many", "DAOGOU_WORKERS"),
        ("DAOGOU_DEBOUNCE", "-1", "DAOGOU_DEBOUNCE"),
        ("DAOGOU_POLL_SECONDS", "0", "DAOGOU_POLL_SECONDS"),
        ("DAOGOU_LOG_LEVEL", "loud", "DAOGOU_LOG_LEVEL"),
        ("DAOGOU_WECOM__demo__CORPIDD", "x", "没有名为 DAOGOU_WECOM__demo__CORPIDD 的设置"),
        ("DAOGOU_WECOM__demo", "x", "DAOGOU_WECOM"),
        ("DAOGOU_WECOM", "x", "DAOGOU_WECOM"),
        ("DAOGOU_WECOM__demo__AES_KEY", "geheim-short", "DAOGOU_WECOM__demo__AES_KEY 不可用：EncodingAESKey 应为 43 位"),
        ("DAOGOU_WECOM__demo__API_BASE", "qyapi.weixin.qq.com", "API_BASE 应以 http"),
        ("DAOGOU_WECOM__demo__CORPID", "", "DAOGOU_WECOM__demo__CORPID"),
        ("DAOGOU_WECOM__demo__SECRET", "", "DAOGOU_WECOM__demo__SECRET"),
        ("DAOGOU_WECOM__demo__HANDOVER", "both", "DAOGOU_WECOM__demo__HANDOVER"),
    ],
)
def test_what_cannot_be_used_stops_the_start_by_its_name(name: str, value: str, words: str) -> None:
    told = refused(ACCOUNT | {name: value})
    assert words in told
    assert "geheim" not in told


def test_every_fault_is_told_at_once() -> None:
    told = refused(
        {"DAOGOU_WORKERS": "0", "DAOGOU_LISTN": "x", "DAOGOU_WECOM__a__CORPID": "ww", "DAOGOU_WECOM__b__AES_KEY": "kurz"}
    )
    assert len(told.splitlines()) >= 8
    for name in (
        "DAOGOU_WORKERS",
        "DAOGOU_LISTN",
        "DAOGOU_WECOM__a__SECRET",
        "DAOGOU_WECOM__b__CORPID",
        "DAOGOU_WECOM__b__AES_KEY",
    ):
        assert name in told
    assert "缺少设置 DAOGOU_WECOM__a__TOKEN" in told


def test_secrets_show_nowhere() -> None:
    environ = ACCOUNT | {
        "DAOGOU_DATABASE_URL": "postgresql://u:geheim@db/x",
        "DAOGOU_REDIS_URL": "redis://:geheim@r/0",
        "DAOGOU_SECRET_KEY": "geheim" * 5,
    }
    settings = Settings.from_environment(environ)
    for shown in (repr(settings), str(settings), settings.model_dump_json(), repr(settings.wecom), str(settings.wecom["demo"])):
        assert "geheim" not in shown
        assert KEY not in shown


def test_the_same_setting_twice_is_one_too_many_only_where_they_differ_in_nothing_but_case() -> None:
    assert Settings.from_environment({"daogou_workers": "2"}).workers == 2


@pytest.mark.parametrize("url", ["mysql://u:geheim@db/x", "geheim", "sqlite:///x", "", "postgresql://u:geheim@db:port/x"])
def test_only_postgresql_is_a_database(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        asyncpg_url(url)
    assert "DAOGOU_DATABASE_URL" in str(caught.value)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["postgresql://u:p@db:5432/x", "postgresql+psycopg://u:p@db:5432/x", "postgresql:///x?host=/tmp/a b"]
)
def test_a_postgresql_address_is_read_in_any_dialect(url: str) -> None:
    assert asyncpg_url(url).startswith("postgresql+asyncpg://")


def test_a_key_is_made_once_and_kept_to_ourselves(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    key = secret_key(settings)
    assert len(key) >= 32
    assert secret_key(settings) == key
    assert stat.S_IMODE((tmp_path / "home" / "secret_key").stat().st_mode) == 0o600


def test_a_given_key_must_be_long_enough() -> None:
    assert secret_key(Settings.from_environment({"DAOGOU_SECRET_KEY": "0123456789abcdef"})) == b"0123456789abcdef"
    with pytest.raises(SettingsError, match="16") as caught:
        secret_key(Settings.from_environment({"DAOGOU_SECRET_KEY": "geheim"}))
    assert not re.search("geheim", str(caught.value))
