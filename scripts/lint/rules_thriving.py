"""Claims that a body thrives: a part of it and the better state that it gets into, by what one eats, drinks or puts on.

What `scripts.lint.rules_effects` says of ailments that go, this says of parts that mend, of children that grow, of milk that
mothers are talked out of, and of bodies that are made to speak (皮肤会谢谢你).
"""

from typing import Final

from scripts.lint.model import Rule
from scripts.lint.rules_effects import HONEST
from scripts.lint.rules_health import FOOD, INFANT, MEDICAL

_EATEN: Final = frozenset({"food", "health_food"})
_FED: Final = frozenset({"infant", "formula"})
_THINGS: Final = frozenset({"clothing", "home", "electronics"})

_TOLD: Final = (
    HONEST + r"|说不[准好]|问问|没关系|才会|(?:会|就|容易|可能)<C>{0,4}?(?:不舒服|难受|拉肚子)|解决不|改不|去不|跟<C>{0,4}?"
    r"有关|(?:吃|喝)多"
    r"|玩具|拼图|积木|绘本|童装|衣|裤"
)
"""Sentences that warn, hedge, or speak of toys and clothes."""

_EATING: Final = r"吃|喝|泡|炖|冲|嚼|含|服|食|茶|粉|膏|酒|汤|粥|奶|果|醋|蜜|油|糖|豆|粒|杯|勺|碗|饮|酵素|胶囊"
_FEEDING: Final = (
    r"奶粉|配方|辅食|米粉|米糊|果泥|溶豆|乳铁|dha|益生菌|滴剂|鱼油|钙片|钙|(?:宝宝|娃|孩子)<C>{0,4}?[吃喝换]|[吃喝"
    r"换]<C>{0,6}?(?:宝宝|娃|孩子)"
)

