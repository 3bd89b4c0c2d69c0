"""Mood and hurry of a message: a small lexicon, punctuation, and what the message is about."""

import math
import re

_WORDS: tuple[tuple[float, str], ...] = (
    (
        1.0,
        r"太?喜欢|很?满意|超好用|好用|好吃|好喝|好看|漂亮|完美|惊喜|很?赞|点赞|回购|推荐给|永远的神|爱了|不错|给力|贴心|香香|舒服|显白|显瘦了|值得|五星|好评|靠谱|效果好|很?棒",
    ),
    (
        0.5,
        r"谢谢|感谢|辛苦|么么|爱你|可爱|耐心|开心|哈哈|\[(?:愉快|微笑|开心|呲牙|喜欢|色|亲亲|爱心|玫瑰|花|强|鼓掌|庆祝|握手)\]",
    ),
    (
        -1.5,
        r"骗子|骗人|垃圾(?!袋|桶|分类)|投诉|(?<!\d)12315(?!\d)|曝光|起诉|黑店|无良|恶心|滚|傻逼|妈的|骂人|坑人|奸商|报警|\[(?:发怒|骂人)\]",
    ),
    (
        -1.0,
        r"差评|生气|气死|失望|无语|太差|很差|真差|难用|难吃|难看|难闻|后悔|不满意|烂|破烂|过敏|刺痛|拉肚子|坏了|碎了|漏了|破了|假货|假的|没人(?:管|理|回)|敷衍|推卸|忍无可忍|受不了|离谱|服了|\[(?:生气|吐|弱|心碎|便便|小丑)\]",
    ),
    (
        -0.5,
        r"还不|怎么还|还没|不回|慢死|太慢|太贵|贵了|不好|不行|不喜欢|麻烦死|烦|少发|发错|漏发|掉色|起球|不舒服|不太|色差|不值|不合适|\[(?:撇嘴|白眼|无语|大哭|流泪|汗)\]",
    ),
)
_LEXICON = tuple((weight, re.compile(words)) for weight, words in _WORDS)
_DENIED = re.compile(r"(?:不|没|没有|不太|不怎么|不够|不是很)$")
_ASKED = re.compile(r"(?:吗|么|嘛|\?)$")
_INTENT_MOOD = {
    "complain": -0.6, "report_reaction": -0.4,
    "report_problem": -0.3, "urge_order": -0.3, "opt_out": -0.3, "praise": 0.5, "thank": 0.4,
    "ask_privacy": -0.1, "cancel_order": -0.1, "return_goods": -0.1,
}  # fmt: skip
_ANGRY = frozenset(("complain", "report_reaction", "report_problem", "urge_order", "opt_out"))
_IN_QUESTION = 0.25
"""会过敏吗 is no bad mood, 好用吗 no praise."""
_HURRY = (
    (
        0.5,
        re.compile(
            r"着急|很急|急用|急急|急死|等着用|等不及|赶紧|赶快|马上|立刻|立马|现在就要|火速|加急|救命|十万火急|紧急|急!|^急|在线等"
        ),
    ),
    (
        0.3,
        re.compile(
            r"尽快|快点|快一点|催|抓紧|今天(?:能|就|要|必须|内)|今晚(?:就|要|之前)|来得及|还不|怎么还|都[一二两三四五六七八九十\d]+天|半天了|好久了|等了|到底|没人(?:理|回|吗)|人呢|最后一次"
        ),
    ),
    (0.4, re.compile(r"(?<!\d)12315(?!\d)|投诉|报警|曝光|呼吸困难|喘不上|发烧|休克|医院|去看医生|急诊|中毒")),
)
_INTENT_HURRY = {
    "report_reaction": 0.5,
    "complain": 0.3,
    "urge_order": 0.35,
    "ask_human": 0.15,
    "report_problem": 0.15,
    "cancel_order": 0.15,
    "change_order": 0.15,
}


def sentiment(text: str, intent: str) -> float:
    """Mood of a normalised message, −1 (angry) … 1 (delighted), rounded to hundredths."""
    asked = _ASKED.search(text) is not None and intent not in _ANGRY
    score = _INTENT_MOOD.get(intent, 0.0)
    for weight, words in _LEXICON:
        for found in words.finditer(text):
            denied = _DENIED.search(text[max(0, found.start() - 4) : found.start()]) is not None
            score += (-0.6 * weight if denied else weight) * (_IN_QUESTION if asked else 1.0)
    if score < 0:
        score -= 0.15 * min(3, text.count("!")) + (0.1 if "??" in text else 0.0)
    elif score > 0:
        score += 0.1 * min(3, text.count("!"))
    return round(math.tanh(0.7 * score), 2) + 0.0


def urgency(text: str, intent: str) -> float:
    """Hurry of a normalised message, 0 (whenever) … 1 (now), rounded to hundredths."""
    calm = 1.0 - _INTENT_HURRY.get(intent, 0.0)
    for weight, words in _HURRY:
        if words.search(text):
            calm *= 1.0 - weight
    if text.count("!") + text.count("?") >= 2:
        calm *= 0.85
    return round(1.0 - calm, 2) + 0.0
