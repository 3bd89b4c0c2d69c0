"""From what was found in a message to an alarm or none: weights of its cues, a way away from here, and what honest people say.

A message is one where its cues come to enough. Whoever warns of such messages, asks about them or speaks to the shop is not one.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intents.guard.cues import CUES, MATTERS
from intents.guard.finding import Cue, cues
from intents.guard.model import Alarm, Known
from intents.guard.names import posing
from intents.guard.reading import Read, read

_CHANNEL = (
    r"(?:[薇威微徽维葳嶶溦唯][信芯伩忻]|(?:薇|威|徽|葳)(?=[a-z]*\d)|卫星号|v信|weixin|wechat|wx|vx|v号|v(?=[a-z]*\d)|wei(?=[a-z0-9]{4})|家v|扣扣|抠抠|蔻蔻|扣群|"
    r"qq|q群|q号|q(?=\d{5})|企鹅号?(?=\d)|球球(?=[0-9])|飞机群|飞机号|电报群|电报号|telegram|line(?=[a-z0-9处理加我群])|whatsapp)"
)
_ID = re.compile(rf"{_CHANNEL}(?:号|群|是|加|领取|联系|私|我|处理|看图|资料)?(?:(?=[a-z0-9]*[a-z0-9])[a-z0-9]{{5,24}})")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_LONG = re.compile(r"(?<!\d)\d{7,12}(?!\d)")
_AWAY = re.compile(
    rf"[+加][一下个]*(?:我|{_CHANNEL}|威(?!士忌)|薇(?!诺|姿|婷))|(?:联系|滴滴|滴|找|私聊?|私信|戳|敲|看)我(?![也都们的])|家{_CHANNEL}|扣1|扣我|敲1|打1(?![.0-9折])|留1|扫我|打我电话|inbox|私[讯信]我|戳头像|点(?:我)?头像|看我头像|头像私我|dd我|加微|加薇|加威|加赖|v?同号|电话同微|要的(?:加|联系)|有意的?(?:加|打|联系|找)|需要的(?:加|联系|私)|找我|contactme|whatsappme|replynow|clickhere|"
    r"(?:拉|进|来|加)(?:你|您|大家|我)?(?:进|入|我)?(?:这个|我的|我这个|小|交流|福利|内部)?(?:群|裙|券群)(?!里|主|规|吗|怎)|来我这|进主页|看我(?:主页|头像|资料|朋友圈|盆友圈)|(?:想做的|有意的?|想来的|感兴趣|需要的?)[^,。]{0,3}(?:找|滴|私|加|[+])|"
    r"(?:^|要的|的|[^看发我])私(?:我|$)|[+]我?$|想了解私"
)
_ENOUGH = 0.9
"""What an alarm takes; chosen on sentences of the training set: 9 of 29 364 honest ones come to it."""
_HEARD = 1.2
"""What a message that a classifier is sure of being spam comes to by that alone; one it is unsure of adds nothing."""
_UNSURE = 0.4
_OTHERS = 0.35
"""What counts of cues for other matters than the one that most speaks for."""
_FREE = re.compile(r"免费|福利|送小样|送你|惊喜|[0⓿零]元|半价|优惠|礼")
_WARNS = re.compile(
    r"骗子|骗人|骗局|诈骗|别信|举报|是不是真的|是真的(?:吗|客服|么)|真的假的|假的吧|正常(?:不|吗|么)|"
    r"小心|当心|不要信|都是骗|发[^,。]{0,6}广告的|有人[^,。]{0,8}(?:私|加|发|说)|楼上[^,。]{0,4}广告|听说"
)
_ASKS = re.compile(
    r"[?]|(?:吗|么|呢|呀|吧|不|没)$|怎么|咋|多少|哪里|哪儿|在哪|哪个|哪款|什么|啥|"
    r"几点|几号|几天|谁|是不是|有没有|能不能|可不可以|可以[^,。]{0,6}吗|吗[,，。 ]|还有吗|多久"
)
_TO_SHOP = re.compile(r"导购|客服|你们|您|麻烦|请问|查收|通过一下|帮(?:我)?(?:看|查|留)")
_MINE = re.compile(r"我(?:已经|刚|也|都|上次|昨天)?(?:加|转|付|买|下单|领|扫|拍|抢|赢|赚|中)[了过]|哈哈|谢谢导购")
_SHARED = (
    "xhslink.com",
    "xiaohongshu.com",
    "douyin.com",
    "taobao.com",
    "tmall.com",
    "tb.cn",
    "jd.com",
    "weixin.qq.com",
    "bilibili.com",
)
"""Where honest people copy a product's address from."""

