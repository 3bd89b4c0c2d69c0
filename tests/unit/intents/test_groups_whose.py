"""Whose matter it is: the sender's own is never answered before everybody, a complaint is heard again, a story is none."""

import pytest
from groups_room import heard, said, talk

from intents.groups import Manners
from intents.groups.hearing import View, viewed
from intents.groups.turns import Room, Turn
from intents.groups.whose import aside, continues, foreign, injured, owns, presses, scorns, speaks_of_own, warns_of_harm

ANGRY = "再不退我打12315投诉"
OWN = "我上周订的餐椅怎么还没影子"


def view(text: str, *before: Turn, sender: str = "甲", at: float = 60) -> View:
    """A remark after these turns; the talk began at noon."""
    return viewed(Room(before), said(99, sender, text, at), Manners(), None)


def turn(text: str, sort: str = "talk", by: str = "甲", at: float = 0) -> Turn:
    """What somebody said so many seconds after the talk began."""
    begun = said(0, by, text, at).at.timestamp()
    return Turn(str(at), by, begun, text, sort=sort)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "我私教还剩几节啊",
        "帮我看看我的什么时候过期",
        "华电小区6号楼1单元201",
        "昨晚刷了我两次钱",
        "孩子上次的验光单能发我一份吗",
        "收到的轨道车缺一个轮子 能补发吗",
        "我点的那杯芋泥呢",
        "付了钱半天没出杯",
        "上个月充的五百怎么只剩一百多",
    ],
)
def test_what_is_the_senders_own_goes_private(text: str) -> None:
    assert owns(view(text))
    assert heard(talk((0, "甲", text)))["1"].action == "private"


@pytest.mark.parametrize(
    "text",
    [
        "轨道车几岁能玩",
        "积分会过期吗",
        "会员卡里的钱能过户给别人不",
        "上周买的毛衣不错",
        "押金能退吗 搬家的话",
        "12栋有三个件没人拿",
    ],
)
def test_the_same_in_general_is_nobodys_own(text: str) -> None:
    assert not owns(view(text))


@pytest.mark.parametrize(
    "text", ["等啥 等它炸吗", "谁来处理一下", "望给个交代", "这服务绝了🙃", "又红又疼", "三百块钱就这水平 牛", "算了 我找平台"]
)
def test_whoever_presses_a_complaint_that_stands_is_heard(text: str) -> None:
    assert heard(talk((0, "甲", ANGRY), (20, "乙", "先别急"), (40, "甲", text)))["3"].action == "handover"


@pytest.mark.parametrize(
    "text", ["谢谢大家", "在去医院路上了", "行，看你们表现", "哈哈 看错了", "今天下雨", "昨天电视里那个律师好帅"]
)
def test_relief_and_other_talk_of_the_same_person_press_nothing(text: str) -> None:
    assert not presses(view(text, turn(ANGRY, "handover")), 0.0)


def test_a_complaint_stands_until_its_sender_is_content_or_much_time_has_passed() -> None:
    trouble = turn(ANGRY, "handover")
    assert view("望给个交代", trouble).stands == "handover"
    assert view("望给个交代", trouble, turn("好的谢谢", at=30)).stands == ""
    assert view("望给个交代", trouble, at=3600).stands == ""
    assert view("望给个交代", trouble, sender="乙").stands == ""


def test_a_new_question_after_a_complaint_is_a_question() -> None:
    assert not presses(view("退货运费谁出", turn(ANGRY, "handover")), 0.9)


def test_a_further_piece_of_ones_own_matter_and_a_nudge_go_on_privately() -> None:
    assert continues(view("怎么还不动呢", turn("我那个快递", "private"), at=5), 0.1)
    assert continues(view("有人理我吗", turn(OWN, "private"), turn("下雨了", by="乙", at=30)), 0.1)
    assert not continues(view("明天几点开门呀", turn(OWN, "private"), turn("下雨了", by="乙", at=30)), 0.1)
    assert not continues(view("怎么还不动呢", turn("我那个快递", by="乙", sort="private"), at=5), 0.1)


@pytest.mark.parametrize(
    "text",
    [
        "讲个事 我同事投诉外卖 结果骑手是他表弟",
        "昨天电视上说有骗子冒充公安局的",
        "幼儿园老师又投诉我家娃了",
        "投诉去 12345",
        "快去医院 别催吐",
        "得报警吧",
        "去年刷酸脸都刷烂了 自己作的",
        "想举报他们这些黄牛",
    ],
)
def test_a_story_or_advice_is_no_trouble_of_the_shop(text: str) -> None:
    assert aside(view(text))
    assert heard(talk((0, "甲", text)))["1"].action != "handover"


@pytest.mark.parametrize(
    "text", ["你们再这样我去投诉 我同事也说要报警", "我闺蜜用了你们家面膜脸烂了", "别买这家 轮子三次就掉", "老师你们卖假货"]
)
def test_what_speaks_of_the_shop_is_no_story(text: str) -> None:
    assert not aside(view(text))


def test_irony_needs_the_shop_for_its_butt() -> None:
    assert scorns(view("这服务绝了🙃"))
    assert scorns(view("呵呵 客服又换人了"))
    assert not scorns(view("那个蓝瓶精华真的绝了"))
    assert not scorns(view("呵呵 我老公说他今天做饭"))


def test_hurt_needs_a_body_and_its_warning_is_heard() -> None:
    assert injured(view("深蹲架的杠掉下来砸我脚了"))
    assert warns_of_harm(view("深蹲架的杠掉下来砸我脚了"))
    assert not injured(view("这手机掉电真快"))
    assert not warns_of_harm(view("被子还没收的人不这么认为"))


def test_what_does_not_belong_into_food_is_a_trouble() -> None:
    assert heard(talk((0, "甲", "拿铁里喝到一根钢丝")))["1"].action == "handover"
    assert not foreign(view("里面有虫吗"))
    assert not foreign(view("隔壁那家喝出过蟑螂"))


def test_who_laughs_about_somebody_tells_nothing_of_his_own() -> None:
    assert speaks_of_own(view("我圆锥角膜做过交联"))
    assert not speaks_of_own(view("我邻居也这样 哈哈"))


def test_to_have_met_the_same_is_no_question_that_is_answered_with_another() -> None:
    told = heard(talk((0, "甲", "春节期间包邮吗"), (8, "乙", "我家也空的")))
    assert told["2"].action != "answer"


def test_a_plus_one_with_goods_of_the_order_is_an_order_though_a_trouble_stands_above() -> None:
    lines = ((0, "导购小林", "今日鲈鱼25/条 要的接龙"), (5, "丁", "鲈鱼一条"), (9, "甲", OWN), (20, "乙", "+1 鲈鱼"))
    assert heard(talk(*lines))["4"].action not in ("private", "handover")


def test_praise_joins_no_complaint() -> None:
    assert heard(talk((0, "甲", ANGRY), (9, "乙", "绝绝子 我也回购了")))["2"].action == "silent"


def test_question_marks_between_a_trouble_and_who_has_met_the_same_are_no_other_question() -> None:
    told = heard(talk((0, "甲", "用了脸上起红疹"), (4, "人2", "？？"), (60, "乙", "同样的问题")))
    assert told["3"].action != "answer"
