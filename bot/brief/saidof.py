"""What a message says in its own words that no slot carries: what was used before, what is ruled out, photos, the goods meant."""

import re
from collections.abc import Iterator

from bot.brief.clauses import clauses
from bot.brief.hurting import broken
from bot.brief.slots import Found

_ENDS = (
    r"(?=[，,。！!？?；;\s]|$|会|不(?!沾)|没|都|也|很|太|[又挺](?![\u4e00-\u9fff]{0,1}米)|磨|吐|脱|长|起(?!司)|过敏|刺|闷|搓|拉|就|刚|还|再|"
    r"好|效果|一直|觉得|感觉|的时候)"
)
_USED = (
    re.compile(
        r"(?:用过|试过|吃过|喝过|穿过|戴过|换回|(?:之前|以前|上次|上回|上一[瓶支罐件双个款]|原来|一直|平时|现在)(?:都|一直|是|在|给[\u4e00-\u9fff]{1,3}?){0,2}"
        r"(?:用|喝|吃|穿|买|睡|涂|抹|戴)过?(?:的)?(?:都)?(?:是)?|以前买过)"
        rf"(?:了|的|是)*(?P<v>[\u4e00-\u9fffA-Za-z0-9·]{{2,12}}?){_ENDS}"
    ),
    re.compile(
        r"(?:^|[，,。！!？?\s])(?:我|他|她|宝宝)?(?:在)?(?:用|喝|吃|穿)(?P<v>(?!了|着|的|过|完|起来|一|两|不)[\u4e00-\u9fffA-Za-z0-9]{2,8}?)"
        r"(?=会|就|都|老|也|长|闷|刺|过敏|没事|不行|起)"
    ),
    re.compile(
        r"(?:^|[，,。！!？?\s]|[她他我]对?)(?P<v>(?!之前|以前|上次|上回|已经|我|你|他|她|给|刚|又|昨|前|还没|没|用)"
        r"[\u4e00-\u9fffA-Za-z0-9]{2,8}?)(?:那个|那款|这款|的)?我?(?:都)?(?:用过|试过|吃过|用腻|用着)"
    ),
    re.compile(
        r"(?:^|[，,。！!？?\s])(?P<v>(?!已经|我|你|他|她|给|才|刚|又|昨|前|还)[\u4e00-\u9fffA-Za-z0-9]{2,8}?)(?:的)?我用(?:着|了)"
    ),
)
_NO_USE = re.compile(
    r"^(?:了|着|的|都|也|就|没|不|这|那|你们?|我|他|她|什么|一直|之前|很|太|挺|还|也|半|一|两|三|几|得|上|说|在|给|买|用|收|没用|东西|老|多|次|"
    r"是|要|有|能|退|发|开|拍|答应|约|下单|付|订|到|住|客服|师傅)"
)
_NOT = re.compile(
    r"(?:(?<![要了])不要|别给我|别再?给|不想要|不喜欢|不爱(?:用|吃|喝|闻)?|不含|不能(?:含|有|放)|不吃|不喝|别(?=推荐|放|写|印|用|给|要|发|加)|拒绝|讨厌|去掉|不用(?=塑|纸|带))"
    r"(?:再|太|带|含|有|用|发|给|推荐|放|印|写|做|来|我|加|什么|任何)*"
    r"(?P<v>[\u4e00-\u9fffA-Za-z0-9]{1,8}?)(?=的|了|味|款|型|[，,。！!？?；;\s]|$|就|都|吗|也|我|啊|啦|吧|听说)"
)
_NOT_AFTER = re.compile(
    r"(?:^|[，,。！!？?；;\s]|那就|把)(?:那个|这个|那|这)?(?P<v>[\u4e00-\u9fffA-Za-z0-9]{1,8}?)(?:那个|那款|的话|的)?(?:就|都|我|也|她|他|一点)*"
    r"(?:不要(?![紧钱的])|(?<![还也])不行|去掉|拿掉|不考虑|不合适|算了|受不了|不要了|就别)(?!吗)"
)
_NOT_DO = re.compile(
    r"(?<![特分区类个级性告辨])别(?P<v>(?:退款|退钱|退|换货|打电话|发短信|拆单|用|放)[\u4e00-\u9fff]{0,4}?)(?=[，,。！!\s]|$)"
)
_NO_VALUE = re.compile(
    r"^(?:了|着|的|钱|紧|急|脸|我|你|他|她|它|说|跟|这么|那么|再|吗|问|打|退|换|发|来|拿|别|是|还|也|这样|现在|所以|真的|一定|不|说明|让|忘|骗|催|担心|客气|"
    r"那|这|对|还是|全|要|看|可以|行|就|都|太贵|太|电话|重新|告诉|价格|送|超|跟我|短信|推荐|给|扯|写|商品名|写商品名|发出去|便宜|赶不上.*|包|处理|开|穿|用|涂|敢|能|好|接受|懂|需要|医生.*|不)$"
)
_NO_THING = re.compile(r"^(?:我|他|她|出去|回|再)|[买了还]$|买了|[吗么]")
_PHOTO = re.compile(
    r"\[(?:图片|照片|image|视频)\]|(?:照片|图片?|截图)(?:都|已经?|也)?(?:发|传|拍)(?:了|你|过去|给)|发(?:了|你)(?:照片|图)"
)
_HEAD = re.compile(
    r"^(?:但|可是?|结果|就是|我|你们|家里?|那|这|个|款|台|的|上个?月|上?礼拜|上周|昨[天晚]?|前天|今天|刚|买|定|订|收到|用|敷|涂|吃|喝|抹|染|来|了|完|过|一套|一箱|"
    r"一[瓶袋盒]|有一?箱?|里面?|刚开袋)+"
)
_REST = re.compile(
    r"(?:送到了?|送来|收到|到货|到了|打开|瓶子|包装盒|里面?|外壳|的|上|才|有一?[箱袋个瓶]?|又|老是?|都|也|就|自己|还|全|一|都|显示|得|会|开始|今[早天]|昨天|整张|屏幕?|左边|右边|半边|"
    r"[扶轮][手子]|泵头|内胆|皮带|轮子|叶子|辅助轮|声音|摔|昨晚|宝宝|孩子)+$"
)
_GOODS_WANTED = re.compile(
    r"(?:想买|要买|买|配|想要|找|想退|退|换|订|选|做|推荐|求|接龙的?|取消|送|想试|试|用了|敷了|咬破)(?:了|的|一下|你们的?|这|那|个|款|台|件|副|条|套|瓶|支|块|些|点|双|张|束|份|种|斤|只|盒|箱|袋|桶|包|一|两|二|三|四|五|六|几|半|\d)*"
    r"(?P<v>[\u4e00-\u9fff]{2,6}?)(?=[，,。！!？?；;\s]|$|哪|有|怎么|多少|能|吗|呢|吧|啊|用|送|什么|给|要|，|的|明天|今天|昨天|洗)"
)
_NO_GOODS = re.compile(
    r"双倍|上回|上次|我|你|他|她|它|了|的|什么|哪|怎么|这|那|不|没|人|新|东西|一下|很|太|就|才|都|还|要|想|能|会|今天|明天|昨天|晚上|早上|中午|周|钱|电话|地址|快递|订单|客服|"
    r"优惠|活动|券|真|工|多少|收费|送|给|买|到|发|便宜|好|行|可以|有|快|慢|大|小|个|次|天|年|月|照片|图|截图|宝宝|孩子|女儿|儿子|老公|师傅|皮肤|[脸眼手头]|包裹|显示|"
    r"夜|里$|婆|妈|爸|爷|奶奶|朋友|闺|姐|妹|哥|弟|重新|门店|店|号|差价|尺码|质量|密码|刚|又|只|再|直接|先|先生|第|左|右|半|整|用|换|退"
)


