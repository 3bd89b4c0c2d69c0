"""What was left over in a text for everybody: notes to colleagues, somebody's personal data, halves, doubles, other tongues."""

import re
from collections.abc import Iterator
from typing import Final

from bot.content.items import Item
from bot.content.linting_pieces import Mark, Piece, Severity, pieces

_NOTE: Final = re.compile(
    r"先这么[写用发]|这[样么]写(?:行|可以|对|好)(?:吗|不|么)|(?:发之前|上线前|发布前)[^，。]{0,4}(?:问|确认|核对|看|改|替换)|发完(?:就)?(?:撤|删)|(?:改版|上线|活动)后(?:再)?(?:删|改|撤)"
    r"|(?:删掉|删了|改掉|替换掉?)(?:这|本|该)[条句段]|[此这本]条(?:[^，。]{0,4}发|先|暂)|这[段条句](?:话)?(?:不要|别|先不|先别|不能)[^，。]{0,3}(?:发|用)|以上为|以下为(?:旧|新|原)|见附件"
    r"|(?:旧|新|原|终|初)版(?:文案|如下|见|本?：)|以上.{0,4}旧版|[（(【][^）)】]{0,12}(?:待(?:确认|核|定|审|查|补|改|完善|更新|替换)|没(?:回复|确认|定|批|审)|审核中|占位|此处|待[^，。）)】]{1,6}(?:确认|核实|核对|审核|审批|拍板|敲定)|草稿|初稿|终稿|定稿|旧版|仅内部|内部|勿发|不要发|别发|法务|运营|市场部|文案)[^）)】]{0,10}[）)】]"
    r"|待(?:确认|核实|补充|定稿|审核|更新|完善|替换|校对)\s*(?:$|[?？!！])|(?:^|[。；！\s])(?:备注|注意事项待补|批注|修改意见|审核意见)[:：]|(?:^|\n)\s*(?:改|原)[:：]"
    r"|(?:先|暂时?)(?:不要|不|别)(?:上线|发布|发出去|外发)|(?:仅供|限)内部(?:使用|参考)|内部(?:使用|资料|参考)|不对外|勿外传|@[\u4e00-\u9fffA-Za-z]{1,6}\s*(?:这|帮|看|再|核|确认|改|麻烦|请|审)"
    r"|(?:店长|老板|领导|主管|经理|法务|文案|[小老阿][\u4e00-\u9fff]|[\u4e00-\u9fff]{1,2}[姐哥总])(?:你|您)?(?:再|帮忙|帮我|麻烦)?(?:看一?下|审一?下|核对一?下|改一?下|确认一?下)(?!您|你|呢|这边|店)"
    r"|(?:以下|这)是(?:为您|给您|我)?[^，。]{0,6}(?:优化|润色|改写|修改|生成|整理|撰写)后?的|(?:^|[，。\s])(?:优化|润色|改写)后[:：]|作为(?:一个)?(?:AI|人工智能)(?:语言)?(?:模型)"
    r"|【[^】]{0,8}(?:文案|稿|模板|脚本|话术)[^】]{0,4}】|\[(?:图片|表情|语音|文件|视频|链接|动画表情)\]|\d{4}[/-]\d{1,2}[/-]\d{1,2}\s+\d{1,2}:\d\d|<{5,}|>{5,}|={5,}|#{3,}|\*{2,}[^*]+\*{2,}|[↑↓]这|今天先到这|(?:未完|待续)"
    r"|(?:不知道|不确定)(?:对不对|写得对不|是不是这样)|(?:谁|有人)[^，。]{0,4}(?:改一?下|补一?下)|(?:回头|下周|明天|有空)(?:再|我)?(?:改|补|删|写)|(?:这里|此处|这块)(?:要|需要|得|先|再)?(?:改|补|写|填|核对|核实|加)(?!善|充说明|水|妆)"
)
_TRIED: Final = re.compile(
    r"^\s*(?:测试|test)|测试测试|测试(?:一下|消息|内容|数据|用|\d)|(?<![A-Za-z])(?:test|demo|asdf|qwer)\w*(?![A-Za-z])|(?<!\d)(?:123456|111111)(?!\d)",
    re.IGNORECASE,
)
_MOBILE: Final = re.compile(r"(?<![\d.@/])1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_CARD: Final = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)")
_ACCOUNT: Final = re.compile(r"(?<!\d)(?:62|4\d|5[1-5])\d{2}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}(?:[ -]?\d{1,3})?(?!\d)")
_NUMBER: Final = re.compile(
    r"(?:订单号?|单号|运单号?|物流号|编号)(?:是|为|：|:|\s)*(?:[A-Za-z]{0,4}[-]?\d{8,})|(?<![A-Za-z0-9/._=-])(?:[A-Z]{2,4}\d{10,}|20\d{12,18})(?![\d])"
)
_HOME: Final = re.compile(
    r"(?:路|街|巷|弄|村|小区|花园|苑|号)[^，。；]{0,12}?\d+(?:号楼|栋|幢|单元|号院|座)[^，。；]{0,8}?\d{2,4}(?:室|号|$)?|\d+(?:栋|幢|单元)\d{2,4}"
)
_HANDLE: Final = re.compile(
    r"(?:微信号?|[Vv]信|[Ww][Xx]|企微|QQ)(?:号)?(?:是|为|：|:|\s)*[A-Za-z0-9][A-Za-z\d_-]{5,19}(?![\w./])|[\w.]+@(?:qq|163|126|gmail|outlook|hotmail|sina|foxmail)\.com",
    re.ASCII | re.IGNORECASE,
)
_SECRET: Final = re.compile(r"(?:密码|口令)(?:是|为|：|:|\s)+[A-Za-z\d@#$%&_]{4,}|验证码(?:是|为|：|:|\s)*\d{4,8}")
_SOMEBODY: Final = re.compile(
    r"(?<![\u4e00-\u9fff])[王李张刘陈杨赵黄周吴徐孙胡朱林郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊陆郝孔崔康毛邱秦江史顾侯邵孟龙段雷钱汤尹黎易武乔贺赖龚]"
    r"[\u4e00-\u9fff]{0,2}(?:女士|先生|小姐(?!姐)|太太|阿姨)|[王李张刘陈杨赵黄周吴徐孙胡朱林郭罗梁宋郑谢韩唐冯董程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶余潘杜戴钟汪姜范姚谭廖邹熊陆崔邱秦顾侯邵孟](?:女士|先生|小姐(?!姐)|太太)"
    r"|(?:上次|昨天|前天|上周)[\u4e00-\u9fff]{2,4}(?:那单|那位|的订单|的单子|的地址|的电话)"
)  # fmt: skip
_TONGUE: Final = re.compile(r"(?<![A-Za-z/.@:])[A-Za-z]+(?:['’][a-z]+)?(?:[ ,]+[A-Za-z]+(?:['’][a-z]+)?){2,}")
_LITTLE: Final = re.compile(
    r"\b(?:the|is|are|was|your?|please|for|and|a|to|this|that|with|here|have|we|our|will|can|not|it|be|in|on|sure|hello|thanks?|dear|lorem|ipsum|dolor|amet|sit)\b",
    re.IGNORECASE,
)
_DOUBLE: Final = re.compile(r"([^\s{}]{5,}?)[，,。！!]?\1")
_OPEN: Final = re.compile(
    r"(?:[，、：:；（(「“‘《－-]|但是|因为|如果|以及|或者|并且|还有就|别和|的话就|然后)\s*$|(?:^|[，。；\s])\d{1,2}[、.．]\s*$"
)
_FIRST: Final = re.compile(r"^\s*[，、；：。！？,;:?)）」”》]")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff{]")
_SENTENCE: Final = re.compile(r"[^。！？；!?;\n]{6,}")
_PAIRED: Final = ("（）", "「」", "“”", "《》", "【】")