_MENDED: Final = (
    r"<PART>(?:(?![不没])<C>){0,4}?<BETTER>|<PART><C>{0,5}?(?<!还)(?<!样)<RETURNS>"
    r"|<DOSE><C>{0,8}?,?<C>{0,6}?<PART><C>{0,5}?(?:<BETTER>|<RETURNS>|不<PAINS>)"
    r"|(?:<PART>(?:里|上|中)的?|体内的?|身体里的?)<C>{0,6}?(?:清|冲|排|刮|通|带|洗|吸|扫|溶|化)(?:得|出|走|掉|光|干净|空|下|个)"
    r"|(?:养|护|补|调|润|修|保护|保养|滋养|滋补|调理|疏通|清洁)<C>{0,2}?(?<!用)<PART>(?![口巾膜帽带套子])"
    r"|<PART><C>{0,2}?(?:保养|养护|养生|大扫除|加油站|充电|续命|保镖|卫士|守护神|好帮手)"
)
_SUITED: Final = (
    r"(?:<PART>|睡眠|睡觉|胃口)<C>{0,2}?(?:<PAINS>|不好|不太好|不行|差|弱|虚|寒|凉|没劲|咯吱响|响|浑浊|模糊|看不清"
    r"|高|堵|油腻|老化)"
    r"<C>{0,3}?的?(?:人|朋友|姐妹|老人|叔叔|阿姨|大哥|兄弟|妈妈|爸妈|上班族)?们?,?(?:就|都|可以?|一定|要|必须|每天"
    r"|天天|早晚|多|常|配|来|试试?)*"
    r"(?:吃|喝|来|配|泡|炖|含|嚼|靠|试试?)<C>{0,3}?(?:它|这|一|点|我|咱|就|管用|准|对了|两|几)"
    r"|<SORE>的?(?:人|朋友|姐妹|老人|叔叔|阿姨|大哥|兄弟|上班族)?们?,?(?:就|都|一定|必须|每天|天天|早晚|多|常|配|来)*"
    r"(?:吃|喝|来|泡|炖|含|嚼|靠)(?:它|这|我家|我们|咱|就(?:行|对|好|管用))|<SORE>[,的]?<C>{0,3}?[吃喝]<C>{0,3}?管用"
)
_HALTED: Final = (
    r"(?:糖分?|油脂?|脂肪|热量|卡路里|碳水|嘌呤|酒精)(?:就|都|也|全)?<C>{0,2}?(?:不吸收|吸收不了|不长肉|白吃|抵消|"
    r"阻断|带走|排走|分解|代谢掉|化掉)"
    r"|(?:阻断|阻止|抑制|抵消|拦住|带走|分解)<C>{0,4}?(?:糖分?|脂肪|热量|碳水|油脂|嘌呤|酒精|吸收)(?!表)"
    r"|(?:怎么|随便|放开|天天)<C>{0,2}?吃<C>{0,2}?(?:都|也)?(?:不胖|不长胖|不长肉|不发胖)|吃不胖"
    r"|[祛去除排化]湿(?!巾|机|纸|剂|盒|袋|器|气球)|降[糖压脂酸]|(?:消炎|抗炎|抗糖|抗氧|抗衰|排毒|清肠|养颜|养血|补"
    r"血|补气|安神|助眠|护肝|护眼|护心|护肾)"
    r"|(?:体检|化验|复查|检查)<C>{0,4}?(?:单|报告|指标|箭头)?<C>{0,8}?(?:没了|正常|漂亮|合格|达标|缩小|降|绿了|消失)"
    r"|(?:窜|蹿|拔|长|高)(?:了|出|高)?<C>{0,1}?(?:一头|半头|一截|一大截|<NUM>(?:厘米|公分|cm))|甩肉|掉膘"
    r"|(?:裤腰|腰围|裤子|肚腩|小腹|肚皮)<C>{0,4}?(?:松了|小了|小一|平了|瘦了|紧致|往下掉|一圈)"
    r"|(?:病毒|病菌|细菌|流感|感冒|毛病|百病|病)<C>{0,3}?(?:近不|不敢来|不沾身|不上身|找不上|绕|不来了|挡在|进不了|靠边)"
    r"|(?:比|胜过|强过|顶得上|顶|赛过)<C>{0,3}?(?:吃药|打针|药|针|补品|保健品)|(?:别|不用|甭|不必|停了)吃药"
    r"|(?:老得|衰老|老化)<C>{0,2}?(?:慢|停|倒退)|(?:上了?岁数|上年纪|年纪大|老人|老了)<C>{0,9}?,?<C>{0,4}?(?:不糊涂"
    r"|不驼|不聋|不花|不抖|不喘|不显老)"
    r"|手脚<C>{0,4}?(?:热乎|暖|不凉|不冰)|(?:脸|面|唇)色<C>{0,2}?(?:红润|好看|透红)"
)
_RAISED: Final = (
    r"(?:没|不|少|很少|从没|从来没|不再|没再)(?:再|怎么|有)?(?:去|进|跑|上|看|住|踏进|打)过?<C>{0,2}?(?:医院|儿科|"
    r"诊所|医生|病|吊瓶|吊水|针)"
    r"|尖子|学霸|(?:考|拿)<C>{0,4}?(?:第一|满分|双百|一百分|名校|重点|奖状)|小天才|聪慧|过目不忘|一学就会|脑子转|("
    r"?:老师|医生)<C>{0,4}?夸"
    r"|(?:追|涨|长|猛长)(?:体重|身高|个|肉)|追平|追上<C>{0,4}?(?:同龄|别人|标准|身高|体重)|(?:窜|蹿|长|高)(?:了|出"
    r"|高)?(?:一头|半头|一截|一大截|<NUM>(?:厘米|公分))"
    r"|[噌蹭][噌蹭]|肉嘟嘟|胖乎乎|肉乎乎|有劲|(?:大便|便便|臭臭|粑粑)<C>{0,6}?(?:金黄|黄金|成形|成型|顺|香蕉|规律|不干)"
    r"|(?:再没|没再|再也没|再也不|不再|从不|没有再|从此不|从此没)<C>{0,2}?(?:拉|闹|吐|咳|起疹|过敏|发烧|感冒|生病|"
    r"便秘|胀气|夜醒|红屁|湿疹|哭|积食)"
    r"|(?:脑|大脑|脑子|智力|语言|骨骼|视力|牙齿)<C>{0,3}?发育(?!得?(?:怎|有|都|慢|迟)|情况|阶段)|(?:<SORE>|黄疸|拉"
    r"肚子|胀气)<C>{0,4}?(?:[退好消止]得|立刻止|马上止|止住|就好)"
    r"|(?:说话|走路|开口|出牙|抬头|翻身|坐)(?:都|也|得)?早|(?:增高|长高|助长)(?:奶|钙|片|糖|粉|$)"
)
_VACCINE: Final = (
    r"(?:不打|没打|不用打|省得打|代替|顶替|胜过|等于|顶得上|比(?:打)?|省了)<C>{0,3}?(?:疫苗|预防针)"
    r"|(?:疫苗|预防针)<C>{0,4}?(?:都|也)?(?:不用打|不如|白打|省了|可以不打)"
)
_WEANED: Final = (
    r"母乳<C>{0,10}?(?:没(?:有)?(?:什么|啥)?营养|营养<C>{0,2}?(?:不够|跟不上|不足|没了|流失|太少)|没用了|太稀|稀得"
    r"|清汤|跟水一样|像水|不顶饿|不顶饱)"
    r"|(?:比|较|跟|和|与|同|像)母乳<C>{0,6}?(?:顶|强|全|高|浓|没两样|没差|没区别|一个样|分不出|不相上下|一致|一样(?!重要))"
    r"|(?:亲|类|拟|仿|似|近|胜)母乳|母乳<S>{0,14}?(?:早点?|趁早|赶紧|尽早|不如)<C>{0,3}?(?:断奶|断了|换(?:成)?(?:奶"
    r"粉|我|这|配方)|停)"
    r"|(?:代替|替代|取代|顶替|媲美|接近|堪比|胜过)<C>{0,3}?妈妈的奶"
)
_SPEAKING: Final = (
    r"(?:皮肤|肌肤|毛孔|细胞|头皮|头发|发丝|发根|肠胃|肠道|胃|肝脏?|肾|血管|关节|膝盖|颈椎|腰|睫毛|黑色素|<SORE>)"
    r"(?:都|就|也|会|要|得|在|跟着|自己|自动|连夜|看[见到]它|看[见到]|见了?它?|遇[见到]它?|碰[见到]它?|马上|立马|直"
    r"接|只能|统统|从此|吓得){0,4}"
    r"(?:谢|感谢|感激|唱歌|欢呼|鼓掌|放假|度假|躲|逃|跑路|搬家|投降|求饶|认输|下岗|辞职|失业|退休|拜拜|吓跑|溜走|溜"
    r"了|卷铺盖|滚|让路|靠边|喝饱|吃饱|苏醒"
    r"|醒过来|年轻回|返老)"
)
_SPEAKING_CUES: Final = "谢感唱欢鼓假躲逃路搬投饶输岗职业休拜吓溜卷滚边饱醒轻返"
_LIKENED: Final = (
    r"(?:<PART>|<SORE>|皱纹|眼袋|毛孔|伤疤|疤|痕)<S>{0,9}?(?:跟|像|就像|好像|仿佛|如同|似)(?:(?![不没]是)<C>){0,4}"
    r"?(?:没(?:熬|受|长|伤|晒|生|来)过?|刚<C>{0,2}?(?:生|换|做)|新(?:的|生)|熨"
    r"|剥|婴儿|初生|重生|小姑娘|小伙|少女|孩子|十八|二十|换了|装了|开了?(?:滤镜|美颜)|p过|打了|打过针|做了?<C>{0,2"
    r"}?(?:手术|医美|项目)|磨皮|回到)"
)  # fmt: skip
_LIKENED_CUES: Final = "跟像佛同似"