def used(text: str) -> Iterator[Found]:
    """What was tried before, by name."""
    for pattern in _USED:
        for match in pattern.finditer(text):
            if not _NO_USE.match(match["v"]):
                yield Found("用过", match["v"], match.start("v"))


def ruled_out(text: str) -> Iterator[Found]:
    """What must not be offered or done."""
    for pattern in (_NOT, _NOT_AFTER, _NOT_DO):
        for match in pattern.finditer(text):
            value = re.sub(r"^(?:超过|有|含|那个|这个|你们|还有|发(?=.{2})|把)+", "", match["v"])
            if value and not _NO_VALUE.match(value) and not _NO_THING.search(value):
                yield Found("不要", value, match.start("v") + len(match["v"]) - len(value))


def photo(text: str, kind: str) -> bool:
    """Whether a photo was sent with the message."""
    return kind in {"image", "video"} or _PHOTO.search(text) is not None


def goods(text: str) -> Iterator[Found]:
    """The thing that is meant where no slot knows its name: what broke, what is to be bought."""
    for part in clauses(text):
        at = broken(part)
        if at is None:
            continue
        first = len(part[:at]) - len(_HEAD.sub("", part[:at]))
        name = _REST.sub("", part[first:at])
        if 2 <= len(name) <= 5 and not _NO_GOODS.search(name):
            yield Found("商品", name, text.find(part) + first)
    for match in _GOODS_WANTED.finditer(text):
        before = text[: match.start()]
        if not _NO_GOODS.search(match["v"]) and not before.endswith(("不", "别", "没", "没有", "不想", "不是")):
            yield Found("商品", match["v"], match.start("v"))


def no_goods(name: str) -> bool:
    """Whether the words can be no name of a thing."""
    return _NO_GOODS.search(name) is not None
