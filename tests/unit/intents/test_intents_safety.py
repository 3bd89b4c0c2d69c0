"""What must not be missed, and what only looks like it."""

import pytest

from intents.normalize import normalize
from intents.safety import safety


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("用完脸红刺痛", "report_reaction"),
        ("宝宝喝了拉肚子怎么办", "report_reaction"),
        ("涂了你们家面霜脸上起疹子了", "report_reaction"),
        ("一擦就刺痛", "report_reaction"),
        ("用了两天爆痘了", "report_reaction"),
        ("脸肿了", "report_reaction"),
        ("吃完就开始呕吐", "report_reaction"),
        ("再不处理我找12315", "complain"),
        ("我要投诉你们", "complain"),
        ("不退我就曝光", "complain"),
        ("退一赔三", "complain"),
        ("骗子！", "complain"),
        ("什么态度", "complain"),
        ("转人工", "ask_human"),
        ("人工", "ask_human"),
        ("找真人客服", "ask_human"),
        ("有活人吗", "ask_human"),
        ("叫小王来", "ask_human"),
        ("不想跟机器人聊", "ask_human"),
        ("TD", "opt_out"),
        ("退订", "opt_out"),
        ("别再发了", "opt_out"),
        ("不要给我发广告了", "opt_out"),
        ("别再给我打电话", "opt_out"),
        ("把我的信息删了", "ask_privacy"),
        ("删除我的个人信息", "ask_privacy"),
        ("我要注销会员", "ask_privacy"),
        ("你们怎么有我电话", "ask_privacy"),
    ],
)
def test_it_is_found(text: str, intent: str) -> None:
    assert safety(normalize(text).text) == intent


@pytest.mark.parametrize(
    "text",
    [
        "没有过敏",
        "会过敏吗",
        "会不会过敏",
        "敏感肌容易过敏能用吗",
        "过敏体质可以用吗",
        "怕过敏",
        "用了没过敏，很好",
        "万一过敏能退吗",
        "能改善泛红吗",
        "宝宝腹泻能喝吗",
        "不用转人工",
        "不需要人工客服",
        "你是真人吗",
        "你是真人还是机器人",
        "人工香精有吗",
        "这是人工智能吗",
        "没有要投诉的意思",
        "不是骗子吧",
        "垃圾袋有货吗",
        "别发顺丰",
        "别发错了",
        "地址信息填错了",
        "面霜多少钱",
        "",
    ],
)
def test_denials_questions_and_likenesses_are_left_alone(text: str) -> None:
    assert safety(normalize(text).text) is None


def test_a_body_comes_before_anger() -> None:
    assert safety(normalize("用了脸烂了，我要投诉").text) == "report_reaction"
