"""Cleaning of what was copied from web pages and chat windows: each dirt its own small pure function, told by its name.

``clean`` applies all of them and says which found something. Cleaning twice changes nothing, and a line with an answer in it
is never thrown away for the dirt beside it: only whole lines that are nothing but boiler-plate go.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufffe\uffff]")
_BREAK: Final = re.compile("\r\n?|[\u2028\u2029\x85]")
_SYLLABLE: Final = "a-zA-Zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ"
_TONED: Final = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_OPENS: Final = r"(?<=[\u3400-\u9fff])[（(\[【]\s*"
_SYLLABLES: Final = rf"(?=[^）)\]】]*[{_TONED}])[{_SYLLABLE}]{{1,6}}(?:[ '’·]?[{_SYLLABLE}]{{1,6}}){{0,5}}"
_NUMBERED: Final = r"(?:(?=[a-zü]{2,6}[1-5])[a-zü]*[aeiouü][a-zü]*[1-5][ '’·]?){1,6}"
_PINYIN: Final = re.compile(rf"{_OPENS}(?:{_SYLLABLES}|{_NUMBERED})\s*[）)\]】]")
_BOPOMOFO: Final = re.compile(r"(?<=[\u3400-\u9fff])[（(\[【]\s*[\u3105-\u312f\u31a0-\u31bfˊˇˋ˙ˉ\s]{1,20}\s*[）)\]】]")
_WIDE: Final = re.compile(
    "[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u3000\uff05\uff0b\uff0d\uff0e\uff0f\uff1d\uff20\uff03\uff06\uff0a]+"
)
_BLANKS: Final = re.compile(r"[^\S\n]+")
_BETWEEN: Final = re.compile(r"(?<=[\u3400-\u9fff，。！？、；：]) (?=[\u3400-\u9fff，。！？、；：])")
_LINES: Final = re.compile(r"\n{3,}")
_EMOJI: Final = re.compile(
    "[\U0001f000-\U0001faff\U0001fb00-\U0001fbff\U000e0020-\U000e007f\u2600-\u26ff\u2700-\u27bf\u2b00-\u2bff\u231a-\u23ff\u25a0-\u25ff"
    "\u20e3]+"
)
_DECORATION: Final = re.compile(r"^[\s*#=_~\-—–·•●○◆◇■□★☆※|]+$")
_REPEATED_SIGN: Final = re.compile(r"([！!？?。~～…，,])\1{2,}")
_PAGE_NUMBER: Final = re.compile(
    r"^\s*(?:[-—–·]\s*\d{1,4}\s*[-—–·]|第\s*\d{1,4}\s*页(?:\s*[/／,，]?\s*共\s*\d{1,4}\s*页)?|\d{1,4}\s*[/／]\s*\d{1,4}(?:\s*页)?|"
    r"[Pp]age\s*\d{1,4}(?:\s*of\s*\d{1,4})?|共\s*\d{1,4}\s*页)\s*$"
)
_SENTENCE: Final = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*|[。！？!?；;\n]+")

_SPAM: Final = (
    (
        r"(?:加|添加|咨询|联系)?(?:我|客服|小编|老师)?(?:个?人)?(?:的)?(?:微信|薇信|威信|[vV][xX]|[vV]信|[qQ][qQ]群?|扣扣群?)(?:号|群)?"
        r"\s*[:：]?\s*[a-zA-Z0-9_-]{5,20}.{0,12}"
    ),
    r".{0,10}(?:加|扫|＋|\+)\s*(?:我|小编|客服|下方)?(?:的)?(?:微信|[vV][xX]|薇|威信|二维码|群).{0,20}(?:领|送|福利|优惠|进群|红包|资料|咨询|了解|回复).{0,16}",
    r"(?:长按|扫描|识别|扫一?扫|扫)+(?:下方|上方|图中|这个)?(?:的)?二维码.{0,16}",
    r"(?:点击|戳|猛戳|点)?(?:上方|下方|右上角|左下角|蓝字|文末|这里)*(?:的)?(?:蓝字|名片)?.{0,4}关注(?:我们?|公众号|本号|官方).{0,16}",
    r"(?:点击|戳)(?:上方|下方|右上角|左下角|文末|蓝字).{0,4}(?:关注|阅读原文|蓝字|名片|链接|领取|进入).{0,14}",
    r"(?:觉得|如果)?.{0,8}(?:喜欢|有用|不错).{0,6}(?:点个?赞|在看|转发|收藏|一键三连).{0,14}",
    r"(?:点赞|在看|收藏|转发|分享)(?:[\s、，,/|·]*(?:点赞|在看|收藏|转发|分享|评论|举报|打赏))+",
    r"(?:限时|疯狂|全网)(?:秒杀|抢购|特惠|最低价)[!！~～\s]*(?:点击|速抢|速来|立即|加|戳).{0,20}",
    r"(?:兼职|刷单|日赚|日入|月入)\S{0,6}\d{2,}.{0,24}",
)
_BOILER: Final = (
    r"(?:上|下)一(?:篇|页|条|章)(?:\s*[:：>»›].{0,60})?",
    r"(?:首页|网站首页|主页|返回首页|home)(?:\s*[>»›/|·-]\s*\S{1,16}){0,6}",
    r"(?:当前位置|您的位置|您现在的位置|你在这里|所在位置)\s*[:：].{0,60}",
    r".{0,30}(?:版权所有|版权归.{1,20}所有|著作权归|copyright\s*(?:©|\(c\)|\d{4})|©\s*\d{4}|all rights reserved).{0,60}",
    r".{0,12}(?:ICP备|公网安备|增值电信|网安备|经营许可证)[\s\d\-A-Za-z号证:：京沪粤浙苏川渝]*\d.{0,16}",
    r"未经.{0,8}(?:授权|许可|允许|同意).{0,10}(?:转载|复制|使用|摘编|传播).{0,30}",
    r"(?:转载请(?:注明|联系)|本文(?:来源|转自|来自|由)|声明[:：]\s*本|免责声明).{0,60}",
    r"(?:分享到|分享至)\s*[:：]?.{0,40}",
    r"(?:微博|微信|朋友圈|[qQ][qQ](?:空间|好友)?|豆瓣|知乎|抖音|小红书|复制链接)(?:[\s、，,/|·]+(?:微博|微信|朋友圈|[qQ][qQ](?:空间|好友)?|豆瓣|知乎|抖音|小红书|复制链接))+",
    r"(?:相关(?:阅读|推荐|文章|问题|链接)|猜你喜欢|热门(?:推荐|文章|标签|搜索)|推荐阅读|友情链接|大家都在看|延伸阅读)\s*[:：]?",
    r"(?:返回顶部|回到顶部|返回列表|返回上一页|打印本页|关闭窗口|收藏本页|加入收藏|字号\s*[:：]?\s*(?:大|中|小|[\[\]\s])*|展开(?:全文|更多)?|收起|查看更多|加载更多|阅读全文|more)\s*[>»›…]*",
    (
        r"(?:登录|注册|退出|我的订单|购物车|会员中心|帮助中心|联系我们|关于我们|网站地图|在线客服|手机版|app下载|下载app|意见反馈)"
        r"(?:\s*[|｜/·\s]\s*(?:登录|注册|退出|我的订单|购物车|会员中心|帮助中心|联系我们|关于我们|网站地图|在线客服|手机版|app下载|下载app|意见反馈))+"
    ),
    r"(?:发布|更新|编辑)(?:时间|日期|于)\s*[:：]\s*[\d年月日:：/.\-\s]+",
    r"(?:浏览|阅读|点击|访问)(?:次数|量|数|人次)?\s*[:：]\s*\d+\s*次?",
    r"(?:作者|编辑|责编|责任编辑|标签|关键词|tags?)\s*[:：]\s*\S{1,20}(?:\s+\S{1,12}){0,5}",
    r"(?:来源|出处)\s*[:：]\s*(?:网络|互联网|本站|公众号|\S{1,12}网).{0,12}",
    r"(?:以上|此)?(?:内容|答案|信息|回答)?(?:对您|对你)?(?:是否)?有(?:没有)?(?:用|帮助)[吗？?]*(?:\s*(?:有用|没用|是|否|有帮助|没帮助|\(\d+\)|\d+))*",
    r"(?:问题)?(?:没有?解决|已解决|未解决)[？?]?(?:\s*(?:没有?解决|已解决|未解决|联系客服|点此反馈))*",
)
_SPAM_LINE: Final = re.compile("|".join(f"(?:{one})" for one in _SPAM), re.IGNORECASE)
_BOILER_LINE: Final = re.compile("|".join(f"(?:{one})" for one in _BOILER), re.IGNORECASE)
_LONGEST_DIRT: Final = 90
"""Characters of a line that a pattern may throw away whole."""
_TRIM: Final = " \t【】[]（）()<>《》「」*-—|｜·•>»›!！~～。.…"

Step = tuple[str, Callable[[str], str]]


def entities(text: str) -> str:
    """``&nbsp;``, ``&amp;lt;`` and numbers as the signs they stand for, also where they were escaped twice."""
    for _ in range(3):
        told = html.unescape(text)
        if told == text:
            break
        text = told
    return text


def invisible(text: str) -> str:
    """Without zero-width signs, direction marks, variation selectors, control and private-use characters."""
    return _CONTROL.sub("", _INVISIBLE.sub("", _BREAK.sub("\n", text)))


def width(text: str) -> str:
    """Full-width letters, digits and blanks as half-width ones; Chinese punctuation stays what it is."""
    return _WIDE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def ruby(text: str) -> str:
    """Without the reading in brackets: 退（tuì）货 → 退货. (Vitamin)-like Latin words without tones stay."""
    return _BOPOMOFO.sub("", _PINYIN.sub("", text))


def simplified(text: str) -> str:
    """Traditional characters as simplified ones (OpenCC t2s)."""
    return _opencc()(text)


def emoji(text: str) -> str:
    """Without emoji, arrows and dingbats; they say nothing that an answer needs."""
    return _EMOJI.sub("", text)


def blanks(text: str) -> str:
    """One blank for many, none between Chinese characters and at the ends of lines, no rows of empty lines."""
    lines = (_BETWEEN.sub("", _BLANKS.sub(" ", line)).strip() for line in text.split("\n"))
    return _LINES.sub("\n\n", "\n".join(lines)).strip()


def signs(text: str) -> str:
    """！！！！ → ！: a sign that is repeated for effect stands once."""
    return _REPEATED_SIGN.sub(r"\1", text)


def spam(text: str) -> str:
    """Without lines that advertise a chat account, a code to scan, a page to follow."""
    return _without(text, lambda line: _SPAM_LINE.fullmatch(line) is not None)


def boilerplate(text: str) -> str:
    """Without navigation, share bars, copyright, dates of publication, 上一篇/下一篇."""
    return _without(text, lambda line: _BOILER_LINE.fullmatch(line) is not None)


def page_numbers(text: str) -> str:
    """Without the lines that number pages or only decorate."""
    return "\n".join(line for line in text.split("\n") if not (_PAGE_NUMBER.match(line) or _DECORATION.match(line)))


def repetition(text: str) -> str:
    """Each sentence once: what was pasted twice is said once. Short ones (好的。) may come again."""
    seen: set[str] = set()
    kept: list[str] = []
    for part in _SENTENCE.findall(text):
        key = re.sub(r"[\W_]+", "", part)
        if len(key) >= 6 and key in seen:
            continue
        seen.add(key)
        kept.append(part)
    return "".join(kept)


STEPS: Final[Sequence[Step]] = (
    ("HTML 转义", entities),
    ("看不见的字符", invisible),
    ("全角", width),
    ("注音", ruby),
    ("繁体字", simplified),
    ("表情符号", emoji),
    ("空格", blanks),
    ("连用的标点", signs),
    ("页码", page_numbers),
    ("广告", spam),
    ("网页套话", boilerplate),
    ("重复的句子", repetition),
)
"""In the order in which they are applied: what hides a pattern from another goes first."""
_SILENT: Final = frozenset({"空格", "连用的标点", "全角"})
"""Not worth a word in a note."""
_ROUNDS: Final = 12


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without dirt, and the names of what was taken out; a clean text comes back as it was.

    A text that is nothing but dirt comes back empty.
    """
    found: dict[str, None] = {}
    for _ in range(_ROUNDS):
        before = text
        for name, step in STEPS:
            after = step(text)
            if after != text and name not in _SILENT:
                found[name] = None
            text = after
        if text == before:
            break
    return text, tuple(found)


def repeated_lines(pages: Sequence[str], least: int = 3) -> frozenset[str]:
    """Lines that stand on every page of at least ``least``: heads, feet and side bars of a site, no content."""
    if len(pages) < least:
        return frozenset()
    lines = [{line.strip() for line in page.split("\n") if line.strip()} for page in pages]
    return frozenset.intersection(*map(frozenset, lines))


def _without(text: str, dirt: Callable[[str], bool]) -> str:
    def dirty(line: str) -> bool:
        bare = line.strip(_TRIM)
        return 0 < len(bare) <= _LONGEST_DIRT and dirt(bare)

    return "\n".join(line for line in text.split("\n") if not dirty(line))


@cache
def _opencc() -> Callable[[str], str]:
    from opencc import OpenCC  # noqa: PLC0415  (its dictionaries are read when the first text needs them)

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert
