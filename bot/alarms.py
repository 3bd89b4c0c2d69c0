"""Words that call for a person, whatever a classifier makes of them: what for, how urgently, and what takes them back. Pure.

Each alarm has words that raise it and words that show that it is only asked, denied, joked about or somebody else's matter.
What a rule of ``intents.safety`` finds (a reaction, a threat, the wish for a person) is not repeated here.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.brand import Guide
from intents import Recognition


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that was heard."""

    topic: str
    """``crisis legal scam money medical infant bulk unhelped``."""
    words: str
    """The words that raised it."""


@dataclass(frozen=True, slots=True)
class _Rule:
    topic: str
    says: re.Pattern[str]
    unless: re.Pattern[str]


_NEVER = re.compile(r"(?!)")
_CHILD = r"(?:宝宝|宝贝|新生儿|婴儿|婴幼儿|小孩|孩子|娃|小朋友|儿子|女儿|月子里)"
_ASKED_US_TO = r"(?:让|叫|要|喊|催|引导|诱导)(?:我|人|顾客)"
_FOR = r"(?:能|可以|可不可以|适不适合|适合|用哪|用什么|擦什么|涂什么|抹什么|怎么用|一起|同时|叠|吗|么|\?|不$|能不能|行不|喝不)"
_ILLNESS = (
    r"湿疹|皮炎|荨麻疹|痤疮|玫瑰痤|激素脸|牛皮癣|银屑|白癜风|真菌|带状疱疹|特应性|红斑狼疮|糖尿病|高血压|低血压|"
    r"高血脂|心脏病|冠心病|"
    r"甲状腺|甲亢|甲减|痛风|哮喘|癫痫|肾病|肾炎|肝病|肝炎|胃溃疡|癌|肿瘤|化疗|放疗|贫血|抑郁症|先兆流产|胎停|妊娠糖|"
    r"蚕豆病|手术后|刚做完.{0,8}手术|术后"
)
_MEDICINE = (
    r"异[维味]A?酸|阿达帕林|[维味]A?酸(?:乳膏|软膏|凝胶)|抗生素|消炎药|抗过敏药|激素药|激素膏|避孕药|降压药|阿司匹林|头孢|"
    r"(?:吃|服用?|喝|打|擦|涂|用)(?:着|的)?[^,。!?\n]{0,5}(?<![农火弹])药(?!妆|店|水清洁|皂)|药膏|开的?药|中药|西药"
)

_RULES = (
    _Rule(
        "crisis",
        re.compile(
            r"不想活|(?<![到得死笑])想死(?!你|您|我了|了你)|想去死|活着(?:真|好|都|也|就)?(?:没|无|有什么|有啥)"
            r"[^,。]{0,4}(?:意思|意义)|活不下去|活够了|"
            r"一了百了|自杀(?!式)|自残|割腕|轻生|结束(?:自己的?|这条)?生命|(?:想|要|准备)(?:从[^,。]{0,6})?跳(?:楼|"
            r"下去|河)|伤害自己"
        ),
        re.compile(
            r"(?:不是|没有?|不会|别)(?:真的?)?(?:要|想)?(?:自杀|轻生|想死|不想活)|(?:电影|小说|剧|书|新闻)"
            r"里?[^,。]{0,10}(?:自杀|自残)"
        ),
    ),
    _Rule(
        "legal",
        re.compile(
            r"(?<!\d)12315(?!\d)|(?<!\d)12345(?!\d)|(?<!\d)315(?!\d)|消费者(?:协会|权益)|消协|消委|消保委|"
            r"工商局?(?!银行|注册|业)|市监局?|市场监[管督]|食药监|药监局|"
            r"律师函?(?!穿|衬|款|风|上班|职业|同款|[^,。]{0,6}(?:合适|衬衫|西装|香水))|起诉|法院|法庭|法律途径|走法律|"
            r"打官司|告(?:你们|到|上)|报警|派出所|"
            r"媒体(?!号|矩阵)|记者|曝光(?![度率量])|(?:发|挂|传)(?:到|上|在|个)?[^,。]{0,3}(?:小红书|抖音|微博|朋友圈|"
            r"网上|快手|大众点评)[^,。]{0,2}(?:上|去)?[^,。]{0,6}(?:避雷|挂|让|看看|曝|评|揭|见识|说道)|"
            r"退一赔|赔(?:我|偿)?[三十3]0?倍|假一赔|虚假宣传|消费欺诈|消法|食品安全法|维权|市长热线|黑猫投诉|"
            r"举报(?:你|他|了|到|信|给|,|$|。|!)"
        ),
        re.compile(
            r"(?:不|没|没有|别|不想|不会|不用|无需|撤销|取消|撤)(?:是)?(?:要|去|来|过|想)?(?:投诉|举报|起诉|报警|维权)"
            r"|(?:投诉|举报|起诉)过?[吗么嘛]|"
            r"(?:举报|告|投诉|起诉|曝光)(?:我|他|她)(?:们)?(?:的)?(?:闺蜜|同事|室友|邻居|男友|女友|老公|老婆|男朋友|"
            r"女朋友|房东|物业|老板|弟|妹|哥|姐)|工商银行|工商注册|"
            r"假一赔[三十几多少]{1,2}[吗么?]|(?:是|支持|有|做到)假一赔|不是(?:投诉|说)?你们|快递公司|驿站|物业|房东|"
            r"隔壁|别家|(?:我|老公|老婆|爸|妈|朋友|对象)是?(?:做|当)?(?:律师|记者|警察|法官)(?!函)|给(?:律师|记者)"
        ),
    ),
    _Rule(
        "scam",
        re.compile(
            r"冒充|冒名|诈骗|盗刷|被盗(?:号|用|刷)?|骗走|钓鱼|"
            rf"{_ASKED_US_TO}[^,。!?]{{0,10}}(?:转账|转钱|打钱|汇款|扫码|扫个码|点(?:击|开)?(?:一个|个|这个)?链接|"
            rf"验证码|保证金|下载|共享屏幕|屏幕共享|刷单|先交|先付|交钱|加(?:微信|qq|群))|"
            r"(?:自称|说(?:他|她)?是|假装)(?:是)?(?:你们?|官方|平台|店里)?的?[^,。]{0,4}(?:客服|售后|官方|工作人员)"
            r"[^,。]{0,16}(?:转|扫|点|码|钱|退款|理?赔|链接|加)"
        ),
        re.compile(
            r"怎么防|防诈?骗|反诈|会不会[^,。]{0,4}诈骗|(?:朋友|老板|男友|我妈|老公|老婆)(?:让|叫)我[^,。]{0,4}(?:下载|加)"
        ),
    ),
    _Rule(
        "money",
        re.compile(
            r"(?:重复|多次|又|再次|[二两2三3几]遍|[二两2三3几]次)(?:地)?(?:扣|付|支付|收|划)(?:了|我|款|费|钱)|"
            r"重复(?:付款|支付|扣款|扣费)|"
            r"(?:扣|付|刷|收|划|支付)(?:了|过|掉)?(?:我|款|钱|费)*(?:了)?(?:[二两2三3]|好几|几)(?:次|遍|回|笔|份)|"
            r"(?:多|乱|误|错|偷偷|私自)(?:扣|收|付|划)(?:了|我|款|钱|费|一笔)|(?:莫名|无缘无故|平白|稀里糊涂)"
            r"[^,。]{0,8}(?:扣|划|少了|没了)|"
            r"没(?:有)?(?:买|下单|付|开通|点|同意|授权)[^。!?]{0,10}(?:扣|划)[^,。]{0,3}(?:钱|了|款|费)|"
            r"自动续费[^。]{0,12}(?:没|不知|扣)|"
            r"(?:付了?钱|付款|付了款|钱付了|钱扣了|扣了[钱款]|支付成功|付过了)[^。!?]{0,10}(?:没有?[^,。]{0,3}订单|"
            r"没生成|订单没|显示(?:没|未)|未支付|查不到|没显示|不发货|不认|只有一)|"
            r"(?:退款|退的?钱|退货)[^。!?]{0,18}(?:(?:还|都|也|一直|至今)?(?:没|未)(?:有)?(?:到|退|收到|见|打)|迟迟|"
            r"不退|不见|钱呢|没下来|没影)|"
            r"(?:钱|款)(?:还|都|一直|至今|也)*(?:没|不)(?:有)?(?:退|到账|给我退|打给)|(?:还|退)我(?:的)?(?:血汗)?钱|"
            r"把钱(?:退|还)|"
            r"(?:押金|定金|订金|预付款|保证金|余额|储值)[^。!?]{0,14}(?:不退|没退|没还|没影|没到|不认|不给|吞|没了|"
            r"不见|少了|扣了|拿不回|要不回|退不)|"
            r"(?:卡|账户|帐户|微信|支付宝|零钱)(?:里)?[^,。]{0,6}(?:划走|被扣|少了|不见了)"
        ),
        re.compile(
            r"(?:会不会|会|怕|担心|万一|如果|要是|假如)[^,。]{0,8}(?:扣|付|退|收)|没(?:有)?扣|(?:不|没)会?(?:多|重复)"
            r"(?:扣|收)|(?:钱|退款)(?:已经)?(?:收到|到)(?:账)?了|"
            r"(?:没|未)退款(?:过)?[吗么]|(?:不退|退不)(?:吗|么|的吗|\?)|押金退不退|定金(?:能|可以)?退(?:吗|不)"
        ),
    ),
    _Rule(
        "infant",
        re.compile(
            rf"{_CHILD}[^,。!?\n]{{0,14}}(?:发烧|发热|高烧|低烧|3[789](?:度|\.\d)|起?红疹|起疹|疹子|湿疹|黄疸|吐奶|"
            rf"呕吐|拉肚子|腹泻|便血|血丝|咳|喘|抽搐|烂|疙瘩|水泡|热疹|不吃奶|哭闹不)"
        ),
        re.compile(
            r"(?:会不会|怕|防|预防|避免|担心|没有?|容易)[^,。]{0,6}(?:发烧|湿疹|红疹|拉肚子|腹泻|吐奶|咳|疹)|拍嗝|"
            r"吐奶巾|防吐奶|退烧贴|"
            r"(?:湿疹|疹子)(?:已经|都)?(?:好了|消了)|(?:咳|烂)(?:漫|熳|摔)|(?:弄|掰|摔|撕|咬|打|砸)烂"
        ),
    ),
    _Rule(
        "medical",
        re.compile(
            rf"(?:{_ILLNESS})[^。!\n]{{0,24}}{_FOR}|(?:{_MEDICINE})[^。!\n]{{0,24}}{_FOR}|"
            rf"{_FOR}[^。!\n]{{0,10}}(?:{_ILLNESS})"
        ),
        re.compile(
            rf"(?:没有?|无|不是|怕|预防|防)(?:得)?(?:过)?(?:{_ILLNESS})|药食同源|医美术后|(?:光子|水光|热玛吉|激光|"
            rf"点痣)[^,。]{{0,4}}术后|(?:含|有没有|加|是不是|算)[^,。]{{0,4}}(?:激素|药)(?!膏)"
        ),
    ),
    _Rule(
        "bulk",
        re.compile(
            r"(?:企业|公司|单位|集体|机构|学校|医院|政府)[^,。]{0,6}(?:采购|团购|集采|定制|订购|订货|采买|下单)|"
            r"大客户|批发(?!市场)|对公(?:转账|付款|打款|账户)?|"
            r"(?:员工|公司|单位|企业|年会|工会)[^,。]{0,8}(?:福利|伴手礼|礼品|礼盒)[^,。]{0,8}|供货价|拿货价|代理价|"
            r"经销商|(?:做|搞|想|谈|谈个)[^,。]{0,4}团购(?!券)"
        ),
        re.compile(
            r"团购券|美团|大众点评|群里|公司(?:发|送)(?:的|给我)(?!.{0,6}(?:份|套|箱))|对公(?:主|园)|不是批发|"
            r"批发市场|(?:公司|单位)发了"
        ),
    ),
    _Rule(
        "unhelped",
        re.compile(
            r"答非所问|牛头不对马嘴|驴唇不对马嘴|鸡同鸭讲|(?:没|沒|根本没|压根没|还是没|又没)(?:有)?(?:真正)?(?:回答|"
            r"答到|解决|回复我|看懂|听懂|听明白|看明白|搞懂|理解|弄明白)|"
            r"(?:不是|没在|没有?)(?:在)?问(?:你)?(?:的)?(?:是)?这个|问的(?:不是|又不是|可不是)这|听不懂(?:人话|吗|嘛|"
            r"我)|看不懂(?:人话|我)|(?:说|讲|回)了?(?:半天|等于|跟|和|那么多)[^,。]{0,3}(?:等于)?没[说讲回]|"
            r"^(?:这个?|你(?:说|发|给)的[^,。]{0,4})?[^,。]{0,4}(?:没什?么?用|没啥用|不管用|没帮助|不行啊)(?=$|"
            r"[,.!。~ 啊呀的])|(?:^|[,。 ])还是(?:不行|没用|不会|不懂|没解决|不明白|没搞懂|不可以)|"
            r"鬼打墙|复读机|(?:一直|老是|总是|又)(?:重复|发)(?:这|同)|(?:怎么)?又是这[句段个]|车轱辘话|废话(?!不多|少)"
            r"|不是这个意思|理解错了|你(?:到底)?懂不懂"
        ),
        re.compile(r"你(?:说|讲)得?(?:真)?对|没用过|没用完|没用上|没什么用处想"),
    ),
)
_LARGE = {"箱": 5, "件": 20, "打": 10}
_MANY = 30
"""From so many pieces on (fewer where they are boxes) an order is for more than one household."""
_NO_WISH = re.compile(
    r"(?:不用|不要|别|不需要|无需|不想|没必要|先不|不必|不找|不麻烦|不打扰|先别)(?:用|给我|再|麻烦|去|要|了)?(?:转|找|"
    r"叫|要|联系|打扰|麻烦)?(?:一?下|你们?的?)?(?:人工|真人|客服|店员|导购|店长)(?!聊|说|讲)|"
    r"(?:经理|店长|老板|主管|柜姐|导购|客服|老板娘|领导)(?:娘)?(?:们)?(?:人)?(?:同款|推荐|自用|私藏|最爱|款|西装|套装|"
    r"在用)|(?:送|给|像)(?:我|我们)?(?:的)?(?:老板|领导|经理)|"
    r"人工(?:皮|智能|费|色素|香|甜味|合成|添加|降解|钻|珍珠|湖|草|耳蜗|养|牛黄)|(?:人工)?客服(?:电话)?(?:是)?(?:几点|"
    r"什么时候|啥时候|上班|下班|时间|在线时间)|"
    r"机器人(?:真|好|很|挺|太)|(?:是|到底是|还是)(?:不是)?(?:真人|人工|活人|机器人)(?:吗|么|呀|啊|呢|还是|\?|$)|"
    r"比(?:真人|人工|客服)"
)
_WISH = re.compile(
    r"(?:来|派|安排|找|换|叫)(?:个|一个|位|一位)(?:人|活人|真人|导购|顾问|专员|店员|懂的|懂行)|(?:换|叫|喊|派|让)"
    r"(?:个)?(?:真?人)(?:来|跟|和|回|处理|说|$)|"
    r"(?:跟|和|与)(?:你们)?(?:的)?(?:真人|活人|人|负责人|店长|经理|主管|导购)(?:说|讲|聊|通话|沟通|谈)|"
    r"有(?:没有)?(?:会说话的)?(?:真人|活人)|让(?:真人|活人|人)(?:看|来|回)"
)
_ELSEWHERE = re.compile(
    r"老板(?!你|们|,|$)|领导|上司|同事|室友|邻居|男朋友|女朋友|男友|女友|老公|老婆|闺蜜|朋友|对象|我[爸妈哥弟姐妹]|"
    r"婆婆|公公|前任|孩子|儿子|女儿|娃|狗|猫|天气|下雨|天热|天冷|太阳|气温|地铁|堵车|电影|电视剧|比赛|股票|基金|考试|老师|"
    r"作业|邻居|物业|房东|驿站|医院|游戏|加班|工作|上班|自己|我这|命"
)
_OURS = re.compile(
    r"你们|你家|您家|贵店|本店|这家|这店|店[里家]|店铺|商家|卖家|客服|售后|服务|态度|发货|快递|物流|订单|退款|退货|"
    r"退钱|换货|质量|假货|正品|东西|产品|货|买|赠品|小样|收到|催|投诉|骗|处理|解决|回复|"
    r"没人理|没人管|说法|顾客|消费者|机器人|答|问了|垃圾|破店|坑人"
)
_HARD = re.compile(
    r"投诉|举报(?!我)|(?<!\d)12315(?!\d)|消协|工商|律师|起诉|法院|曝光|报警|骗|垃圾(?!分类)|退钱|赔|态度|恶心|滚|妈的|差评|避雷|假货"
)
_PLAYFUL = re.compile(
    r"哈哈|嘻嘻|嘿嘿|hhh|(?<![不没难])(?:好看|好用|好吃|好喝|好香|真香|可爱|太美|美[死爆]|绝了|绝绝子|爱[死了上]|羡慕|种草|剁手|吃土|"
    r"喜欢)|笑死|杀疯|心动|开玩笑|逗你|🤣|😂|😄|😆|真会|钱包"
)


