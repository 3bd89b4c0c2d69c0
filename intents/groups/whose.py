"""Whose matter it is, by plain words: the sender's own, one that he presses again, or none of the shop's."""

import re
from functools import lru_cache

from intents.groups.hearing import View

_KIN = r"(?:我|俺|本人|孩子|娃|宝宝|儿子|女儿|闺女|老公|老婆|婆婆|公公|老人|爷爷|奶奶|外婆|外公|我妈|我爸)"
_ASKED = r"(?:补|换|退|修|赔|处理|怎么办|咋办|看看|看下|看一下)"
_OWNED = re.compile(
    # what he has left, or when his own is due
    r"(?:我|俺|本人)(?!们)[^，。？?]{0,10}(?:还剩|剩下?|还有)(?:几|多少)(?!人|位)|帮(?:我|忙|俺)?(?:看|查)(?:看|下|一下)?(?:我|俺)|"
    r"(?:我|俺)(?!们)[^，。？?]{0,8}(?:几时|什么时候|啥时候|哪天|多会儿)[^，。？?]{0,2}(?:过期|到期|到店|能拿|能取|发货|寄|退)|"
    # a door
    r"(?:小区|花园|路|街|村|苑|城|府|园|弄|巷|大道|公馆)[^，。？?]{0,8}\d+[^，。？?\d]{0,4}\d{2,4}(?!\s*(?:元|块|米))|"
    r"\d+(?:号楼|栋|幢)[^，。？?]{0,4}\d+(?:单元|门)[^，。？?]{0,4}\d{2,4}|(?<!\d)\d{1,3}[-—]\d{1,2}[-—]\d{3,4}(?!\d)|"
    # money that was taken
    r"(?:扣|收|刷|付|划|转)了?(?:我|俺)(?!们).{0,3}(?:次|遍|回|钱|块|笔)|(?:扣|刷|划)了?(?:两|2|二|三)(?:次|遍|回|笔)|"
    r"付了(?:钱|款)[^，。？?]{0,6}没|少(?:给|发|送)(?:了)?我(?!们)|发我的.{0,8}少|"
    # what he waits for
    r"(?:我|俺)(?:点|订|定|买|拍|约|下)的[^，。？?]{0,8}呢(?:$|\W)|(?:点|订|定|买|拍|约)的[^。？?]{0,10}等了?[^，。？?]{0,3}(?:分钟|小时|天|周|个月)"
)
_SINCE = r"(?:昨天|昨晚|前天|前几天|上周|上个?月|上上周|上礼拜|上次|上回|今早|早上|刚|之前|[一二两三\d]+号)"
_DUE = re.compile(
    rf"{_SINCE}[^，。？?]{{0,4}}(?:充|存|交|付|寄|退|约|办|订|定|拍|下单|兑|换)[^，。？?]{{0,2}}的[^。？?]{{0,10}}"
    r"(?:怎么|咋|还没|没(?:到|收|发|见|退)|少了|剩|不见|呢(?:$|\W)|好了(?:没|吗)|到了(?:没|吗))|"
    rf"{_SINCE}[^，。？?]{{0,3}}买的[^。？?]{{0,8}}(?:还没|没(?:到|收|发|见|退)|怎么还|到哪)"
)
"""What came of an errand of some days ago, whoever's it is said to be: 上个月充的五百怎么只剩一百."""
_COUNTED = r"(?:一|俩|两|半|几|个|只|根|条|块|片|颗|坨|死|活)*"
_FOREIGN = re.compile(
    rf"(?:吃|喝|咬|嚼|舀|开|捞|挖)(?:到|出|着)(?:来)?(?:了|过)?{_COUNTED}[^，。？?]{{0,4}}"
    r"(?:[钢铁]丝|头发|虫|蛆|苍蝇|蟑螂|塑料|玻璃|石[子头]|铁|异物|创可贴|指甲|线头|牙签|螺丝|蚂蚁|老鼠|刀片|针)|"
    rf"里面?有{_COUNTED}(?:[钢铁]丝|头发|虫|蛆|苍蝇|蟑螂|塑料片|玻璃|石子|异物|创可贴|指甲|牙签|螺丝|蚂蚁|老鼠|刀片)"
)
"""Something in the food that does not belong there."""
_RECORD = re.compile(
    rf"{_KIN}(?!们)[^，。？?]{{0,6}}(?:上次|上周|上个月|上回|昨天|前天|那次|之前|去年)[^，。？?]{{0,8}}"
    r"(?:单|报告|记录|检查|验光|档案|病历|处方|卡|预约|(?:配|做|买|办|存|订|定|修|约|寄|退|换|押|充)的)"
)
"""Something of the sender's or his family's that the shop keeps or made, as against goods in general."""
_FLAWED = re.compile(
    r"(?:收到|买|拍|订|定|下单|送来|寄来|寄过来|发来|拿到|到手|换来|刚到|约)的?[^，,。？?！!]{0,12}"
    rf"(?:缺|少了|少(?:一|两|个)|坏|碎|破|裂|漏|错|断|烂|不(?:亮|转|响|制|热|动)|没(?:声|反应|有?电)).*{_ASKED}"
)
_DEMANDS = re.compile(
    r"到底|说法|交代|答复|解释|处理|负责|道歉|承认|不认|不管|没人(?!吱)|有(?:没有)?人.{0,2}(?:在|管|吗|理|没|啊|看|回)|管管|人呢|装死|"
    r"退(?:钱|款|货|我|差)|赔|平台|差评|曝光|投诉|举报|12315|黑猫|报警|律师|法院|派出所|消协|小红书|良心|等(?:啥|什么|到)|打发|"
    r"敷衍|登记|官腔|监控|检测|证据|照片.{0,4}拍|录(?:了|像|音)|管事|店长|活人|真人|人工|要他|少来|打不通|没(?:动静|音信?|回)|"
    r"就这(?!样|么|些|个|款|几|是)|欺|骗|坑|催了?.{0,3}[天次遍]"
)
"""What somebody says who presses his own complaint."""
_NUDGES = re.compile(r"没人(?:理|管|回)|有人.{0,2}(?:理|管|回|看)|人呢|管事|(?:理|回)(?:理|回)?我|怎么还(?:没|不)")
_IRONY = re.compile(r"呵呵|🙃|佩服|绝了|真(?:行|有意思|可以|厉害|牛)|长见识|活久见|好一个|领教|开眼|👏|笑了")
_STAFFED = re.compile(r"服务|客服|售后|店家|商家|卖家|你们(?:家|店)|贵店|质量|物流|发货|无理由|空盒|退款")
_SYMPTOM = re.compile(r"磨.{0,4}泡|起泡|水泡|疼|痛|红肿|又红|好痒|又痒|泡沫|流血|吐|喘|烧")
_RELIEF = re.compile(
    r"谢|好的|好嘞|收到|没(?:大)?事|好了|好一?点|来了|路上|急诊|排号|医院|医生|进去了|看你们表现|等着|过去|下不为例|哈哈|看错|开了"
)
"""What somebody says whose matter is in hands, or over."""
_SHOP = re.compile(
    r"你们(?!俩|大家|几个)|你家|您家|贵店|本店|这家店|咱店|咱家|店里|客服|店员|售后|导购|卖家|商家|群主|老板|店长|给我发|寄来|送来|"
    r"发来|买的|卖我|这(?:个|款|批|家|盒|瓶|店)|那(?:个|款|瓶|盒)[\u4e00-\u9fff]{0,4}(?:霜|膜|水|粮|奶|粉|油)|"
    r"(?:用|吃|喝|敷|抹|涂|穿|戴|擦)(?:了|完|过)"
)
_ELSEWHERE = re.compile(
    r"新闻|电视|电影|综艺|那集|视频里|(?:刷|看)到(?:个|一个|一条|有)|热搜|网上(?:说|看)|听说|段子|同事|同学|闺蜜|亲戚|老师|幼儿园|"
    r"学校|物业|公司|房东|中介|别家|别的店|隔壁|[某淘]宝|拼多多|美团|公安|网红店|冒充|黄牛|(?:投诉|举报|曝光)(?:了)?[他她它]|队友|裁判|(?:现在|到处|好多)的?骗子|"
    r"骗子(?:太|真|好)多|就那个.{0,6}(?:家|店|衣橱)|(?:差点)?被骗.{0,3}\d?[万千]|我们科|邻居们"
)
_MIRTH = re.compile(r"哈哈|嘿嘿|笑死|笑岔|hhh|😂|🤣|狗头|偷笑", re.IGNORECASE)
"""Who laughs is neither hurt nor angry, unless the shop is spoken of; 😭 and 呵呵 are no laughs."""
_LONG_AGO = re.compile(r"小时候|当年|去年|前年|那年|那会儿|年轻(?:的)?时|往年")
_ADVICE = re.compile(
    r"^(?:[\W_]|啊|哎|唉|诶|天|呐|哪|妈呀|这|那|你|得|姐妹|亲|不会吧|严重吗|过敏了?吧|摘了)*"
    r"(?:快(?!递)|赶紧|赶快|先(?!生)|别(?:急|气|催|慌|怕|抓|挠|抠|点|信|理|欺负|碰|揉|喂|用)|建议|最好|应该|要不|少说|去(?:医|投|找|挂|打)|"
    r"得?报警|得?找|打(?:120|12345|12315)|冷敷|冰敷|开窗|让[他她它]|投诉(?:啊|去|[他她它]|平台|吧)|拍照)"
)
_SELF = re.compile(r"我(?!说|觉得|看|劝)|俺|咱|本人")
_WARNINGS = frozenset(("accident", "body", "threat", "swallowed", "broken", "letdown"))
_BLAME = re.compile(
    r"还好意思|什么(?:破|玩意|态度|素质|服务|质量|东西)|破(?:质量|店|鞋|东西|玩意)|(?:你们|你家|贵店|店家).{0,8}(?:到底|良心|就这|什么意思)|"
    r"到底有没有|当我|耍[我人猴]|坑人|骗人|骗子|差评|太差|投诉|真人|人工|装死|装什么|退钱|(?:你们|你家).{0,12}(?:防个|怎么回事|个啥)|"
    r"被割|更冤|不是个例|说不过去|等你们"
)
_LIMB = r"(?:手|脚|腿|头|眼|牙|脸|胳膊|指|腰|背|膝|口子)"
_INJURED = re.compile(
    rf"(?:砸|撞|划|割|烫|夹|扎|戳|崩|硌|摔|炸|绊)(?:到|了|着|伤|破|得)?[^，。？?]{{0,4}}{_LIMB}(?!机|电)|"
    rf"{_LIMB}[^，。机电]{{0,3}}(?:被|都|给)(?:砸|撞|划|割|烫|夹|扎|戳|崩|硌|炸)"
)
_FIRST = re.compile(
    r"我(?!们|说|觉得|看)|俺|(?:约|订|定|送来|寄来|收到|买|拍|拿走|退)的|没(?:送|收|领|发|到|退)|师傅|跟进|老公|老婆|单(?!品|独|肩|人)"
)
_OWN_CUES = frozenset(
    ("phone", "long_number", "own_errand", "own_health", "money", "check", "broken", "illness", "i_have", "own_thing")
)