_RULES: Final[tuple[tuple[str, Severity, re.Pattern[str], str, str], ...]] = (
    ("text.personal", "block", _CARD, "像是谁的身份证号，所有顾客都会看到", "删掉"),
    ("text.personal", "block", _SECRET, "密码和验证码不能写在给顾客看的话里", "删掉"),
    ("text.personal", "block", _ACCOUNT, "像是银行卡号，所有顾客都会看到", "删掉"),
    ("text.personal", "warn", _MOBILE, "像是谁的手机号，所有顾客都会看到", "删掉，或者换成门店、客服的电话"),
    ("text.personal", "warn", _NUMBER, "像是某一位顾客的单号，所有顾客都会看到", "删掉"),
    ("text.personal", "warn", _HOME, "像是谁家的地址，所有顾客都会看到", "删掉"),
    ("text.personal", "warn", _HANDLE, "像是私人的微信或邮箱，不该写在给所有人看的话里", "删掉，加人走导购名片"),
    ("text.personal", "warn", _SOMEBODY, "说到了某一位顾客，别的顾客也会看到", "删掉，换成不指名的说法"),
    ("text.leftover", "warn", _NOTE, "像是写给同事的话，顾客会原样看到", "删掉这一截"),
    ("text.leftover", "warn", _TRIED, "像是试着打的字，顾客会原样看到", "换成真正的话"),
    ("text.cut", "warn", _OPEN, "话没说完就断了", "把后半句补上"),
    ("text.cut", "warn", _FIRST, "开头少了半句", "把前半句补上，或者去掉开头的标点"),
)