def heard(recognition: Recognition) -> Alarm | None:
    """The most pressing thing that the words of a message say; None for none."""
    # Spelling correction knows shop words better than medicines: both writings are read.
    said, plain = recognition.text.strip(), recognition.normalized
    text = plain if said == plain else f"{plain}\n{said}"
    for rule in _RULES:
        for found in rule.says.finditer(text):
            if not _taken_back(rule.unless, text, found):
                return Alarm(rule.topic, found[0][:20])
    return _many(recognition)


def _taken_back(unless: re.Pattern[str], text: str, found: re.Match[str]) -> bool:
    """Whether words in the same writing take it back."""
    start, end = text.rfind("\n", 0, found.start()) + 1, text.find("\n", found.end())
    line = text[start : end if end >= 0 else len(text)]
    return unless.search(line) is not None


def _many(recognition: Recognition) -> Alarm | None:
    """An order for a company or a shop, by its number alone."""
    for slot in recognition.slots:
        told = slot.value if slot.name == "quantity" and isinstance(slot.value, dict) else {}
        n, unit = told.get("n"), str(told.get("unit") or "")
        if (
            isinstance(n, int | float)
            and n >= _LARGE.get(unit, _MANY)
            and unit not in {"块", "元", "天", "岁", "个月", "周", "年", "ml", "g"}
        ):
            return Alarm("bulk", slot.text)
    return None