_DEMANDS: Sequence[tuple[re.Pattern[str], float, str]] = tuple(
    (re.compile(pattern), weight, word)
    for pattern, weight, word in (
        (rf"[+加](?:一下)?(?:我|客服|专线|人工|官方)?(?:的)?(?:新|专线|客服|私人)?(?:{_CHANNEL}|新?号)|[+加]我", 0.9, "加微信"),
        (r"(?:转账?|打|付|汇)(?:款|钱)?(?:给我|到我|到这|我个人|我这|这个|给我个人)|先转[给我]|转到我|转我", 1.0, "转账"),
        (
            r"(?:定金|尾款|押金|运费|手续费|保证金|群费)[^,。]{0,6}(?:转|交|付|扫|先)|先(?:交|付|转|缴)[^,。]{0,8}(?:元|块|费|金|钱)|交一下|先[^,。]{0,4}(?:转|付)给",
            0.9,
            "先付钱",
        ),
        (r"(?:验证码|密码|动态码)[^,。]{0,6}(?:发|给|提供|告诉|报)|提供[^,。]{0,4}验证码", 1.2, "要验证码"),
        (
            r"(?:银行卡|卡号|身份证|支付宝账号)[^,。]{0,8}(?:发|提供|给我|填|登记|报)|(?:收款码|付款码)[^,。]{0,8}(?:发我|发给我|给我|私发)|提供[^,。]{0,6}(?:身份证|银行卡|卡号|收款码)|填银行卡",
            1.0,
            "要证件卡号",
        ),
        (r"扫[^,。]{0,6}(?:收款码|付款|码)[^,。]{0,6}(?:付|交|转|补|领|即可|办)?|扫码付", 0.8, "扫码"),
        (r"私(?:下|我)(?:付|转|交)|别走(?:小程序|平台|店里)|走我(?:私人|个人)|私下", 0.9, "私下付款"),
        (r"点(?:击)?(?:下面|这个|此)?(?:的)?(?:链接|网址)|登录[^,。]{0,4}(?:链接|网址)", 0.9, "点链接"),
        (r"方便[^,。]{0,4}转|借我|急用周转|先转我", 1.0, "借钱"),
        (r"理赔|异常|清零|到期|升级|退款|差额|补差|中奖|内购|换号", 0.25, "借口"),
    )
)
_CLAIMS = re.compile(r"我是[^,。]{0,6}(?:客服|导购|店长|售后|工作人员|官方)|(?:官方|店里|平台)(?:客服|售后)(?:通知|提醒)")
_ADVISES = re.compile(r"(?:给谁|在哪|怎么|吗|多少|哪里|什么时候|错了|两遍|不了|截图|收不到|是真的|骗)")
_LONG_NUMBER = re.compile(r"\d{12,19}")


@dataclass(frozen=True, slots=True)
class _Contact:
    """How far a message leads away from here."""

    weight: float
    words: tuple[str, ...]


def guard(text: str, sender_name: str, known: Known, spam: float = 0.0) -> Alarm | None:
    """What is wrong with a member's message; None for what honest people write.

    ``spam``: how sure a classifier is that it is spam (0 … 1), where one has looked at it; it knows sorts of advertising that
    stand in no list, the lists know disguises and what leads away from here.
    """
    seen = read(text)
    if not seen.flat and not seen.links:
        return None
    return _impostor(seen, sender_name, known) or _unwanted(seen, known, spam)


