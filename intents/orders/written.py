"""How a group's messages are written: one spelling, quotes and mentions taken off, and what is a number but no quantity."""

import re
from dataclasses import dataclass
from functools import lru_cache

from intents.emoji import EMOJI
from intents.folding import STEPS, is_plain

_CIRCLED = re.compile(r"[①-⑳](?![斤箱盒袋瓶包罐桶提份条只枚个公件卷支双杯块打碗串扎篮])")
_NUMERAL = re.compile(r"[①-⑳❶-❿➀-➓]")
_NUMERALS = str.maketrans({chr(first + n): str(n + 1) for first in (0x2460, 0x2776, 0x2780, 0x278A) for n in range(10)})
_KEYCAP = re.compile(r"^([ \t]*)(\d{1,2})\ufe0f?\u20e3[ \t]*(?=\D)", re.MULTILINE)
_QUOTE = re.compile(r"^\s*[「“\"]([^」”\"]+)[」”\"]\s*\n\s*(?:[-—]\s*){3,}\n?", re.DOTALL)
_QUOTED = re.compile(r"^\s*>\s?(.+)\n+")
_BESIDE = re.compile(r"^\s*[「“]([^」”:：\n]{1,20}[:：][^」”]+)[」”]\s*")
_MENTION = re.compile(r"(?<![.、)])(?<![.、)] )@[^\s\u2005,:;，。：@]{1,20}(?:[\s\u2005]|$)")
_PICTURE = re.compile("|".join(re.escape(one) for one in sorted(EMOJI, key=len, reverse=True)))
_PLUS = re.compile("➕")
_TIMES = re.compile(r"[✖×✕╳]\ufe0f?")
_SPACES = re.compile(r"[ \t\u2005\xa0\u3000]+")
_FORMAL = re.compile(r"[壹贰叁肆伍陆柒捌玖拾]+(?=[斤箱盒袋瓶包罐桶提份条只枚个公件卷支双杯块打])")
_PLAIN = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")
_DIGITS = "\\d"
_HAN = "[一二两三四五六七八九十]"
NUMBER = r"(?:\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千]+|半)"
PHONE = r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)|(?:尾号|手机号?|电话|tel)[:是 ]*\d{3,12}"
MONEY = (
    r"[¥￥]\s?\d+(?:\.\d+)?(?:\s?[/每一]\s?[\u4e00-\u9fff]{1,2})?"
    r"|\d+(?:\.\d+)?\s?(?:元|块钱|rmb|RMB|圆|块(?=[/一每])){per}"
    r"|[一二两三四五六七八九十百]+(?:块钱|元|块(?=[/一每])){per}"
)
PLACE = (
    r"[A-Za-z]?\d{1,4}(?:号楼|号院|号门|栋|幢|座|单元|弄|室|楼|层|区|期)(?:[A-Za-z]?\d{0,4}(?:单元|室|号|层|楼|座|[-/]\d+)?){0,3}"
    r"|[一二三四五六七八九十]{1,3}(?:号楼|栋|幢|单元|楼|层|期)|[A-Za-z]{1,2}\d{0,3}[ -]?(?:区|栋|座|楼|单元)(?:-?[A-Za-z0-9"
    r"]{1,4})?"
    r"|[东南西北][区门苑]|[\u4e00-\u9fff]{2,4}(?:小区|花园|大厦|家园|公寓|广场|云谷)|(?<![\d.])\d{1,3}[-—/]\d{3,4}(?:[-—]\d"
    r"+)?(?!\d)"
    r"|(?<![\d.A-Za-z])\d{1,2}[-—]\d{1,2}[-—]\d{2,4}|(?<![A-Za-z])[A-WYZa-wyz]\d{1,2}(?![A-Za-z0-9])(?=$|[ ,;，()\n-])"
)
TIME = (
    r"\d{1,2}:\d{2}(?:-\d{1,2}:\d{2})?|(?:\d{1,2}|[一二两三四五六七八九十]{1,3})点(?:半|钟|\d{1,2}分?)?(?=[^心]"
    r"|$)|\d{1,2}月\d{1,2}[日号]?"
    r"|\d{1,2}[号日](?![\u4e00-\u9fff]?码)|周[一二三四五六日天末]|星期[一二三四五六日天]|礼拜[一二三四五六日天]"
    r"|[上中下]午|[今明后昨]天|[今明]晚|20\d\d[-/年]\d{1,2}(?:[-/月]\d{1,2})?"
)
OTHER = (
    rf"(?:{_DIGITS}+(?:\.\d+)?|{_HAN}+|几|半)\s?(?:个?小时|分钟|个?月|天|年|周|岁|度|℃|人|个人|口人|位|次"
    rf"|遍|折|%|站|公里|步|个娃|个孩子"
    r"|个宝宝|个老人|个星期|个?礼拜|秒|届|周年|w|万|楼|分钱|毛|米|厘米|cm|平|寸|号|种|款|样|类|个口味|个味"
    r"|码|号色|寸|世|家|代|点\d)(?![\u4e00-\u9fff]?茶)"
    r"|(?:\d+|[一二两三四五六七八九十]+)个(?:尺?码|颜色|色|口味|规格|型号|牌子|地方|品种)"
    r"|第[\d一二三四五六七八九十]+[\u4e00-\u9fff]?|(?:编号|单号|订单号?|群号|NO\.?|No\.?)[: ]*\d+"
)


@dataclass(frozen=True, slots=True)
class Written:
    """A message in one spelling, without what it quotes."""

    text: str
    quoted: str = ""


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Width, script and look-alikes made one; line breaks stay."""
    if not is_plain(text):
        for step in STEPS:
            parts: list[str] = []
            done = 0
            for start, end, new in step(text):
                parts += (text[done:start], new)
                done = end
            text = "".join((*parts, text[done:]))
    return _SPACES.sub(" ", text.replace("\r", "")).strip()


@lru_cache(maxsize=4096)
def written(text: str) -> Written:
    """A message without mentions and with the quote that it answers to one side."""
    quoted = ""
    for pattern in (_QUOTE, _QUOTED, _BESIDE):
        if (found := pattern.match(text)) and found.end() < len(text):
            quoted, text = found[1], text[found.end() :]
    text = _CIRCLED.sub(lambda one: f"\n{ord(one[0]) - 0x245F}. ", text)
    text = _NUMERAL.sub(lambda one: one[0].translate(_NUMERALS), text)
    text = _KEYCAP.sub(r"\1\2. ", text)
    text = _FORMAL.sub(lambda one: one[0].translate(_PLAIN), text)
    text = _TIMES.sub("x", _PLUS.sub("+", text))
    return Written(folded(_MENTION.sub(" ", text)), folded(quoted))


def pictured(text: str) -> str:
    """Pictures of goods as words: 🍎 → 苹果; others fall away."""
    return _PICTURE.sub(lambda one: EMOJI[one[0]].strip("[]"), text) if not text.isascii() else text