THRIVING: Final = (
    Rule(FOOD, "block", _MENDED, unless=_TOLD, trades=_EATEN),
    Rule(FOOD, "block", _SUITED, unless=_TOLD, trades=_EATEN),
    Rule(FOOD, "block", _HALTED, unless=_TOLD, trades=_EATEN),
    Rule(INFANT, "block", _MENDED, given=_FEEDING + r"|抹|贴|涂|罐|<DOSE>", unless=_TOLD, trades=_FED),
    Rule(INFANT, "block", _RAISED, given=_FEEDING + r"|[吃喝换抹贴涂]|奶|罐|<DOSE>", unless=_TOLD, trades=_FED),
    Rule(INFANT, "block", _RAISED, given=_FEEDING, unless=_TOLD, not_trades=_FED | _THINGS | {"cosmetics", "device"}),
    Rule(INFANT, "block", _VACCINE, "疫针", unless=_TOLD, not_trades=_THINGS),
    Rule(INFANT, "block", _WEANED, "乳妈", unless=_TOLD + r"|坚持|混合|吸奶|储奶|冻奶|奶瓶", not_trades=_THINGS),
    Rule(FOOD, "warn", _SPEAKING, _SPEAKING_CUES, unless=_TOLD, trades=_EATEN),
    Rule(INFANT, "warn", _SPEAKING, _SPEAKING_CUES, unless=_TOLD, trades=_FED),
    Rule(MEDICAL, "warn", _SPEAKING, _SPEAKING_CUES, unless=_TOLD, not_trades=_EATEN | _FED | _THINGS),
    Rule(MEDICAL, "warn", _LIKENED, _LIKENED_CUES, unless=_TOLD, not_trades=_EATEN | _FED | _THINGS),
    Rule(
        FOOD, "block", _MENDED, given=r"(?<!好)吃|(?<!好)喝|每天一[杯勺袋颗粒包碗]", unless=_TOLD,
        not_trades=_EATEN | _FED | _THINGS | {"cosmetics", "device"},
    ),
)  # fmt: skip
"""In the order in which they win where they overlap."""