def owns(view: View) -> bool:
    """Whether plain words show that the answer needs or shows what is the sender's own."""
    if view.cues & {"laugh", "list", "advert"}:
        return False
    return _owned(view.text) or (view.asking and bool(_RECORD.search(view.text)))


@lru_cache(maxsize=512)
def _owned(text: str) -> bool:
    return bool(_OWNED.search(text) or _FLAWED.search(text) or _DUE.search(text))


def presses(view: View, ask: float) -> bool:
    """Whether the sender, whose complaint or hurt stands, presses it; ``ask``: how likely it is a question to the shop."""
    text = view.text
    if view.stands != "handover" or ask >= _QUESTION or _RELIEF.search(text) or "laugh" in view.cues or aside(view):
        return False
    return bool(_DEMANDS.search(text) or _IRONY.search(text) or _SYMPTOM.search(text))


_QUESTION = 0.5
"""From here on it is rather a new question."""


def foreign(view: View) -> bool:
    """Whether something was found in the food that does not belong there; whoever laughs or asks has found nothing."""
    return bool(_FOREIGN.search(view.text)) and not view.asking and "laugh" not in view.cues and not aside(view)


def scorns(view: View) -> bool:
    """Whether it is irony at the shop's expense: 呵呵，这服务."""
    return bool(_IRONY.search(view.text) and _STAFFED.search(view.text)) and "laugh" not in view.cues - _scornful(view.text)