def wants_nobody(text: str) -> bool:
    """不用转人工, 人工皮革, 客服几点上班, 店长推荐款: no wish for a person, whatever else it sounds like."""
    return _NO_WISH.search(text) is not None


def wants_somebody(text: str) -> bool:
    """来个人, 跟你们负责人说: the wish for a person in words that no label was taught."""
    return _WISH.search(text) is not None and not wants_nobody(text)


def named(text: str, guides: Iterable[Guide]) -> Guide | None:
    """The guide whom a text calls or asks for: 找桃子, 小鹿在吗; never 桃子味 or 小鹿图案."""
    for guide in sorted(guides, key=lambda one: -len(one.name)):
        if len(guide.name) < 2 or guide.name not in text:
            continue
        name = re.escape(guide.name)
        called = (
            rf"(?:找|叫|让|请|喊|联系|问问|问一?下|@|转(?:给|接)?|换|要|麻烦|帮我呼)(?:一?下|你们|店里)?(?:的|那个|那位)?"
            rf"{name}(?!味|色|款|图|香|牌|店)"
        )
        there = (
            rf"{name}(?:姐|老师|妹|哥)?(?:今天|现在|还)?(?:在吗|在不在|在么|在嘛|在没|上班|有空|在店|方便|来一?下|"
            r"接|回|呢|能联系|人呢|微信)"
        )
        if re.search(f"{called}|{there}", text) or text.strip(" ,。!~?") == guide.name:
            return guide
    return None


