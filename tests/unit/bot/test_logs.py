"""Logs hold no personal data and no secret, and ordinary sentences stay readable."""

import logging
from collections.abc import Iterator

import orjson
import pytest
import structlog

from bot import logs
from bot.logs import masked


@pytest.mark.parametrize(
    ("text", "gone", "kept"),
    [
        ("我电话13812345678", "12345678", "138****5678"),
        ("我电话 138-1234-5678 谢谢", "1234-", "138****5678"),
        ("手机138 1234 5678，姓李", "1234 5", "，姓李"),
        ("+8613812345678", "12345678", "138****5678"),
        ("身份证11010519491231002X", "19491231", "110105"),
        ("身份证 110105194912310021。", "19491231", "110105"),
        ("卡号6222 0212 3456 7890 123", "0212", "[号码]"),
        ("快递单号75312345678901", "75312345678901", "[号码]"),
        ("发到 li.na+a@example.com 吧", "li.na", "[邮箱]"),
        ("寄到浙江省杭州市西湖区文三路138号3单元502室", "文三路", "[地址]"),
        ("上海市徐汇区漕溪北路1200号", "漕溪北路", "[地址]"),
        ("https://x/cgi-bin/gettoken?corpid=ww1&corpsecret=abcDEF123", "abcDEF123", "corpid=ww1"),
        ("https://x/kf/send_msg?access_token=tok-_EN123&debug=1", "tok-_EN123", "debug=1"),
        ('{"password": "hunter2", "name": "li"}', "hunter2", '"name": "li"'),
        ("Authorization: Bearer abc.def.ghi", "abc.def.ghi", "Authorization"),
        ("postgresql://user:geheim@db:5432/x", "geheim", "db:5432"),
        ("redis://:geheim@r:6379/0", "geheim", "r:6379"),
    ],
)
def test_personal_data_and_secrets_cannot_be_read(text: str, gone: str, kept: str) -> None:
    assert gone not in masked(text)
    assert kept in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "面霜多少钱，199还是1299.00？",
        "预算 500-1000 元",
        "2026-05-20 14:00 到货",
        "2026-05-20 2026-06-30 有活动吗",
        "2026年5月20日下午3点",
        "618活动什么时候开始",
        "我要2件面霜3瓶精华，共5件",
        "订单号尾号是4721",
        "这支口红3号色和05号有什么区别",
        "你们市面上的3号色多少钱",
        "我在上海市区6月18号能到货吗",
        "有没有区别大的2号色",
        "我在路上了大概5号到",
        "地址在哪",
        "你们徐汇店在哪条路",
        "token 是什么意思",
        "我想改密码",
        "sku 10010 和 10086",
        "50ml 100ml 200ml 都有吗",
        "1299 1399 1499 哪个好",
        "turn.failed",
        "m1@",
        "v1234567890123456789012",
        "va13812345678b1234567890c",
        "c0a1371234567890123456f",
    ],
)
def test_ordinary_sentences_stay_as_they_were(text: str) -> None:
    assert masked(text) == text


@pytest.fixture
def undisturbed() -> Iterator[None]:
    """Logging is as it was when the test is over."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_shows_no_values(form: str, undisturbed: None, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", form)
    secret = "geheim-local"
    try:
        raise ValueError(len(secret))
    except ValueError:
        structlog.get_logger("test").exception("broken")
    told = capsys.readouterr().err
    assert "ValueError" in told
    assert "geheim-local" not in told.replace('secret = "geheim-local"', "")


def test_a_line_is_one_json_object_with_everything_masked(undisturbed: None, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "json", role="web")
    log = structlog.get_logger("test")
    log.info("said", words="电话13812345678", texts=["13812345678"], more={"a": ("li@example.com",)})
    log.debug("unheard")
    try:
        raise ValueError("corpsecret=abc123")
    except ValueError:
        log.exception("broken")
    logging.getLogger("aiohttp").warning("GET ?access_token=%s", "tok123")
    told = capsys.readouterr().err
    lines = [orjson.loads(line) for line in told.splitlines()]
    assert [line["event"] for line in lines] == ["said", "broken", "GET ?access_token=***"]
    assert lines[0]["role"] == "web"
    assert lines[0]["level"] == "info"
    for secret in ("12345678", "abc123", "tok123", "li@example"):
        assert secret not in told