def _impostor(seen: Read, sender: str, known: Known) -> Alarm | None:
    """Whoever is called like the shop, or says that they are it, and asks for money, contacts or secrets."""
    as_whom = posing(sender, known) if sender else None
    claims = bool(_CLAIMS.search(seen.flat))
    if as_whom is None and not claims:
        return None
    demands = [(weight, word) for pattern, weight, word in _DEMANDS if pattern.search(seen.flat)]
    if _strange(seen.links, known):
        demands.append((0.6, "陌生链接"))
    if _LONG_NUMBER.search(seen.figures):
        demands.append((0.5, "卡号"))
    total = sum(weight for weight, _ in demands) - (0.9 if _ADVISES.search(seen.plain) else 0.0)
    if total < 0.8:
        return None
    words = (*((as_whom,) if as_whom else ("自称店里的人",)), *(word for _, word in demands if word != "借口"))
    return Alarm("impostor", _sure(total + 0.2), words, "冒充店里的人")


def _unwanted(seen: Read, known: Known, spam: float) -> Alarm | None:
    found = cues(seen)
    sums = _sums(found)
    contact = _contact(seen)
    links = _strange(seen.links, known)
    heard = spam * _HEARD if spam >= _UNSURE else 0.0
    if not sums and contact.weight < 0.7 and not heard:
        return None
    matter = max(sums, key=lambda name: sums[name], default="trade" if heard else "contact")
    others = sum(weight for name, weight in sums.items() if name != matter)
    more = (0.35 if links else 0.0) + (0.15 if _FREE.search(seen.plain) else 0.0)
    total = sums.get(matter, 0.0) + _OTHERS * others + contact.weight + more + heard - _honest(seen, contact)
    if total < _ENOUGH:
        return None
    spoke = [cue.word for cue in found if any(name == matter for name, _ in CUES[cue.word])]
    words = tuple(dict.fromkeys((*spoke, *contact.words, *(("链接",) if links else ()))))
    return Alarm(MATTERS[matter].kind, _sure(total), words, MATTERS[matter].name)


def _sums(found: Iterable[Cue]) -> dict[str, float]:
    """What the cues come to for each matter."""
    sums: dict[str, float] = {}
    for cue in found:
        for matter, weight in CUES[cue.word]:
            sums[matter] = sums.get(matter, 0.0) + weight * cue.times
    return sums


def _contact(seen: Read) -> _Contact:
    """Asked to write to somebody elsewhere: by an address, by a word for it, by both."""
    weight, words = 0.0, []
    address = _ID.search(seen.flat) or _ID.search(seen.figures)
    away = _AWAY.search(seen.flat)
    if address:
        weight, words = 0.6, ["联系方式"]
    elif away and (_PHONE.search(seen.figures) or _LONG.search(seen.figures)):
        weight, words = 0.5, ["号码"]
    if away:
        weight, words = weight + 0.4, [*words, "加我" if "加" in away[0] or "+" in away[0] else "私下联系"]
    return _Contact(weight, tuple(words))


def _strange(links: Sequence[str], known: Known) -> bool:
    """Whether any link leads to where neither the shop nor honest shoppers are."""
    hosts = [link.partition("://")[2] or link for link in links]
    own = (*known.domains, *_SHARED)
    return any(not _below(host.partition("/")[0].partition("?")[0].partition(":")[0], own) for host in hosts)


def _below(host: str, domains: Sequence[str]) -> bool:
    return any(host == one or host.endswith(f".{one}") for one in domains)


def _honest(seen: Read, contact: _Contact) -> float:
    """What speaks for an honest message."""
    less = 1.6 if _WARNS.search(seen.plain) else 0.0
    asks = 0.6 if _ASKS.search(seen.plain) else 0.0
    to_shop = 0.35 if _TO_SHOP.search(seen.plain) else 0.0
    mine = 0.4 if _MINE.search(seen.plain) else 0.0
    # a question behind which an address stands is no question
    return less + (asks + to_shop + mine) * (0.5 if contact.weight >= 0.9 and not to_shop else 1.0)


def _sure(total: float) -> float:
    return round(min(0.99, 0.5 + 0.5 * (total - 0.8)), 2)