_NOT_YOU = re.compile(r"不是(?:说|骂|指)?你们(?!的|家|发|寄|卖|弄|说|承诺)|(?:跟|和|与)你们(?:没|无)关")


def fond(text: str) -> bool:
    """Whether strong words are meant fondly or in fun: 可爱死了, 你们太会赚钱了哈哈; never beside words of a threat."""
    return _PLAYFUL.search(text) is not None and _HARD.search(text) is None


def not_at_us(text: str) -> bool:
    """Whether bad words are about the weather, a boss, a flatmate, somebody else's shop."""
    if _NOT_YOU.search(text) is not None:
        return True
    return _ELSEWHERE.search(text) is not None and _OURS.search(text) is None


def at_us(text: str) -> bool:
    """Whether the shop, its goods or its service are spoken of."""
    return _OURS.search(text) is not None


_IMPATIENT = re.compile(
    r"人呢|还(?:要|得)(?:等)?多久|等(?:了)?(?:多久|半天|好久|很久)|(?:什么|啥)时候(?:来|有人|接|回)|有人(?:吗|么|没|"
    r"在)|还没(?:来|人|有人)|怎么(?:还)?没(?:人|有人)|多久(?:能|才)|排(?:到|队|第)|前面(?:还)?(?:有)?几|快点|快来"
)


def impatient(text: str) -> bool:
    """Whether somebody who waits asks how long still."""
    return _IMPATIENT.search(text) is not None


_DENIED = re.compile(
    r"(?:不是|没有?|不|别|并非|无意)(?:要|想|来|在|打算)?(?:去|过)?(?:投诉|举报)(?:你|过|的意思)?|"
    r"(?:开玩笑|逗你|闹着玩)"
)


def denied(text: str) -> bool:
    """不是投诉, 没投诉过, 开玩笑的: what sounds like a complaint is said not to be one."""
    return _DENIED.search(text) is not None