def marks(item: Item) -> Iterator[Mark]:
    """What was left over in the texts of an item."""
    for piece in pieces(item):
        if item.key.kind == "product" or not piece.said:
            continue
        for rule, severity, pattern, why, way_out in _RULES:
            if found := pattern.search(piece.text):
                yield Mark(rule, severity, piece.path, found[0].strip(), why, way_out, *found.span())
        yield from _twice(piece)
        yield from _tongue(piece)
        yield from _halves(piece)


def _twice(piece: Piece) -> Iterator[Mark]:
    found = _DOUBLE.search(piece.text)
    said: set[str] = set()
    for one in _SENTENCE.finditer(piece.text):
        if one[0].strip() in said and not found:
            found = one
        said.add(one[0].strip())
    if found and len(set(found[0])) > 2:
        yield Mark("text.twice", "warn", piece.path, found[0][:30], "同一句话贴了两遍", "删掉一遍", *found.span())


def _tongue(piece: Piece) -> Iterator[Mark]:
    if not _CHINESE.search(piece.text):
        if re.search(r"[A-Za-z0-9]{3,}", piece.text):
            yield Mark(
                "text.tongue",
                "warn",
                piece.path,
                piece.text[:20],
                "没有一句中文，像是试着打的字",
                "换成真正的话",
                0,
                len(piece.text),
            )
        return
    for found in _TONGUE.finditer(piece.text):
        if _LITTLE.search(found[0]):
            yield Mark(
                "text.tongue", "warn", piece.path, found[0], "中间夹着一截英文，像是没删干净", "删掉，或者写成中文", *found.span()
            )
            return


def _halves(piece: Piece) -> Iterator[Mark]:
    for opens, closes in _PAIRED:
        if piece.text.count(opens) != piece.text.count(closes):
            at = max(piece.text.find(opens), piece.text.find(closes), 0)
            yield Mark(
                "text.cut",
                "warn",
                piece.path,
                piece.text[at : at + 12],
                f"“{opens}{closes}”没有配对，像是少了一截",
                "补上另一半",
                at,
                at + 1,
            )
            return


_STOPS: Final = re.compile(r"[，,。；;！!？?：:、～~\n]")


_ENDS: Final = frozenset("吧呢哦哈啦呀的了吗嘛哟喔～")
"""Single signs that may well end a sentence; any other that began a clause before is the rest of one."""


def cut(was: Piece, piece: Piece) -> Iterator[Mark]:
    """A text whose last words, or its last sign, are only the beginning of what was said before."""
    last = _STOPS.split(piece.text.rstrip())[-1].strip()
    if not last or last in _ENDS or not piece.said or piece.text.rstrip()[-1:] in "」”）)}】":
        return
    for one in _STOPS.split(was.text):
        clause = one.strip()
        if clause.startswith(last) and clause != last and was.text.rstrip()[-1:] in "。！？!?～~":
            start = piece.text.rindex(last)
            why = f"原来是“{clause}”，现在说到“{last}”就断了"
            yield Mark("change.cut", "warn", piece.path, last, why, "把后半句补上", start, start + len(last))
            return
