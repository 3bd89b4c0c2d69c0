"""The voice: who hears a line, what goes with it, what the trace keeps of it, and how channels show it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import pytest
from bot_rooms import NOON, a_message, services, waiting

from bot.brand import Brand, Coupon, Persona, Staff, StaffFile, Store
from bot.channels.aibot import outbound as aibot
from bot.channels.dingtalk import outbound as dingtalk
from bot.channels.feishu import outbound as feishu
from bot.channels.wecom import outbound as kf
from bot.channels.wecom.channel import KfChannel
from bot.db.codec import speech_from_json, speech_to_json, to_json
from bot.errors import PermanentDeliveryError
from bot.handlers.wording import BUILT_IN
from bot.model import ConversationId, Customer, Evidence, Option, Outgoing, Session, Speech
from bot.rehearsal import Rehearsal
from bot.sandbox.content import checked
from bot.services import Services
from bot.turn import take_turn
from scripts import LIMITS, Attachment, Experiment, Script, Scriptbook, Variant, Window

MINI = Attachment("mini_program", title="会员商城", appid="wx0123456789abcdef", path="pages/home")
LINK = Attachment("link", title="活动页", text="到月底", url="https://x.invalid/a")
IMAGE = Attachment("image", url="https://x.invalid/a.png")
STAFF = Staff.of(
    StaffFile(
        stores=(
            Store(id="sh", name="徐汇店", city="上海", region="华东", coupon=Coupon(id="c1", title="新人券", text="满百减十")),
            Store(id="hz", name="西湖店", city="杭州", coupon=Coupon(id="c2", title="旧券", valid_until=date(2026, 1, 1))),
        )
    )
)


def saying(*variants: Variant, forbidden: tuple[str, ...] = (), script: str = "greet", **more: Any) -> Services:
    """The small shop whose ops wrote one script."""
    told = Script(script, "招呼语", variants, **more)
    brand = Brand(name="花间集", persona=Persona(name="小花", greeting_by_name=True, forbidden=forbidden))
    return replace(services(), brand=brand, staff=STAFF, book=Scriptbook.build([told], BUILT_IN, forbidden))


def answer(found: Services, text: str = "你好", **conversation: Any) -> tuple[Speech, Mapping[str, Any]]:
    session = conversation.pop("session", Session())
    done = take_turn(waiting(text, session=session, **conversation), found, NOON)
    (speech,), (settled,) = done.speeches, done.settled
    traced: Any = settled.trace["scripts"]
    return speech, traced[-1]


def test_the_trace_names_wording_arm_and_experiment() -> None:
    variants = (Variant("甲", id="plain", arm="A"), Variant("乙", arm="B"))
    _, traced = answer(saying(*variants, experiment=Experiment("e", (("A", 1.0), ("B", 1e-9)))))
    assert (traced["id"], traced["wording"], traced["arm"], traced["experiment"]) == ("greet", "plain", "A", "e")
    _, traced = answer(saying(Variant("在")))
    assert len(traced["wording"]) == 8
    assert {"arm", "experiment", "from", "built_in", "left_out"}.isdisjoint(traced)


def test_a_person_keeps_their_arm_over_channels() -> None:
    split = Experiment("e", (("A", 1.0), ("B", 1.0)))
    found = saying(Variant("甲", arm="A"), Variant("乙", arm="B"), experiment=split)
    for n in range(20):
        talks = [Customer(f"c{n}", person=f"union{n}"), Customer(f"other{n}", person=f"union{n}")]
        assert len({answer(found, customer=one)[1]["arm"] for one in talks}) == 1


def test_the_moment_and_the_place_are_told_in_the_brands_zone() -> None:
    night = Variant("夜里好", window=Window(hours=(60, 120)))
    assert answer(saying(Variant("在"), Variant("中午好", window=Window(hours=(720, 721)))))[0].text == "中午好"
    assert answer(saying(Variant("在"), night))[0].text == "在"
    here = saying(Variant("在"), Variant("华东的", regions=frozenset({"华东"})), Variant("上海的", regions=frozenset({"上海"})))
    assert answer(here, customer=Customer("c", store="sh"))[0].text in {"华东的", "上海的"}
    assert answer(here, customer=Customer("c", store="hz"))[0].text == "在"


class TestFirstContact:
    """Nothing of ours was ever said to them."""

    FOUND = saying(Variant("初见", first=True), Variant("又见", first=False))

    @pytest.mark.parametrize(
        ("session", "customer", "text"),
        [
            (Session(), Customer("c"), "初见"),
            (Session(version=3), Customer("c"), "又见"),
            (Session(episode=1), Customer("c"), "又见"),
            (Session(), Customer("c", met=True), "又见"),
            (Session(version=3), Customer("c", met=False), "初见"),
        ],
    )
    def test_what_is_stored_of_them_tells_else_the_memory_of_the_talk(
        self, session: Session, customer: Customer, text: str
    ) -> None:
        assert answer(self.FOUND, session=session, customer=customer)[0].text == text

    def test_what_is_on_its_way_counts(self) -> None:
        assert answer(self.FOUND, customer=Customer("c", met=False), pending_out=1)[0].text == "又见"

    def test_the_second_answer_of_a_turn_is_no_first_one(self) -> None:
        found = saying(Variant("初见", first=True), Variant("又见", first=False), script="thank")
        done = take_turn(waiting(a_message(1, "包邮吗"), a_message(2, "谢谢"), session=Session()), found, NOON)
        assert done.speeches[-1].text == "又见"

    def test_a_rehearsed_talk_remembers_that_it_spoke(self) -> None:
        talk = Rehearsal(saying(Variant("初见", first=True), Variant("又见", first=False), script="thank"))
        assert [talk.say("谢谢", NOON).speeches[0].text for _ in range(2)] == ["初见", "又见"]


class TestAttachments:
    """What goes with a wording is looked up when it is said."""

    def test_each_kind_becomes_a_card(self) -> None:
        attachments = (IMAGE, LINK, MINI, Attachment("product", sku="p1"), Attachment("coupon"))
        speech, traced = answer(saying(Variant("在", attachments=attachments)), customer=Customer("c", store="sh"))
        assert [(one.kind, one.title) for one in speech.cards] == [
            ("image", "图片"), ("", "活动页"), ("mini_program", "会员商城"), ("", "燕麦舒缓霜"), ("coupon", "新人券"),
        ]  # fmt: skip
        assert (speech.cards[3].price, speech.cards[3].url) == ("¥99", "https://x.invalid/p1")
        assert "left_out" not in traced

    @pytest.mark.parametrize(
        ("attachment", "why"),
        [
            (Attachment("product", sku="gone"), "不在商品表里"),
            (Attachment("coupon", id="c2"), "到期"),
            (Attachment("coupon", store="hz"), "到期"),
            (Attachment("coupon", id="gone"), "不在了"),
            (Attachment("coupon"), "没有门店"),
        ],
    )
    def test_what_has_ended_is_left_out_and_the_trace_says_so(self, attachment: Attachment, why: str) -> None:
        speech, traced = answer(saying(Variant("在", attachments=(attachment, LINK))))
        assert [card.title for card in speech.cards] == ["活动页"]
        (reason,) = traced["left_out"]
        assert why in reason

    def test_what_is_not_for_this_shopper_is_not_shown_to_them(self) -> None:
        pregnant = Customer("c", evidence=(Evidence("audience", "孕妇", 1.0, NOON, "m1"),))
        found = saying(Variant("在", attachments=(Attachment("product", sku="p2"),)))
        assert len(answer(found)[0].cards) == 1
        speech, traced = answer(found, customer=pregnant)
        assert speech.cards == ()
        assert "不适合" in traced["left_out"][0]

    def test_a_product_that_is_shown_already_is_not_shown_twice(self) -> None:
        found = saying(Variant("{商品名}", attachments=(Attachment("product", sku="p1"),)), script="order_link")
        done = take_turn(waiting("我要买燕麦舒缓霜", session=Session()), found, NOON)
        assert [card.sku for speech in done.speeches for card in speech.cards].count("p1") == 1


def test_where_a_forbidden_word_takes_the_answer_the_shopper_hears_that_we_cannot_say() -> None:
    speech, traced = answer(saying(Variant("在"), forbidden=("七天",)), "不喜欢能退吗")
    assert "七天" not in speech.text
    assert (traced["id"], [one.id for one in speech.options]) == ("no_answer", ["human"])


class TestChannels:
    """A mini-program opens where the platform can, and is a line of text elsewhere."""

    SPEECH = Speech("看看这里", cards=answer(saying(Variant("在", attachments=(MINI, LINK, IMAGE))))[0].cards)

    def test_in_kf_it_is_an_item_of_a_menu_which_the_platform_takes(self) -> None:
        body = kf.body(replace(self.SPEECH, options=(Option("human", "转人工"),)))
        kind, _ = checked(dict(body), lambda _: None)
        assert kind == "msgmenu"
        menu: Any = body["msgmenu"]
        assert [item["type"] for item in menu["list"]] == ["miniprogram", "click"]
        assert menu["list"][0]["miniprogram"] == {"appid": MINI.appid, "pagepath": MINI.path, "content": MINI.title}
        assert "https://x.invalid/a\n" in menu["head_content"]

    def test_among_many_options_the_way_to_a_person_stays(self) -> None:
        options = (*(Option(f"o{n}", str(n)) for n in range(12)), Option("human", "转人工"))
        menu: Any = kf.body(replace(self.SPEECH, options=options))["msgmenu"]
        assert len(menu["list"]) == 10
        assert (menu["list"][0]["type"], menu["list"][-1]["click"]["id"]) == ("miniprogram", "human")

    async def test_a_mini_program_that_the_platform_refuses_takes_the_words_nowhere(self) -> None:
        taken: list[object] = []

        class Strict:
            async def deliver(self, _path: str, body: Mapping[str, object], *, retried: bool) -> Mapping[str, object]:
                if body["msgtype"] == "msgmenu":
                    raise PermanentDeliveryError("40058 参数不合法", 40058)
                taken.append((body["msgtype"], retried))
                return {"errcode": 0}

        channel = KfChannel.__new__(KfChannel)
        channel.client = Strict()  # type: ignore[assignment]
        message = Outgoing(1, "m1", ConversationId("v1"), "wecom_kf", "demo", "wk1", "wm1", "bot", 0, self.SPEECH)
        await channel._say(message)
        assert taken == [("text", False)]
        with pytest.raises(PermanentDeliveryError):
            await channel._say(replace(message, speech=replace(self.SPEECH, cards=(), options=(Option("a", "b"),))))

    def test_elsewhere_every_attachment_is_words(self) -> None:
        for shown in (
            str(kf.plain(self.SPEECH)), aibot.content([self.SPEECH]), str(dingtalk.sent(self.SPEECH)), str(feishu.message(self.SPEECH, "p")),
        ):  # fmt: skip
            assert all(word in shown for word in ("会员商城", "小程序", "https://x.invalid/a", "https://x.invalid/a.png"))
        assert "![图片](https://x.invalid/a.png)" in str(dingtalk.sent(self.SPEECH))

    def test_the_outbox_keeps_them(self) -> None:
        assert speech_from_json(orjson.loads(speech_to_json(self.SPEECH))) == self.SPEECH
        assert "mini_program" in to_json({"cards": [card.kind for card in self.SPEECH.cards]})

    def test_the_scriptbook_knows_what_channels_cut(self) -> None:
        assert LIMITS["wecom_kf"] == kf._TEXT
        assert LIMITS["wecom_aibot"] == aibot._MOST
        assert LIMITS["dingtalk"] == dingtalk._MOST
        assert LIMITS["feishu"] == feishu._CARD