def _scornful(text: str) -> frozenset[str]:
    """呵呵 counts as a laugh elsewhere, and is none here."""
    return frozenset(("laugh",)) if "呵呵" in text and "哈" not in text else frozenset()


def continues(view: View, ask: float) -> bool:
    """Whether it goes on about the sender's own matter: a further piece (我那个快递 / 怎么还不动), or a nudge (有人理我吗)."""
    if view.stands != "private" or ask >= _QUESTION or _RELIEF.search(view.text):
        return False
    return (view.follows and view.asking) or bool(_NUDGES.search(view.text))


def aside(view: View) -> bool:
    """Whether the trouble that is spoken of is none of the shop's: news, another shop, long ago, a joke, advice."""
    if view.named or _SHOP.search(view.text):
        return False
    if view.stands == "handover":
        # whoever is angry himself laughs and says 投诉吧 of his own trouble
        return bool(_ELSEWHERE.search(view.text))
    return _elsewhere(view.text)


@lru_cache(maxsize=512)
def _elsewhere(text: str) -> bool:
    if _ELSEWHERE.search(text) or _LONG_AGO.search(text) or _MIRTH.search(text):
        return True
    return bool(_ADVICE.search(text)) and not _SELF.search(text)


def warns_of_harm(view: View) -> bool:
    """Whether words speak for a trouble, so that little likelihood is enough."""
    return bool(view.stands) or bool(view.cues & _WARNINGS) or _blames(view.text)


@lru_cache(maxsize=512)
def _blames(text: str) -> bool:
    return bool(_BLAME.search(text) or _INJURED.search(text))


def injured(view: View) -> bool:
    """Whether something hit, cut or burnt a part of somebody's body."""
    return bool(_INJURED.search(view.text))


def speaks_of_own(view: View) -> bool:
    """Whether words speak for a matter of the sender's own, so that little likelihood is enough."""
    return bool(view.stands) or shows_own(view) or bool(_FIRST.search(view.text) and not _MIRTH.search(view.text))


def shows_own(view: View) -> bool:
    """Whether he names what is his own, so that even less is enough."""
    return bool(view.cues & _OWN_CUES)
