"""What whoever takes a shopper should know about, in the words of ``guides.yml``; nothing that no guide has is asked for."""

import re
from collections.abc import Iterator, Mapping

from bot.handlers.base import Turn
from bot.services import Services

AFTER_SALES = "售后"
_OF_KIND: Mapping[str, str] = {"anger": AFTER_SALES, "risk": AFTER_SALES, "order": AFTER_SALES}
"""Kind of a wish → skill."""
_OF_INTENT: Mapping[str, str] = dict.fromkeys(
    (
        "return_goods",
        "exchange_goods",
        "report_problem",
        "ask_warranty",
        "cancel_order",
        "change_order",
        "track_order",
        "urge_order",
    ),
    AFTER_SALES,
)
_WORDS: Mapping[str, str] = {
    "孕期护肤": "孕|备孕|哺乳|喂奶|产后|月子|胎",
    "母婴": "宝宝|婴儿|新生儿|孩子|娃|奶粉|辅食|纸尿裤",
    "敏感肌": "敏感|过敏|泛红|刺痛|红肿|起疹|屏障|湿疹|皮炎|玫瑰痤|红血丝",
    "彩妆": "口红|唇釉|唇膏|粉底|气垫|遮瑕|眼影|腮红|眉笔|睫毛|眼线|色号|化妆|彩妆|修容|散粉",
    "香氛": "香水|香氛|香薰|香调|前调|后调|留香|蜡烛",
    "团购": "团购|采购|批发|大客户|福利|伴手礼|对公",
    "护肤": "面霜|乳液|精华|洁面|洗面奶|防晒|面膜|眼霜|爽肤水|化妆水|护肤|皮肤|肤质|油皮|干皮|混合皮|卸妆|身体乳",
}
"""Skill → words of the matter; the particular ones before the general."""


def wanted(turn: Turn, services: Services, kind: str = "", topic: str = "") -> str | None:
    """The first skill that fits and that some guide has: by the matter's own words first, after-sales for what went wrong."""
    held = {skill for guide in services.staff.guides.values() for skill in guide.skills}
    return next((skill for skill in _fitting(turn, kind, topic) if skill in held), None)


def _fitting(turn: Turn, kind: str, topic: str) -> Iterator[str]:
    text = f"{turn.recognition.normalized}\n{turn.message.text}"
    if topic in {"money", "scam", "legal"} or kind == "anger":
        yield AFTER_SALES
    yield from (skill for skill, words in _WORDS.items() if re.search(words, text))
    yield from (skill for skill, words in _WORDS.items() if turn.session.matter and re.search(words, turn.session.matter))
    for skill in (_OF_INTENT.get(turn.recognition.intent), _OF_KIND.get(kind)):
        if skill is not None:
            yield skill
    if kind == "reaction":
        yield from ("敏感肌", AFTER_SALES)
