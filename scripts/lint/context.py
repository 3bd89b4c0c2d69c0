"""What excuses words: a denial, a warning, a question that is reported, a fact behind a promise."""

import re
from typing import Final

from scripts.lint.model import Rule, compiled

_STOP: Final = re.compile(r"[,。!?;\n]")
_END: Final = re.compile(r"[。!?;\n]")
_HARMLESS: Final = re.compile(
    r"不仅|不但|不只|不止|不光|不单|不论|不管|不过|不错|不愧|不得不|不能不|不可思议|不可多得|不能错过|不可错过|不容错过"
    r"|不要错过|不会错|别错过|不用怀疑|不要犹豫|不得了|不用去|不必去|不用再|不会后悔|不来后悔|要不要|好不好|无论|无需|无须"
    r"|无比|无敌|无与|非常|非凡|未来|别人|别家|特别|个别|区别|级别|识别|性别|告别|分别|不想错过|莫过于|莫大|没想到|还没"
    r"|有没有|是不是|能不能|会不会|可不可以|不吃药|不打针|不手术|不节食|不运动|不开刀|不住院|不花钱|没用过"
)
"""Phrases with a word of denial in them that deny nothing of what follows."""
_DENIES: Final = re.compile(
    r"(?:不|没法|没|很难|难以|别|勿|未|并非|莫|禁止?|严禁|拒绝?|谢绝|杜绝|抵制|反对|不得|无法)(?:能够?|会|可以?|是|敢|做"
    r"|保证|承诺|宣称|宣传|声称|说|讲|称|用于|用来|作为|当作?|具有?|具备|有|要|搞|得|许|应该?|卖|涉及|等于|代替|替代|属于"
    r"|构成|建议|提供|轻信|相信|信|参与|支持|鼓励|接受|允许|存在|追求|打|写|碰|玩|认可|需要?|一定|必|敢说|好说|以|出现|使用"
    r"|带|拿|叫|发展|收|索要?|问|向[^,]{0,4}(?:要|索取|收)|找[^,]{0,4}要|让[^,]{0,6}|把[^,]{0,10}|将[^,]{0,10}|随意"
    r"|轻易|随便|跟[^,]{0,4}|给[^,]{0,4}|因为|为了?|任何|什么){0,4}(?P<between>[^,。!?;\n]{0,9})$"
)
_ADJACENT: Final = re.compile(r"(?:不|没有?|无|非|别|勿|未|零|0)(?:任何|什么|所谓|的|一种|哪[款个种家]|谁[是]?)?$")
_WARNS: Final = re.compile(
    r"(?:谨防|警惕|所谓|凡是|声称|宣称|号称|轻信|别信|别指望|举报|警方|反诈|打着|以[^,]{0,8}为名|禁止|不允许|严禁|查处|违规|违法"
    r"|处罚|虚假"
    r"|(?:听到|看到|遇到|碰到)(?:有人|谁|别人|哪家|这种|那种|说|宣传|“|\"|「)|(?:想|要|是)问|您?问(?:的|了?一?下?这|喝|吃|用)|(?:有人|有?妈妈|有?宝妈|客人|顾客|姐妹|朋友)们?[都会也]?问|听说|网上说"
    r"|有人说|谁说"
    r")[^。!?;\n]{0,16}$"
    r"|(?:小心|当心|避免|咨询|担心|听到|是不是|能不能|可不可以|会不会|有没有|是否|能否|有无)[^,。!?;\n]{0,12}$"
)
_RESUMES: Final = re.compile(r"(?:就|也|都|照样|依然|却|还|而|但|便)(?:能|可|会|是|有)|即可|[一]?样能")
_AFTER: Final = re.compile(
    r"^[^。!?\n]{0,14}?(?:(?:是|属于?|都|也|算|就是|全是|构成)(?:[^,。!?]{0,4})(?:违法|违规|骗|谣言|不可信|不合规|假的|禁止"
    r"|不允许|不被允许|传销|不对|不行|误区|误导)|不可信|别信|不能信|不要信|不靠谱|不合规|被禁止|不允许|都不能(?:说|写|用)"
    r"|不能(?:说|写|用|提|出现|宣传)|谈不上|做不到|办不到|保证不了|不好说|要不得|别参与|请举报|不提倡|不要参与|请勿|别做"
    r"|别说|别写|别给|别发|别告诉|不要(?:给|发|告诉|说|透露)|谁要都|任何人都?[^,]{0,4}(?:不|别)|的?(?:说法|宣传|承诺|广告"
    r"|套路|骗局|字样|词)[^。!?]{0,6}(?:不|别|违|骗|误|小心|警惕|请)|(?:我们|本店|店里|咱们?|小店|我|花花|这边)(?:家|这儿?"
    r"|这里|店里|这边|品牌)?(?:从来?|绝|都|可|也|一律|一概)*(?:不(?!骗|玩|忽悠|套路)|没))"
)
_BACKED: Final = {
    "price": re.compile(r"\{[^{}]*(?:价|金额|优惠|折|元|满减|券)[^{}]*\}"),
    "date": re.compile(r"\{[^{}]*(?:日期|时间|时效|到货|发货|送达|几点|哪天|天数|截止|营业|时段|日)[^{}]*\}"),
    "stock": re.compile(r"\{[^{}]*(?:库存|现货|有货|件数|余量|数量|门店列表|剩)[^{}]*\}"),
}
"""Placeholders that the program fills with a fact, by what they are facts about."""


def excused(rule: Rule, text: str, start: int, end: int) -> bool:
    """Whether a match of a rule at ``text[start:end]`` is honest where it stands."""
    begin = _last(_END, text, start)
    sentence = text[begin : _next(_END, text, end)]
    if rule.given and not compiled(rule.given).search(sentence):
        return True
    if rule.unless and compiled(rule.unless).search(sentence):
        return True
    return rule.denied and (_denied(text[begin:start]) or bool(_AFTER.match(text[end:])))


def backed(rule: Rule, text: str, facts: frozenset[str]) -> bool:
    """Whether a promise has a fact behind it: one that is named, or a placeholder that the program fills."""
    return bool(rule.backs) and (rule.backs in facts or bool(_BACKED[rule.backs].search(text)))


def _denied(before: str) -> bool:
    """Whether what stands before the words, in their sentence, denies them, warns of them or asks about them."""
    if not before:
        return False
    if _WARNS.search(before):
        return True
    before = _HARMLESS.sub(lambda found: "□" * len(found[0]), before)
    clause = before[_last(_STOP, before, len(before)) :]
    if _ADJACENT.search(clause):
        return True
    found = _DENIES.search(clause)
    if found is None or _RESUMES.search(found["between"]):
        return False
    # a bare 不 denies only what it touches
    return found[0][1:] != found["between"] or not found["between"]


def _last(mark: re.Pattern[str], text: str, before: int) -> int:
    """Where what follows the last mark before a place begins."""
    at = 0
    for found in mark.finditer(text, 0, before):
        at = found.end()
    return at


def _next(mark: re.Pattern[str], text: str, after: int) -> int:
    found = mark.search(text, after)
    return found.end() if found else len(text)
